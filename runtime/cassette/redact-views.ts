import { matchesIn } from './redact-edit.ts'
import { type Decoded, type Document, decoded, documentAt, type Leaf, type Node } from './redact-json.ts'

/** A part of an outer text, and which letters of a view it holds. */
export type Range = { readonly start: number; readonly end: number; readonly from: number; readonly to: number }

/** A text inside a text: a string of JSON as it is meant, or the pieces of a stream put together. */
export type View = {
  readonly text: string
  /** The name of the field that holds it. */
  readonly key: string
  readonly kind: Leaf['kind'] | 'joined'
  /** Where letters of it stand outside, piece by piece. */
  readonly ranges: (from: number, to: number) => readonly Range[]
}

/** What a text holds, and the stretches of it that are in no view. Nothing for a text that is neither JSON nor a stream. */
export type Views = { readonly views: readonly View[]; readonly gaps: readonly { start: number; end: number }[] }

/** Looks into JSON, lines of JSON, and server-sent events, also where they are cut off or stand in a log. */
export const viewsIn = (text: string): Views | undefined => {
  const documents = documentsIn(text)
  if (documents.length === 0) return undefined
  const pieces = documents.flatMap(({ leaves }) => leaves).map(leaf => pieceOf(text, leaf))
  const isStream = documents.length > 1 || text[documents[0]?.start ?? 0] === '['
  return {
    views: [...pieces.map(single), ...(isStream ? channelsOf(pieces) : [])],
    gaps: gapsBetween(documents, text.length),
  }
}

type Placed = Document & { readonly start: number }
type Piece = { readonly leaf: Leaf; readonly letters: Decoded }

const pieceOf = (text: string, leaf: Leaf): Piece => ({ leaf, letters: decoded(text, leaf.start, leaf.end) })

const documentsIn = (text: string): Placed[] => {
  const first = /\S/.exec(text)
  if (first && (first[0] === '{' || first[0] === '[')) return inARow(text, first.index)
  return text.includes('data:') || text.includes('error:') ? inEvents(text) : []
}

/** One JSON value after the other, with nothing but blanks and commas between. */
const inARow = (text: string, first: number): Placed[] => {
  const found: Placed[] = []
  const between = /[\s,]*(?=[{[])/y
  for (let start = first; ; start = between.lastIndex) {
    const document = documentAt(text, start, text.length)
    if (!document) return found
    found.push({ ...document, start })
    between.lastIndex = document.end
    if (between.exec(text) === null) return found
  }
}

/** Seen: a blank before `data:`, and a bare `error: {…}`. In a log the first event stands behind other words. */
const inEvents = (text: string): Placed[] =>
  matchesIn(text, /(?:^|[\r\n ])(?:data|error): ?(?=[{[])/g).flatMap(({ index, 0: head }) => {
    const start = index + head.length
    const document = documentAt(text, start, lineEnd(text, start))
    return document ? [{ ...document, start }] : []
  })

const lineEnd = (text: string, start: number): number => {
  const end = /[\r\n]/g
  end.lastIndex = start
  return end.exec(text)?.index ?? text.length
}

const gapsBetween = (documents: readonly Placed[], length: number): { start: number; end: number }[] => {
  const starts = [0, ...documents.map(({ end }) => end)]
  const ends = [...documents.map(({ start }) => start), length]
  return starts.map((start, index) => ({ start, end: ends[index] ?? length })).filter(({ start, end }) => start < end)
}

const single = ({ leaf, letters }: Piece): View => ({
  text: letters.text,
  key: leaf.key,
  kind: leaf.kind,
  ranges: (from, to) => [{ start: letters.at(from), end: letters.at(to), from, to }],
})

/**
 * What one block of a stream says in all its events: the same field of the same place, by index and id. No protocol is
 * known here, so that it holds for the next one too.
 */
const channelsOf = (pieces: readonly Piece[]): View[] => {
  const channels = new Map<string, Piece[]>()
  for (const piece of pieces) {
    if (piece.leaf.kind !== 'value' || piece.leaf.key === '') continue
    const name = channelName(piece.leaf.node, piece.leaf.key)
    const known = channels.get(name)
    if (known) known.push(piece)
    else channels.set(name, [piece])
  }
  return [...channels.values()].filter(({ length }) => length > 1).map(joined)
}

const channelName = ({ parent, key, marks }: Node, field: string): string => {
  const own = `${key}${marks}.${field}`
  return parent ? channelName(parent, own) : own
}

const joined = (pieces: readonly Piece[]): View => {
  let length = 0
  const starts = pieces.map(({ letters }) => {
    length += letters.text.length
    return length - letters.text.length
  })
  return {
    text: pieces.map(({ letters }) => letters.text).join(''),
    key: pieces[0]?.leaf.key ?? '',
    kind: 'joined',
    ranges: (from, to) => rangesOf(pieces, starts, { from, to }),
  }
}

const rangesOf = (
  pieces: readonly Piece[],
  starts: readonly number[],
  { from, to }: { from: number; to: number },
): Range[] => {
  const ranges: Range[] = []
  for (let index = starts.findLastIndex(start => start <= from); index < pieces.length; index++) {
    const start = starts[index] ?? 0
    const { text, at } = pieces[index]?.letters ?? { text: '', at: () => 0 }
    if (start >= to) break
    const first = Math.max(from, start)
    const last = Math.min(to, start + text.length)
    if (first < last) ranges.push({ start: at(first - start), end: at(last - start), from: first, to: last })
  }
  return ranges
}
