/** A string in a JSON text: where its letters lie between the quotes, the field it is the value of, and its object. */
export type Leaf = {
  readonly start: number
  readonly end: number
  readonly key: string
  readonly node: Node
  /** The name of a field; a number, which has no quotes; else a value. */
  readonly kind: 'name' | 'number' | 'value'
}

/** An object or list on the way to a leaf; `marks` says which of many it is, where it has an index or an id. */
export type Node = { readonly parent: Node | undefined; readonly key: string; marks: string }

/** The strings of one JSON value, and where it ends. */
export type Document = { readonly leaves: readonly Leaf[]; readonly end: number }

type Reader = { readonly text: string; readonly limit: number; at: number; readonly leaves: Leaf[]; isJson: boolean }

/**
 * Reads the JSON value that begins at `start` and ends before `limit`; nothing where there is none. A value that is cut
 * off is read as far as it goes. Keeps places, which JSON.parse does not: what is not redacted keeps its bytes.
 */
export const documentAt = (text: string, start: number, limit: number): Document | undefined => {
  const reader: Reader = { text, limit, at: start, leaves: [], isJson: true }
  readValue(reader, { parent: undefined, key: '', marks: '' }, '', 0)
  return reader.isJson ? { leaves: reader.leaves, end: Math.min(reader.at, limit) } : undefined
}

/** Deeper than anything that is no attack on the stack. */
const deepest = 400

/** This and what follows say whether there is more to read: not behind what is no JSON, or is cut off. */
const readValue = (reader: Reader, node: Node, key: string, depth: number): boolean => {
  const first = peek(reader)
  if (first === undefined) return false
  if (depth > deepest) return refuse(reader)
  if (first === '{') return readObject(reader, { parent: node, key, marks: '' }, depth)
  if (first === '[') return readList(reader, { parent: node, key, marks: '' }, { key, depth })
  if (first === '"') return readString(reader, node, key, 'value')
  return readScalar(reader, node, key)
}

const readObject = (reader: Reader, node: Node, depth: number): boolean => {
  reader.at += 1
  while (peek(reader) !== '}') {
    if (peek(reader) === undefined) return false
    if (peek(reader) !== '"') return refuse(reader)
    const start = reader.at + 1
    readString(reader, node, '', 'name')
    const key = reader.text.slice(start, reader.at - 1)
    if (!take(reader, ':') || !readValue(reader, node, key, depth + 1)) return false
    if (peek(reader) !== '}' && !take(reader, ',')) return false
  }
  return take(reader, '}')
}

const readList = (reader: Reader, node: Node, { key, depth }: { key: string; depth: number }): boolean => {
  reader.at += 1
  while (peek(reader) !== ']') {
    if (!readValue(reader, node, key, depth + 1)) return false
    if (peek(reader) !== ']' && !take(reader, ',')) return false
  }
  return take(reader, ']')
}

const scalar = /-?\d[\d.eE+-]*|true|false|null/y

const readScalar = (reader: Reader, node: Node, key: string): boolean => {
  const { at, limit, text, leaves } = reader
  scalar.lastIndex = at
  const word = scalar.exec(text)?.[0]
  if (word === undefined) return limit - at <= 'false'.length ? false : refuse(reader)
  if (word.length >= 8) leaves.push({ start: at, end: scalar.lastIndex, key, node, kind: 'number' })
  mark(node, key, word)
  reader.at = scalar.lastIndex
  return true
}

const readString = (reader: Reader, node: Node, key: string, kind: 'name' | 'value'): boolean => {
  const start = reader.at + 1
  const end = closingQuote(reader, start)
  // Names are many and most are short: too short to be a secret.
  if (end - start >= (kind === 'name' ? 6 : 1)) reader.leaves.push({ start, end, key, node, kind })
  if (kind === 'value' && end - start < 100) mark(node, key, reader.text.slice(start, end))
  reader.at = end + 1
  return true
}

const closingQuote = ({ text, limit }: Reader, start: number): number => {
  for (let end = text.indexOf('"', start); end !== -1 && end < limit; end = text.indexOf('"', end + 1)) {
    let escapes = end
    while (escapes > start && text[escapes - 1] === '\\') escapes--
    if ((end - escapes) % 2 === 0) return end
  }
  return limit
}

/** What tells the pieces of one block from those of another. An index of 0 is often left out. */
const mark = (node: Node, key: string, value: string): void => {
  if (!/index$|^item_id$|^thought$|^type$/.test(key) || value === '0' || value === 'false') return
  if (key !== 'type' || node.parent?.parent === undefined) node.marks += ` ${key}=${value}`
}

/** The first letter that is no blank; nothing at the end of what is to be read. */
const peek = (reader: Reader): string | undefined => {
  const { text, limit } = reader
  while (reader.at < limit && ' \n\r\t'.includes(text[reader.at] ?? 'x')) reader.at++
  return reader.at < limit ? text[reader.at] : undefined
}

const take = (reader: Reader, letter: string): boolean => {
  const found = peek(reader)
  if (found !== undefined && found !== letter) return refuse(reader)
  reader.at++
  return found === letter
}

const refuse = (reader: Reader): false => {
  reader.isJson = false
  return false
}
