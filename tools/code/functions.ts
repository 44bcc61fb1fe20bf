import { isJsonObject, type Json, type JsonObject } from '../../runtime/core/json.ts'
import type { ToolDefinition } from '../../runtime/core/tool.ts'

/** Words of the language, and what it brings: a tool of such a name is reached as `tools.name`. */
const taken = new Set(
  (
    'await break case catch class const continue debugger default delete do else enum export extends false finally for function if ' +
    'implements import in instanceof interface let new null package private protected public return static super switch this ' +
    'throw true try typeof var void while with yield undefined NaN Infinity eval arguments tools console globalThis ToolError ' +
    'Object Function Array String Number Boolean Symbol BigInt Math JSON Date RegExp Map Set WeakMap WeakSet Promise Proxy ' +
    'Reflect Error parseInt parseFloat isNaN isFinite'
  ).split(' '),
)

/** Whether a tool can be called by its name alone. */
export const isPlain = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name) && !taken.has(name)

/** A tool as a model reads it that calls it from a script. */
export const functionDoc = ({ name, description, parameters }: ToolDefinition): string => {
  const lines = description
    .trim()
    .split('\n')
    .map(line => ` * ${line.replaceAll('*/', '* /')}`.trimEnd())
  const callee = isPlain(name) ? `function ${name}` : `tools[${JSON.stringify(name)}]`
  const { properties = {} } = parameters
  const has = isJsonObject(properties) && Object.keys(properties).length > 0
  return `/**\n${lines.join('\n')}\n */\n${callee}(${has ? `args: ${typeOf(parameters)}` : ''}): string`
}

/** Levels of a type that are told; what lies deeper is any. */
const deepest = 4

/** JSON Schema as a TypeScript type, which is shorter; what has no counterpart there is `any`. */
const typeOf = (schema: Json | undefined, depth = 0): string => {
  if (schema === undefined || !isJsonObject(schema) || depth > deepest) return 'any'
  const { type, enum: words, anyOf, oneOf, items } = schema
  if (Array.isArray(words)) return words.map(word => JSON.stringify(word)).join(' | ')
  const choices = anyOf ?? oneOf
  if (Array.isArray(choices)) return [...new Set(choices.map(choice => typeOf(choice, depth + 1)))].join(' | ')
  if (Array.isArray(type)) return type.map(each => typeOf({ ...schema, type: each }, depth)).join(' | ')
  if (type === 'array') return `${grouped(typeOf(items, depth + 1))}[]`
  if (type === 'object' || 'properties' in schema) return objectType(schema, depth)
  return (
    { string: 'string', integer: 'number', number: 'number', boolean: 'boolean', null: 'null' }[String(type)] ?? 'any'
  )
}

const grouped = (type: string): string => (/^[^{]* \| /.test(type) ? `(${type})` : type)

const objectType = ({ properties, required }: JsonObject, depth: number): string => {
  if (properties === undefined || !isJsonObject(properties)) return '{ [key: string]: any }'
  const needed: readonly Json[] = Array.isArray(required) ? required : []
  const fields = Object.entries(properties).map(([name, schema]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
    return `${key}${needed.includes(name) ? '' : '?'}: ${typeOf(schema, depth + 1)}${remark(schema)}`
  })
  return fields.length === 0 ? '{}' : `{\n${indented(fields.join('\n'))}\n}`
}

const remark = (schema: Json): string => {
  const { description } = isJsonObject(schema) ? schema : {}
  return typeof description === 'string' ? ` // ${description.replace(/\s+/g, ' ').trim()}` : ''
}

const indented = (text: string): string => text.replace(/^/gm, '  ')
