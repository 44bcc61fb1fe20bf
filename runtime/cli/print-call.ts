import { isJsonObject, type Json, type JsonObject } from '../core/json.ts'
import type { ToolCall } from '../core/message.ts'

type Style = (text: string) => string

/** The arguments of a call as cagent prints them: `(path: "x")` for one short one, else one a line. */
export const argumentsText = (call: ToolCall, style: Style): string => {
  if (call.invalid !== undefined) return `(${call.invalid})`
  return fieldsText(call.input, style)
}

/** A tool's answer: a JSON object as its fields, other JSON indented, text of at most three lines quoted, longer text as a block. */
export const resultText = (text: string, style: Style): string => {
  if (text === '') return '()'
  const json = parsed(text)
  if (isJsonObject(json)) return fieldsText(json, style)
  if (json !== undefined) return `(${JSON.stringify(json, null, 2)})`
  const lines = text.trim()
  if (lines.split('\n').length <= 3) return quoted(text)
  return `(\n${lines.replace(/\n\s*\n/g, '\n\n')}\n)`
}

const parsed = (text: string): Json | undefined => {
  if (!/^\s*[[{"\-\dtfn]/.test(text)) return undefined
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

const fieldsText = (fields: JsonObject, style: Style): string => {
  const entries = Object.entries(fields).map(([key, value]) => ({ key, text: valueText(value) }))
  const [only] = entries
  if (!only) return '()'
  if (entries.length === 1 && !only.text.includes('\n')) return `(${style(only.key)}: ${only.text})`
  return `(\n${entries.map(({ key, text }) => `  ${style(key)}: ${text}`).join('\n')}\n)`
}

const valueText = (value: Json): string => {
  if (typeof value === 'string') return quoted(value)
  const isLong = isJsonObject(value) || (Array.isArray(value) && value.length > 1)
  return isLong ? JSON.stringify(value, null, 2) : JSON.stringify(value)
}

const escapes: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
}

/** As Go's `%q` quotes: what can be read stays, control characters and the like are escaped. */
const quoted = (text: string): string =>
  `"${text.replace(/["\\]|\p{C}|(?! )\p{Z}/gu, character => escapes[character] ?? escaped(character))}"`

const escaped = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}
