import type { Json } from '../core/json.ts'

/**
 * Reads what most agent files are made of: mappings and lists by indentation, words, numbers, simple quotes, `|` blocks
 * and comments. Undefined for all other YAML, right or wrong: js-yaml knows that, and takes longer to load than this
 * takes to read a file.
 */
export const readPlainYaml = (text: string): Json | undefined => {
  if (strange.test(text) || !text.isWellFormed()) return undefined
  const reader: Reader = { lines: text.split('\n'), at: 0 }
  try {
    const first = next(reader)
    const value = first && readNested(reader, first.indent)
    return next(reader) ? undefined : value
  } catch (error) {
    if (error instanceof NotPlain) return undefined
    throw error
  }
}

/** Tabs, other line ends, and what cannot be seen. */
const strange = /[^\n -~\xa0-\u2027\u202a-\ufefe\uff00-\ufffd]/

class NotPlain extends Error {}

const leave = (): never => {
  throw new NotPlain()
}

/** Lines from `at` on are still to be read. */
type Reader = { readonly lines: readonly string[]; at: number }
type Line = { readonly indent: number; readonly text: string }

const lineOf = (line: string): Line => {
  const text = line.trimStart()
  return { indent: line.length - text.length, text: text.trimEnd() }
}

const isBlank = (line: string): boolean => /^ *(#.*)?$/.test(line)

/** The next line that says something, which stays the next. */
const next = (reader: Reader): Line | undefined => {
  while (reader.at < reader.lines.length && isBlank(reader.lines[reader.at] ?? '')) reader.at++
  const line = reader.lines[reader.at]
  return line === undefined ? undefined : lineOf(line)
}

const entry = /^([A-Za-z_][\w.-]*):(?: +(.*))?$/
const item = /^- +(.*)$/

const readNested = (reader: Reader, indent: number): Json =>
  item.test(next(reader)?.text ?? '') ? readList(reader, indent) : readMapping(reader, indent)

/** The next line where it stands just here; one that stands elsewhere and belongs to nobody is found at the end. */
const nextAt = (reader: Reader, indent: number): string | undefined => {
  const line = next(reader)
  if (line && line.indent > indent) leave()
  return line?.indent === indent ? line.text : undefined
}

const readList = (reader: Reader, indent: number): Json[] => {
  const items: Json[] = []
  for (let text = nextAt(reader, indent); text !== undefined && item.test(text); text = nextAt(reader, indent)) {
    const [, rest = ''] = item.exec(text) ?? []
    const inner = indent + text.length - rest.length
    items.push(entry.test(rest) ? readMapping(reader, inner, rest) : readValue(reader, rest, indent))
  }
  return items
}

/** `first` is an entry that begins in the middle of a line. */
const readMapping = (reader: Reader, indent: number, first?: string): Json => {
  const known = new Map<string, Json>()
  for (let text = first ?? nextAt(reader, indent); text !== undefined; text = nextAt(reader, indent)) {
    if (item.test(text)) break
    const [, key = '', value = ''] = entry.exec(text) ?? leave()
    if (known.has(key) || key === '__proto__' || ownWords.test(key)) leave()
    known.set(key, readValue(reader, value, indent))
  }
  return Object.fromEntries(known)
}

/** What stands behind a key or a dash of that indentation, in the same line and in those below. */
const readValue = (reader: Reader, text: string, indent: number): Json => {
  reader.at++
  if (text === '|' || text === '|-') return readBlock(reader, indent, text)
  if (text === '' || text.startsWith('#')) return readBelow(reader, indent)
  const value = scalarIn(text) ?? flowIn(text) ?? leave()
  // Words may go on in the next line.
  if ((next(reader)?.indent ?? 0) > indent) leave()
  return value
}

const readBelow = (reader: Reader, indent: number): Json => {
  const below = next(reader) ?? leave()
  if (below.indent > indent) return readNested(reader, below.indent)
  return below.indent === indent && item.test(below.text) && !isInList(reader) ? readList(reader, indent) : leave()
}

/** Whether the line before is an item, whose next item a list at its own indentation would be. */
const isInList = ({ lines, at }: Reader): boolean => item.test(lineOf(lines[at - 1] ?? '').text)

const readBlock = (reader: Reader, indent: number, style: string): Json => {
  const { lines } = reader
  const inner = lineOf(lines[reader.at] ?? '').indent
  if (inner <= indent || /^ *$/.test(lines[reader.at] ?? '')) return leave()
  const found: string[] = []
  for (; reader.at < lines.length; reader.at++) {
    const line = lines[reader.at] ?? ''
    if (/[^ ]/.test(line.slice(0, inner))) break
    found.push(line.slice(inner))
  }
  const text = found.join('\n').replace(/\n+$/, '')
  return style === '|' ? `${text}\n` : text
}

/** What YAML takes for something else than a word. */
const ownWords = /^(null|true|false)$/i
/** Words, and durations such as 1m30s. */
const wordLike = `(?:-{0,2}[A-Za-z]|[_/$])(?:[^#:]|(?<! )#|:(?=[^ ]))*|(?:[0-9]+[smh])+`
const plainScalar = new RegExp(
  `^(?:"([^"\\\\]*)"|'([^']*)'|(${wordLike})|((?:0|[1-9]\\d{0,14})(?:\\.\\d{1,9})?))(?: +#.*)?$`,
)

/** A word, a number, or what stands in quotes; undefined where it is none of these for sure. */
const scalarIn = (text: string): Json | undefined => {
  const [, double, single, word, number] = plainScalar.exec(text) ?? []
  if (word !== undefined) return wordOf(word.trimEnd())
  return double ?? single ?? (number === undefined ? undefined : Number(number))
}

const wordOf = (word: string): Json | undefined => {
  if (!ownWords.test(word)) return word
  return { true: true, false: false }[word]
}

/** A list of words in one line. */
const flowIn = (text: string): Json | undefined => {
  const [, inside] = /^\[ *([\w./"' -]+(?:, *[\w./"' -]+)*) *\]$/.exec(text) ?? []
  const items = inside?.split(/ *, */).map(word => scalarIn(word.trim()))
  return items?.every(one => one !== undefined) ? items : undefined
}
