import { Failure } from '../runtime/core/errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../runtime/core/json.ts'
import { ToolFailure } from '../runtime/core/tool.ts'

/** Parameters as an agent file declares them: JSON Schema of each, and which must be given; all of them where absent. */
export type Declaration = {
  readonly args?: JsonObject | undefined
  readonly required?: readonly string[] | undefined
}

export type Parameters = { readonly schema: JsonObject; readonly properties: Readonly<Record<string, JsonObject>> }

/** Throws a Failure('config') where a required one is not declared. A property without a type holds text, as in cagent. */
export const parametersOf = (tool: string, { args = {}, required }: Declaration): Parameters => {
  const properties = Object.fromEntries(Object.entries(args).map(([name, value]) => [name, propertyOf(value)]))
  const needed = required ?? Object.keys(properties)
  const unknown = needed.find(name => !Object.hasOwn(properties, name))
  if (unknown !== undefined) {
    throw new Failure('config', `The tool ${tool} has required arg '${unknown}' which is not defined in args.`)
  }
  return { schema: { type: 'object', properties, required: needed, additionalProperties: false }, properties }
}

const propertyOf = (value: Json): JsonObject => {
  if (!isJsonObject(value)) return { type: 'string', ...(typeof value === 'string' && { description: value }) }
  return 'type' in value || 'enum' in value || 'anyOf' in value ? value : { type: 'string', ...value }
}

/** The arguments of a call without those left out; a ToolFailure with a sentence for each that does not fit. */
export const checked = (tool: string, { schema, properties }: Parameters, input: JsonObject): JsonObject => {
  const given = Object.entries(input).filter(([, value]) => value !== null)
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : []
  const problems = [
    ...required.filter(name => !given.some(([key]) => key === name)).map(name => `The parameter ${name} is missing.`),
    ...given.flatMap(([name, value]) =>
      problemOf(name, value, Object.hasOwn(properties, name) ? properties[name] : undefined),
    ),
  ]
  if (problems.length === 0) return Object.fromEntries(given)
  throw new ToolFailure(
    [...problems, `${tool} was not called. Call it again with parameters that fit its schema.`].join('\n'),
  )
}

const problemOf = (name: string, value: Json, property: JsonObject | undefined): string[] => {
  if (!property) return [`There is no parameter ${name}.`]
  const { type, enum: words } = property
  if (Array.isArray(words) && !words.some(word => JSON.stringify(word) === JSON.stringify(value))) {
    return [`The parameter ${name} must be one of ${words.map(String).join(', ')}, not ${JSON.stringify(value)}.`]
  }
  const types = (Array.isArray(type) ? type : [type]).filter(each => typeof each === 'string')
  if (types.length === 0 || types.some(each => isOfType(value, each))) return []
  return [`The parameter ${name} must be of the type ${types.join(' or ')}, not ${JSON.stringify(value).slice(0, 60)}.`]
}

const isOfType = (value: Json, type: string): boolean => {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isJsonObject(value)
  return type === 'null' ? value === null : typeof value === type
}
