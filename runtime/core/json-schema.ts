import { isJsonObject, type Json } from './json.ts'

/** As much of JSON Schema as we write ourselves: of agent files, and of the parameters of tools. */
export type JsonSchema = {
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly items?: JsonSchema
  readonly minItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly pattern?: string
  readonly enum?: readonly Json[]
  readonly const?: Json
  readonly anyOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly $ref?: string
  readonly definitions?: Readonly<Record<string, JsonSchema>>
}

/** What does not fit: `schema` is what belongs at the path. An `unknown` key is the last of its path. */
export type Misfit = {
  readonly path: readonly (string | number)[]
  readonly problem: 'missing' | 'unknown' | 'type' | 'word' | 'pattern' | 'choice' | 'small' | 'big' | 'few'
  readonly schema: JsonSchema
}

type Place = { readonly path: Misfit['path']; readonly root: JsonSchema }

/** Whether a value is what a schema describes. */
export const fits = (value: Json, schema: JsonSchema, root: JsonSchema = schema): boolean =>
  misfits(value, schema, { path: [], root }).next().done === true

/** Everything in which a value is not what a schema describes. `root` holds the definitions. */
export function* misfits(
  value: Json,
  schema: JsonSchema,
  place: Place = { path: [], root: schema },
): Generator<Misfit, undefined> {
  const { path, root } = place
  const misfit = (problem: Misfit['problem']): Misfit => ({ path, problem, schema })
  const { $ref, allOf = [], anyOf, type, pattern } = schema
  if ($ref !== undefined) yield* misfits(value, definitionAt($ref, root), place)
  for (const part of allOf) yield* misfits(value, part, place)
  if (anyOf && !anyOf.some(choice => fits(value, choice, root))) return void (yield misfit('choice'))
  if (type !== undefined && !types[type]?.(value)) return void (yield misfit('type'))
  if (schema.enum && !schema.enum.includes(value)) yield misfit('word')
  if ('const' in schema && schema.const !== value) yield misfit('word')
  if (typeof value === 'string' && pattern !== undefined && !new RegExp(pattern).test(value)) yield misfit('pattern')
  if (typeof value === 'number' && value < (schema.minimum ?? value)) yield misfit('small')
  if (typeof value === 'number' && value > (schema.maximum ?? value)) yield misfit('big')
  if (Array.isArray(value)) yield* misfitItems(value, schema, place)
  else if (isJsonObject(value)) yield* misfitKeys(value, schema, place)
}

const types: Readonly<Record<string, (value: Json) => boolean>> = {
  string: value => typeof value === 'string',
  number: value => Number.isFinite(value),
  integer: value => Number.isSafeInteger(value),
  boolean: value => typeof value === 'boolean',
  array: value => Array.isArray(value),
  object: isJsonObject,
}

const definitionAt = (reference: string, { definitions = {} }: JsonSchema): JsonSchema => {
  const definition = definitions[reference.replace('#/definitions/', '')]
  if (!definition) throw new Error(`the schema has no ${reference}`)
  return definition
}

function* misfitItems(items: readonly Json[], schema: JsonSchema, { path, root }: Place): Generator<Misfit> {
  if (items.length < (schema.minItems ?? 0)) yield { path, problem: 'few', schema }
  for (const [index, item] of items.entries()) {
    if (schema.items) yield* misfits(item, schema.items, { path: [...path, index], root })
  }
}

function* misfitKeys(
  value: Readonly<Record<string, Json>>,
  { properties = {}, required = [], additionalProperties: others = true }: JsonSchema,
  { path, root }: Place,
): Generator<Misfit> {
  for (const key of required) {
    if (!Object.hasOwn(value, key)) yield { path: [...path, key], problem: 'missing', schema: properties[key] ?? {} }
  }
  for (const [key, inner] of Object.entries(value)) {
    const schema = Object.hasOwn(properties, key) ? properties[key] : others
    const here = [...path, key]
    if (schema === false) yield { path: here, problem: 'unknown', schema: {} }
    else if (typeof schema === 'object') yield* misfits(inner, schema, { path: here, root })
  }
}
