import { type Decoded, jsonDecoded } from './decode.ts'
import { matchesIn } from './edit.ts'
import { type Document, documentAt, type Leaf, type Node } from './json.ts'

/** A part of an outer text, and which letters of a view it holds. */
export type Range = {
  readonly start: number
  readonly end: number
  readonly from: number
  readonly to: number
  /** The place of its event in a stream. */
  readonly event: number
}

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
export const viewsIn = (text: string): Views | undefined => viewsOf(text, false)

/** As viewsIn, of the body of a reply: one list in it may be a stream as well, as Gemini sends it. */
export const viewsInBody = (text: string): Views | undefined => viewsOf(text, true)

const viewsOf = (text: string, isBody: boolean): Views | undefined => {
  const documents = documentsIn(text, isBody)
  if (documents.length === 0) return undefined
  const pieces = documents.flatMap(({ leaves }, event) => leaves.map(leaf => new Piece(text, leaf, event)))
  return {
    views: documents.length > 1 ? [...pieces, ...channelsOf(pieces)] : pieces,
    gaps: gapsBetween(documents, text.length),
  }
}

type Placed = Document & { readonly start: number }

/** A string of JSON as it is meant. A stream holds tens of thousands: what they say is worked out when it is looked at. */
class Piece implements View {
  readonly outer: string
  readonly leaf: Leaf
  readonly event: number

  constructor(outer: string, leaf: Leaf, event: number) {
    this.outer = outer
    this.leaf = leaf
    this.event = event
  }
  get letters(): Decoded {
    return jsonDecoded(this.outer, this.leaf.start, this.leaf.end)
  }
  get text(): string {
    return this.letters.text
  }
  get key(): string {
    return this.leaf.key
  }
  get kind(): Leaf['kind'] {
    return this.leaf.kind
  }
  ranges(from: number, to: number): readonly Range[] {
    const { letters, event } = this
    return [{ start: letters.at(from), end: letters.at(to), from, to, event }]
  }
}

const documentsIn = (text: string, isBody: boolean): Placed[] => {
  const first = /\S/.exec(text)
  if (first?.[0] === '[' && isBody) return inList(text, first.index)
  if (first?.[0] === '{' || first?.[0] === '[') return inARow(text, first.index)
  return text.includes('data:') || text.includes('error:') ? inEvents(text) : []
}

/** The objects of a list, each an event; the list itself where it holds anything else. */
const inList = (text: string, start: number): Placed[] => {
  const found = /^\s*\{/.test(text.slice(start + 1, start + 100)) ? inARow(text, text.indexOf('{', start)) : []
  const end = found.at(-1)?.end
  return end !== undefined && /^\s*(\]|$)/.test(text.slice(end)) ? found : inARow(text, start)
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
  const texts = pieces.map(({ text }) => text)
  let length = 0
  const starts = texts.map(text => {
    length += text.length
    return length - text.length
  })
  return {
    text: texts.join(''),
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
    const piece = pieces[index]
    if (!piece || start >= to) break
    const { letters, event } = piece
    const first = Math.max(from, start)
    const last = Math.min(to, start + letters.text.length)
    if (first >= last) continue
    ranges.push({ start: letters.at(first - start), end: letters.at(last - start), from: first, to: last, event })
  }
  return ranges
}
