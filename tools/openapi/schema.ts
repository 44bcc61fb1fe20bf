import { isJsonObject, type Json, type JsonObject } from '../../runtime/core/json.ts'
import { referenced } from '../schema/reference.ts'

/** Pieces of one schema that a model is shown, and levels; what lies beyond is anything. */
const most = 3000
const deepest = 12

/** What models understand of a schema; the rest is for people and code generators. */
const kept = new Set(
  'type format description enum const default items properties required additionalProperties minimum maximum exclusiveMinimum exclusiveMaximum minLength maxLength pattern minItems maxItems uniqueItems anyOf oneOf'.split(
    ' ',
  ),
)

/** An object, or the one that it refers to, through several references too; empty where there is none. */
export const resolved = (value: Json | undefined, root: JsonObject): JsonObject => {
  let found = value
  for (let steps = 0; steps < deepest; steps++) {
    if (found === undefined || !isJsonObject(found)) return {}
    const { $ref } = found
    if (typeof $ref !== 'string') return found
    found = referenced(root, $ref)
  }
  return {}
}

/**
 * A schema of OpenAPI 3 as JSON Schema that stands by itself, for what is sent: references are put in, `allOf` becomes
 * one, what only the server sets is left out. One that refers to itself ends in anything.
 */
export const standalone = (schema: Json | undefined, root: JsonObject): JsonObject => {
  let left = most
  const of = (value: Json | undefined, above: readonly string[]): JsonObject => {
    left -= 1
    if (left < 0 || above.length > deepest || value === undefined || !isJsonObject(value)) return {}
    const { $ref } = value
    if (typeof $ref === 'string') {
      if (above.includes($ref)) return {}
      const { $ref: _, ...beside } = value
      return { ...of(referenced(root, $ref), [...above, $ref]), ...plain(beside, above) }
    }
    return plain(merged(value, above), above)
  }
  const merged = (value: JsonObject, above: readonly string[]): JsonObject => {
    const { allOf, ...own } = value
    if (!Array.isArray(allOf)) return value
    return [...(allOf as readonly Json[]).map(part => of(part, [...above, ''])), own].reduce(together)
  }
  const plain = (value: JsonObject, above: readonly string[]): JsonObject =>
    withNull(
      Object.fromEntries(
        Object.entries(value).flatMap(([key, inner]) => {
          if (!kept.has(key)) return []
          // OpenAPI 3.0 has switches where JSON Schema has numbers.
          if (key.startsWith('exclusive') && typeof inner !== 'number') return []
          return [[key, part(key, inner, above)]]
        }),
      ),
      value['nullable'] === true,
    )
  const part = (key: string, inner: Json, above: readonly string[]): Json => {
    const deeper = [...above, '']
    if (key === 'properties') return fieldsOf(inner, deeper)
    if (key === 'items') return of(inner, deeper)
    if (key === 'additionalProperties') return isJsonObject(inner) ? of(inner, deeper) : inner
    if (key === 'anyOf' || key === 'oneOf') return Array.isArray(inner) ? inner.map((one: Json) => of(one, deeper)) : []
    return inner
  }
  const fieldsOf = (fields: Json, above: readonly string[]): JsonObject =>
    isJsonObject(fields)
      ? Object.fromEntries(
          Object.entries(fields)
            .filter(([, field]) => resolved(field, root)['readOnly'] !== true)
            .map(([name, field]) => [name, of(field, above)]),
        )
      : {}
  return consistent(of(schema, []))
}

/** Two parts of an `allOf`: both their fields, and all that either needs; else the later has the word. */
const together = (one: JsonObject, other: JsonObject): JsonObject => {
  const fields = { ...objectAt(one, 'properties'), ...objectAt(other, 'properties') }
  const required = [...new Set([...listAt(one, 'required'), ...listAt(other, 'required')])]
  return {
    ...one,
    ...other,
    ...(Object.keys(fields).length > 0 && { properties: fields }),
    ...(required.length > 0 && { required }),
  }
}

const objectAt = (value: JsonObject, key: string): JsonObject => {
  const inner = value[key]
  return inner !== undefined && isJsonObject(inner) ? inner : {}
}

export const listAt = (value: JsonObject, key: string): readonly Json[] => {
  const inner = value[key]
  return Array.isArray(inner) ? inner : []
}

const withNull = (schema: JsonObject, isNullable: boolean): JsonObject =>
  isNullable && typeof schema['type'] === 'string' ? { ...schema, type: [schema['type'], 'null'] } : schema

/** What only the server sets was left out, and cannot be needed then. */
const consistent = (schema: JsonObject): JsonObject => {
  const { properties, required } = schema
  if (properties === undefined || !isJsonObject(properties) || !Array.isArray(required)) return schema
  return { ...schema, required: required.filter(name => Object.hasOwn(properties, String(name))) }
}
