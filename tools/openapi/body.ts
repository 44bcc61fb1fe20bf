import { isJsonObject, type Json, type JsonObject } from '../../runtime/core/json.ts'
import { listAt, resolved, standalone } from './schema.ts'

/** What is sent behind the header: fields of their own, or the one thing that is called `body`. */
export type Body = {
  readonly mediaType: string
  readonly form: 'json' | 'form' | 'text'
  /** Absent keys: the one field is the whole. */
  readonly fields: readonly {
    readonly name: string
    readonly key?: string
    readonly schema: JsonObject
    readonly required: boolean
  }[]
}

const forms: readonly (readonly [Body['form'], RegExp])[] = [
  ['json', /^application\/(json|[\w.+-]+\+json)(;|$)|^\*\/\*$/],
  ['form', /^application\/x-www-form-urlencoded(;|$)/],
  ['text', /^text\/|^application\/([\w.+-]+\+)?(xml|yaml)(;|$)/],
]

/** The body of an operation; nothing where it has none, `unknown` where it must be something that is no text. */
export const bodyOf = (
  body: JsonObject,
  root: JsonObject,
  free: (key: string) => string,
): Body | 'unknown' | undefined => {
  const { content, required } = body
  const media = content !== undefined && isJsonObject(content) ? Object.entries(content) : []
  if (media.length === 0) return undefined
  for (const [form, pattern] of forms) {
    const [mediaType, value] = media.find(([type]) => pattern.test(type.toLowerCase())) ?? []
    if (mediaType === undefined || value === undefined) continue
    const schema = standalone(resolved(value, root)['schema'], root)
    const type = mediaType === '*/*' ? 'application/json' : mediaType
    return { mediaType: type, form, fields: fieldsOf(schema, { form, isNeeded: required === true, free }) }
  }
  return required === true ? 'unknown' : undefined
}

type Naming = { readonly form: Body['form']; readonly isNeeded: boolean; readonly free: (key: string) => string }

const fieldsOf = (schema: JsonObject, { form, isNeeded, free }: Naming): Body['fields'] => {
  const { properties } = schema
  const isFlat =
    form !== 'text' && properties !== undefined && isJsonObject(properties) && !schema['anyOf'] && !schema['oneOf']
  if (!isFlat) {
    const text = form === 'text' ? { type: 'string' } : schema
    return [{ name: free('body'), schema: text, required: isNeeded }]
  }
  const needed = listAt(schema, 'required')
  return Object.entries(properties).map(([key, value]) => ({
    name: free(`body_${key}`),
    key,
    schema: isJsonObject(value) ? value : {},
    required: isNeeded && needed.includes(key),
  }))
}

/** The bytes, or nothing where the model gave no part of it. */
export const written = ({ form, fields }: Body, input: JsonObject): string | undefined => {
  const given = fields.flatMap(({ name, key }): [string | undefined, Json][] => {
    const value = input[name]
    return value === undefined ? [] : [[key, value]]
  })
  const [first] = given
  if (!first) return undefined
  const [key, whole] = first
  if (key === undefined)
    return form === 'json' ? JSON.stringify(whole) : form === 'form' ? formOf(whole) : textOf(whole)
  const object = Object.fromEntries(given)
  return form === 'json' ? JSON.stringify(object) : formOf(object)
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))

const formOf = (value: Json): string => {
  if (!isJsonObject(value)) return textOf(value)
  const pairs = Object.entries(value).flatMap(([key, each]) =>
    (Array.isArray(each) ? (each as readonly Json[]) : [each]).map((one): [string, string] => [key, textOf(one)]),
  )
  return new URLSearchParams(pairs).toString()
}
