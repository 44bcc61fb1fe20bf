import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { objectSchema } from '../schema.ts'

/**
 * The schema of a tool's arguments: choices between whole schemas are refused at its top, so they are left to the tool.
 */
export const argumentsSchema = (schema: JsonObject): JsonObject => {
  const { anyOf: _any, oneOf: _one, allOf: _all, ...rest } = objectSchema(schema)
  return rest
}

/**
 * The schema of an answer as https://platform.claude.com/docs/en/build-with-claude/structured-outputs takes it: every
 * object closed, and limits of numbers, texts and lists told in the description, since they are refused as rules.
 */
export const answerSchema = (schema: JsonObject): JsonObject => {
  const kept = Object.entries(schema).flatMap(([key, value]) => keptRule(key, value))
  const told = Object.entries(schema).filter(([key, value]) => isRefused(key, value))
  const description = [schema['description'], told.length > 0 ? describe(told) : undefined].filter(Boolean).join('\n\n')
  return {
    ...Object.fromEntries(kept),
    ...(isObject(schema) && { additionalProperties: false }),
    ...(description !== '' && { description }),
  }
}

/** Refused as rules, yet worth telling. */
const limits: ReadonlySet<string> = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
])

const formats = /^(date-time|time|date|duration|email|hostname|uri|ipv4|ipv6|uuid)$/

const isRefused = (key: string, value: Json): boolean =>
  limits.has(key) ||
  (key === 'format' && !formats.test(`${value}`)) ||
  (key === 'minItems' && value !== 0 && value !== 1)

/** Says nothing about the answer, or is said anew. */
const dropped: ReadonlySet<string> = new Set(['$schema', '$id', 'additionalProperties', 'description'])

const keptRule = (key: string, value: Json): [string, Json][] => {
  if (dropped.has(key) || isRefused(key, value)) return []
  if (key === 'oneOf') return [['anyOf', inner(key, value)]]
  return [[key, inner(key, value)]]
}

/** Where a schema holds others: named ones, listed ones, or one. */
const inner = (key: string, value: Json): Json => {
  if (['properties', '$defs', 'definitions'].includes(key) && isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, schemaOf(one)]))
  }
  if (['anyOf', 'oneOf', 'allOf'].includes(key) && Array.isArray(value)) return value.map(schemaOf)
  return key === 'items' ? schemaOf(value) : value
}

const schemaOf = (value: Json): Json => (isJsonObject(value) ? answerSchema(value) : value)

const isObject = ({ type, properties }: JsonObject): boolean =>
  properties !== undefined || [type].flat().some(one => one === 'object')

const describe = (rules: readonly (readonly [string, Json])[]): string =>
  `(${rules.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(', ')})`
