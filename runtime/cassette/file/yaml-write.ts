import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { isLiteral, isPlain, isPlainKey, isSingle, numberText, quoted } from './yaml-text.ts'

/** `*name` for a text that stands elsewhere already, `&name ` for one that shall be found again, else nothing. */
export type Anchors = (text: string) => string

const unnamed: Anchors = () => ''

/** `key: value` lines, each after `indent` blanks but the first. Any YAML parser reads them. */
export const mappingText = (value: JsonObject, indent: number, anchors: Anchors = unnamed): string =>
  Object.entries(value)
    .map(([key, item]) => `${keyText(key, indent)}${entryText(item, indent, anchors)}`)
    .join(`\n${pad(indent)}`)

/** What stands behind `key:`, with the blank or the line end before it. */
export const entryText = (value: Json, indent: number, anchors: Anchors = unnamed): string =>
  isBlock(value)
    ? `\n${pad(indent + 2)}${blockText(value, indent + 2, anchors)}`
    : ` ${inlineText(value, indent, anchors)}`

/** Longer keys may not be read in the short form. */
const keyText = (key: string, indent: number): string => {
  if (isPlainKey(key)) return `${key}:`
  return key.length < 500 ? `${quoted(key)}:` : `? ${quoted(key)}\n${pad(indent)}:`
}

const blockText = (value: readonly Json[] | JsonObject, indent: number, anchors: Anchors): string =>
  isJsonObject(value) ? mappingText(value, indent, anchors) : sequenceText(value, indent, anchors)

const sequenceText = (items: readonly Json[], indent: number, anchors: Anchors): string =>
  items
    .map(item => `- ${isBlock(item) ? blockText(item, indent + 2, anchors) : inlineText(item, indent, anchors)}`)
    .join(`\n${pad(indent)}`)

const pad = (indent: number): string => ' '.repeat(indent)

const isBlock = (value: Json): value is readonly Json[] | JsonObject => {
  if (Array.isArray(value)) return value.length > 0 && !isShort(value)
  return isJsonObject(value) && Object.keys(value).length > 0 && !isCount(value)
}

/** A list that is read best on one line: numbers, or a few short words. */
const isShort = (items: readonly Json[]): boolean => {
  if (items.every(item => typeof item === 'number')) return true
  if (items.length > 12 || items.some(item => typeof item === 'object' && item !== null)) return false
  return JSON.stringify(items).length <= 72
}

/** A few numbers under names, such as tokens. */
const isCount = (value: JsonObject): boolean => {
  const entries = Object.entries(value)
  return (
    entries.length <= 6 &&
    entries.every(([key, item]) => typeof item === 'number' && key.length < 16 && isPlainKey(key))
  )
}

export const countText = (value: JsonObject): string =>
  `{${Object.entries(value)
    .map(([key, item]) => `${key}: ${scalarText(item)}`)
    .join(', ')}}`

const inlineText = (value: Json, indent: number, anchors: Anchors): string => {
  if (Array.isArray(value)) return `[${value.map(item => scalarText(item)).join(', ')}]`
  if (typeof value === 'string') return namedText(value, indent, anchors)
  return isJsonObject(value) ? countText(value) : scalarText(value)
}

const scalarText = (value: Json): string => {
  if (typeof value === 'string') return quoted(value)
  return typeof value === 'number' ? numberText(value) : String(value)
}

const namedText = (text: string, indent: number, anchors: Anchors): string => {
  const name = anchors(text)
  return name.startsWith('*') ? name : `${name}${stringText(text, indent)}`
}

/** A line of more letters than this, with quotes or strokes in it, stands in a block of its own. */
const longLine = 72

const stringText = (text: string, indent: number): string => {
  if (text.includes('\n')) return isLiteral(text) ? literalText(text, indent) : quotedLines(text, indent)
  if (isPlain(text)) return text
  if (!/["\\]/.test(text)) return quoted(text)
  if (text.length > longLine && isLiteral(text)) return literalText(text, indent)
  return isSingle(text) ? `'${text.replaceAll("'", "''")}'` : quoted(text)
}

const literalText = (text: string, indent: number): string => {
  const isShifted = /^[ \t\n]/.test(text)
  const ending = !text.endsWith('\n') ? '-' : text.endsWith('\n\n') ? '+' : ''
  const lines = (ending === '-' ? text : text.slice(0, -1)).split('\n')
  return `|${isShifted ? 2 : ''}${ending}\n${lines.map(line => line && pad(indent + 2) + line).join('\n')}`
}

/** Between double quotes, and still line by line: a backslash at the end of a line joins it to the next. */
const quotedLines = (text: string, indent: number): string => {
  const lines = text.split(/(?<=\n)/)
  if (text.endsWith('\n')) lines.push('')
  const [first = '', ...rest] = lines.map(line => quoted(line).slice(1, -1))
  return `"${[first, ...rest.map(line => pad(indent + 2) + line.replace(/^ /, '\\ '))].join('\\\n')}"`
}
