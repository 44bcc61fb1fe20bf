import { isJsonObject, type Json, type JsonObject } from '../runtime/core/json.ts'
import { type JsonSchema, type Misfit, misfits } from '../runtime/core/json-schema.ts'
import type { ContentPart } from '../runtime/core/message.ts'
import { type Tool, type ToolContext, ToolFailure } from '../runtime/core/tool.ts'

/** What a parameter is for the model, and by its type for us. (Not zod: a replay of an agent with tools waits for it.) */
type Parameter<Value = unknown> = { readonly schema: JsonSchema; readonly isOptional?: boolean; readonly is?: Value }
type Parameters = Readonly<Record<string, Parameter>>
type ValueOf<Given> = Given extends Parameter<infer Value> ? Value : never
type OptionalKeys<Given> = { [Key in keyof Given]: Given[Key] extends Optional ? Key : never }[keyof Given]
type Optional = { readonly isOptional: true }

type Values<Given extends Parameters> = {
  readonly [Key in Exclude<keyof Given, OptionalKeys<Given>>]: ValueOf<Given[Key]>
} & { readonly [Key in OptionalKeys<Given>]?: ValueOf<Given[Key]> | undefined }

export type ToolSource<Given extends Parameters> = {
  readonly name: string
  readonly description: string
  readonly parameters: Given
  readonly readOnly?: true
  readonly isOpaque?: true
  /** Text is given back as one text part. */
  readonly execute: (input: Values<Given>, context: ToolContext) => Promise<string | readonly ContentPart[]> | string
}

/**
 * A tool whose parameters are described once: for the model as JSON Schema, for us as types, and as the check of what
 * the model sends. An input that does not fit is a ToolFailure with a sentence for each problem.
 */
export const defineTool = <Given extends Parameters>(source: ToolSource<Given>): Tool => {
  const { name, description, readOnly, isOpaque, execute } = source
  const { schema } = record(source.parameters)
  return {
    name,
    description,
    ...(readOnly && { readOnly }),
    ...(isOpaque && { isOpaque }),
    parameters: schema as JsonObject,
    async execute(input, context) {
      const given = withoutNothings(input, source.parameters)
      const found = [...misfits(given, schema)]
      if (found.length > 0) throw new ToolFailure(problemsOf(name, found, input).join('\n'))
      const content = await execute(given as Values<Given>, context)
      return typeof content === 'string' ? [{ type: 'text', text: content }] : content
    },
  }
}

/** A parameter that holds text. */
export const text = (description: string): Parameter<string> => ({ schema: { type: 'string', description } })

/** A parameter that holds one of these words. */
export const oneOf = <const Words extends readonly [string, ...string[]]>(
  words: Words,
  description: string,
): Parameter<Words[number]> => ({ schema: { type: 'string', enum: words, description } })

/** A parameter that holds a whole number, at least 1. */
export const count = (description: string, most?: number): Parameter<number> => ({
  schema: { type: 'integer', minimum: 1, ...(most !== undefined && { maximum: most }), description },
})

/** A parameter that is true or false. */
export const flag = (description: string): Parameter<boolean> => ({ schema: { type: 'boolean', description } })

/** A parameter that holds several of a kind, at least one. */
export const list = <Item>(item: Parameter<Item>, description: string): Parameter<Item[]> => ({
  schema: { minItems: 1, type: 'array', items: item.schema, description },
})

/** A parameter that holds several of a kind, or none. */
export const listOrNone = <Item>(item: Parameter<Item>, description: string): Parameter<Item[]> => ({
  schema: { type: 'array', items: item.schema, description },
})

/** A parameter that holds an object of any kind. */
export const object = (description: string): Parameter<JsonObject> => ({
  schema: { type: 'object', additionalProperties: {}, description },
})

/** An item with fields of its own. */
export const record = <Fields extends Parameters>(fields: Fields): Parameter<Values<Fields>> => {
  const all = Object.entries(fields)
  const required = all.filter(([, { isOptional }]) => !isOptional).map(([name]) => name)
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(all.map(([name, { schema }]) => [name, schema])),
      ...(required.length > 0 && { required }),
      additionalProperties: false,
    },
  }
}

/** A parameter that may be left out. */
export const optional = <Value>({ schema }: Parameter<Value>): Parameter<Value> & Optional => ({
  schema,
  isOptional: true,
})

/** Models write null for what they leave out, or an empty list. */
const withoutNothings = (input: JsonObject, parameters: Parameters): JsonObject =>
  Object.fromEntries(
    Object.entries(input).filter(([name, value]) => value !== null && !isNoList(value, parameters[name])),
  )

/** An empty list where there may be none, but no empty one. */
const isNoList = (value: Json, { isOptional, schema: { minItems = 0 } = {} }: Partial<Parameter> = {}): boolean =>
  Array.isArray(value) && value.length === 0 && isOptional === true && minItems > 0

const problemsOf = (tool: string, found: readonly Misfit[], input: JsonObject): string[] => {
  const unknown = found.filter(({ problem }) => problem === 'unknown').map(({ path }) => path.join('.'))
  return [
    ...found.filter(({ problem }) => problem !== 'unknown').map(misfit => problemOf(misfit, input)),
    ...(unknown.length > 0 ? [`There is no parameter ${unknown.join(', ')}.`] : []),
    `${tool} was not called. Call it again with parameters that fit its schema.`,
  ]
}

const problemOf = ({ path, problem, schema }: Misfit, input: JsonObject): string => {
  const parameter = `The parameter ${path.join('.')}`
  const found = valueAt(input, path)
  if (problem === 'missing' || found === null) return `${parameter} is missing.`
  if (problem === 'few') return `${parameter} is an empty list.`
  return `${parameter} must be ${expectedBy({ problem, schema })}, not ${shown(found)}.`
}

const expectedBy = ({ problem, schema }: Pick<Misfit, 'problem' | 'schema'>): string => {
  if (problem === 'small') return `at least ${schema.minimum}`
  if (problem === 'big') return `at most ${schema.maximum}`
  if (schema.enum) return `one of ${schema.enum.map(String).join(', ')}`
  return typeWords[schema.type ?? ''] ?? 'something else'
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
}

const shown = (value: Json | undefined): string => {
  const json = JSON.stringify(value) ?? 'nothing'
  return json.length > 60 ? `${json.slice(0, 60)}…` : json
}

const valueAt = (input: Json | undefined, path: readonly PropertyKey[]): Json | undefined => {
  const [key, ...rest] = path
  if (key === undefined) return input
  if (Array.isArray(input)) return valueAt(input[Number(key)], rest)
  return isJsonObject(input) ? valueAt(input[String(key)], rest) : undefined
}
