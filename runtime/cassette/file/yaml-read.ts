import type { Json } from '../../core/json.ts'
import { type Changing, setOwn } from './own.ts'
import { isPlain, numberLike } from './yaml-text.ts'

/** Thrown for text that is not in the dialect of cassettes; a general YAML parser may still read it. */
export class NotOurs extends Error {}

/** Texts by the names under which they are repeated. `elsewhere` is asked for a name that the text itself does not have. */
export type Named = { readonly here: Map<string, Json>; readonly elsewhere: (name: string) => Json }

/** The line that is read: `start` and `end` in the text, and how many blanks or dashes are behind us. */
type Cursor = { readonly text: string; readonly named: Named; start: number; end: number; indent: number }

/**
 * Reads what yaml-write.ts writes, several times faster than a general parser. It reads nothing else: where it does not
 * throw `NotOurs`, any YAML parser reads the same.
 */
export const readBlock = (text: string, named: Named): Json => {
  const cursor: Cursor = { text, named, start: 0, end: -1, indent: 0 }
  advance(cursor)
  const value = readNested(cursor)
  if (!isOver(cursor)) throw new NotOurs('more follows')
  return value
}

/** A value of one line. */
export const readScalar = (text: string): Json => {
  const named = { here: new Map(), elsewhere: () => null }
  const cursor: Cursor = { text, named, start: 0, end: text.length, indent: 0 }
  return readValue(cursor, text, 0)
}

const isOver = ({ start, text }: Cursor): boolean => start >= text.length

const advance = (cursor: Cursor): void => {
  const { text } = cursor
  cursor.start = cursor.end + 1
  const end = text.indexOf('\n', cursor.start)
  cursor.end = end === -1 ? text.length : end
  let at = cursor.start
  while (at < cursor.end && text.charCodeAt(at) === 32) at++
  cursor.indent = at - cursor.start
}

const content = ({ text, start, end, indent }: Cursor): string => text.slice(start + indent, end)

const isItem = ({ text, start, indent }: Cursor): boolean => text.startsWith('- ', start + indent)

const readNested = (cursor: Cursor): Json => (isItem(cursor) ? readSequence(cursor) : readMapping(cursor))

const readSequence = (cursor: Cursor): Json[] => {
  const { indent } = cursor
  const items: Json[] = []
  while (!isOver(cursor) && cursor.indent === indent && isItem(cursor)) {
    cursor.indent += 2
    const rest = content(cursor)
    items.push(isItem(cursor) || keyOf(rest) ? readNested(cursor) : readValue(cursor, rest, indent))
  }
  return items
}

const readMapping = (cursor: Cursor): Json => {
  const { indent } = cursor
  const value: Changing = {}
  while (!isOver(cursor) && cursor.indent === indent && !isItem(cursor)) {
    const line = content(cursor)
    const found = keyOf(line)
    if (!found || Object.hasOwn(value, found.key)) throw new NotOurs(line)
    setOwn(value, found.key, readEntry(cursor, line.slice(found.length), indent))
  }
  if (!isOver(cursor) && cursor.indent > indent) throw new NotOurs(content(cursor))
  return value
}

const readEntry = (cursor: Cursor, rest: string, indent: number): Json => {
  if (rest !== '') return readValue(cursor, rest, indent)
  advance(cursor)
  if (isOver(cursor) || cursor.indent !== indent + 2) throw new NotOurs('nothing below a key')
  return readNested(cursor)
}

const plainKey = /([A-Za-z_$][\w$./~-]*):(?: |$)/y
const quotedKey = /("(?:[^"\\]|\\.)*"):(?: |$)/y

const keyOf = (line: string): { key: string; length: number } | undefined => {
  const pattern = line.startsWith('"') ? quotedKey : plainKey
  pattern.lastIndex = 0
  const [found, key] = pattern.exec(line) ?? []
  if (found === undefined || key === undefined) return undefined
  return { key: line.startsWith('"') ? (parsed(key) as string) : key, length: found.length }
}

const readValue = (cursor: Cursor, rest: string, indent: number): Json => {
  const reader = readers[rest.charAt(0)] ?? readPlain
  return reader(cursor, rest, indent)
}

type Reader = (cursor: Cursor, rest: string, indent: number) => Json

const readPlain: Reader = (cursor, rest) => {
  advance(cursor)
  if (rest in words) return words[rest] as Json
  if (numberLike.test(rest)) return Number(rest)
  if (!isPlain(rest)) throw new NotOurs(rest)
  return rest
}

const words: Readonly<Record<string, Json>> = Object.assign(Object.create(null), {
  null: null,
  true: true,
  false: false,
})

const readAnchor: Reader = (cursor, rest, indent) => {
  const [found, name] = /^&([\w.-]+) /.exec(rest) ?? []
  if (found === undefined || name === undefined) throw new NotOurs(rest)
  const value = readValue(cursor, rest.slice(found.length), indent)
  cursor.named.here.set(name, value)
  return value
}

const readAlias: Reader = (cursor, rest) => {
  advance(cursor)
  const name = rest.slice(1)
  if (!/^[\w.-]+$/.test(name)) throw new NotOurs(rest)
  return cursor.named.here.get(name) ?? cursor.named.elsewhere(name)
}

const readSingle: Reader = (cursor, rest) => {
  advance(cursor)
  const text = /^'((?:[^']|'')*)'$/.exec(rest)?.[1]
  if (text === undefined) throw new NotOurs(rest)
  return text.replaceAll("''", "'")
}

const readList: Reader = (cursor, rest) => {
  advance(cursor)
  const items = rest.includes('\t') ? undefined : parsed(rest)
  if (!Array.isArray(items) || items.some(item => typeof item === 'object' && item !== null)) throw new NotOurs(rest)
  return items
}

/** Numbers under names, each name once. */
const readCount: Reader = (cursor, rest) => {
  advance(cursor)
  if (!count.test(rest)) throw new NotOurs(rest)
  const entries = rest === '{}' ? [] : rest.slice(1, -1).split(', ')
  const value = Object.fromEntries(entries.map(entry => entry.split(': ')).map(([key, text]) => [key, Number(text)]))
  if (Object.keys(value).length !== entries.length) throw new NotOurs(rest)
  return value
}

const pair = String.raw`[A-Za-z_$][\w$./~-]*: ${numberLike.source.slice(1, -1)}`
const count = new RegExp(`^\\{(?:${pair}(?:, ${pair})*)?\\}$`)

const readDouble: Reader = (cursor, rest, indent) => {
  let line = rest
  let text = ''
  advance(cursor)
  while (/(?<!\\)(?:\\\\)*\\$/.test(line)) {
    if (isOver(cursor) || cursor.indent !== indent + 2) throw new NotOurs(rest)
    text += line.slice(0, -1)
    line = content(cursor).replace(/^\\ /, ' ')
    advance(cursor)
  }
  return parsed(text + line)
}

const parsed = (text: string): Json => {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw new NotOurs(text)
  }
}

const readLiteral: Reader = (cursor, rest, indent) => {
  const header = /^\|(2?)([-+]?)$/.exec(rest)
  if (!header) throw new NotOurs(rest)
  const lines = literalLines(cursor, indent + 2)
  const isShifted = /^[ \t]|^$/.test(lines[0] ?? '')
  if (isShifted && header[1] === '') throw new NotOurs('blanks before the first line')
  if (header[2] === '+') return lines.map(line => `${line}\n`).join('')
  while (lines.at(-1) === '') lines.pop()
  return lines.join('\n') + (header[2] === '-' ? '' : '\n')
}

const literalLines = (cursor: Cursor, indent: number): string[] => {
  const lines: string[] = []
  for (advance(cursor); !isOver(cursor); advance(cursor)) {
    const isEmpty = cursor.start === cursor.end
    if (!isEmpty && cursor.indent === cursor.end - cursor.start) throw new NotOurs('a line of blanks')
    if (!isEmpty && cursor.indent < indent) break
    lines.push(isEmpty ? '' : cursor.text.slice(cursor.start + indent, cursor.end))
  }
  return lines
}

const readers: Readonly<Record<string, Reader>> = {
  '&': readAnchor,
  '*': readAlias,
  '|': readLiteral,
  '"': readDouble,
  "'": readSingle,
  '[': readList,
  '{': readCount,
}
