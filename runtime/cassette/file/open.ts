import { existsSync } from 'node:fs'
import type { CassetteHeader, Interaction } from '../../core/cassette.ts'
import { Failure } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { writtenOut } from './alike-read.ts'
import type { OpenCassette, Origin } from './file.ts'
import { foreignFormat, foreignHeader, fromForeign } from './foreign.ts'
import { interactionOf, requestOf } from './item-read.ts'
import { partialOf, recorderOf } from './partial.ts'
import { Recent } from './recent.ts'
import { type Index, scan } from './scan.ts'
import { type Source, sourceOf } from './source.ts'
import { readWhole } from './whole.ts'
import { NotOurs } from './yaml-read.ts'

export type OpenContext = {
  readonly origin: (url: string) => Origin | undefined
  /** Reads what only others can have written; nothing for what it does not know. Throws a Failure that says why not. */
  readonly foreign?: (source: Source) => Index | undefined
}

/**
 * Opens a recording to be read bit by bit. Where there is none, but the beginning of one that was cut off, that is
 * opened. Throws a Failure for what is no cassette.
 */
export const openCassette = (path: string, context: OpenContext): OpenCassette => {
  const found = existsSync(path) ? path : ([partialOf(path)].find(existsSync) ?? path)
  const source = sourceOf(found)
  const index = scan(source) ?? readAny(source, context)
  checkVersion(index.header, found)
  const note = noteOn(found, index)
  const isHttp = index.entries.every(({ url }) => /^https?:/.test(url))
  return {
    path: found,
    ...('reprise' in index.header ? ours(index) : foreign(index, source)),
    modelTrafficOnly: isHttp && (!('reprise' in index.header) || 'imported' in index.header),
    ...(note && { note }),
    entries: index.entries.toSorted((one, other) => one.id - other.id),
    load: loaderOf(
      found,
      index.format === undefined && !('reprise' in index.header) ? likeOurs(index) : index,
      context,
    ),
  }
}

/** Ours first, and what is laid out as ours is. */
const readAny = (source: Source, { foreign }: OpenContext): Index => {
  try {
    return readWhole(source)
  } catch (error) {
    const index = error instanceof Failure ? foreign?.(source) : undefined
    if (index) return index
    throw error
  }
}

const ours = ({ header, format }: Index): Pick<OpenCassette, 'header' | 'format'> => ({
  header: headerOf(header),
  ...(format && { format }),
})

const foreign = (index: Index, { modified }: Source): Pick<OpenCassette, 'header' | 'format'> => {
  const { format, recorded } = index.format === undefined ? foreignFormat(index.header) : index
  const first = index.entries[0]
  return { header: foreignHeader(first && index.item(first.id), { recorded, modified }), ...(format && { format }) }
}

const headerOf = ({ version: _, completed: __, ...header }: JsonObject): CassetteHeader => header as CassetteHeader

const likeOurs = (index: Index): Index => {
  const item = (id: number) => fromForeign(index.item(id))
  return { ...index, item, asked: item }
}

const checkVersion = ({ version }: JsonObject, path: string): void => {
  if (version === undefined || version === 1 || version === 2) return
  throw new Failure('cassette-file', `${path} is of version ${String(version)}; this Reprise reads versions 1 and 2.`, {
    hint: 'A newer Reprise may read it.',
  })
}

const noteOn = (path: string, { torn, entries, note }: Index): string | undefined => {
  const partial = partialOf(path)
  const notes = [
    ...(note ? [note] : []),
    ...(path.endsWith('.partial') ? [unfinished(path, entries.length)] : []),
    ...(existsSync(partial) && recorderOf(partial)?.isAlive === false
      ? [`A newer recording was cut off: it is in ${partial}.`]
      : []),
    ...(torn === undefined ? [] : [tornNote(path, torn)]),
  ]
  return notes.length > 0 ? notes.join(' ') : undefined
}

const unfinished = (path: string, count: number): string =>
  recorderOf(path)?.isAlive
    ? `${path} is still being recorded: it is played back as far as it goes (${count === 1 ? 'one interaction' : `${count} interactions`}).`
    : `The recording ${path} was cut off: it is played back as far as it goes (${count === 1 ? 'one interaction' : `${count} interactions`}).`

const tornNote = (path: string, torn: number | 'unread'): string =>
  torn === 'unread'
    ? `The end of ${path} is torn and was left out.`
    : `Interaction ${torn}, the last of ${path}, is torn and was left out (a whole one ends with its state, as in \`state: complete\`).`

/** So many requests are held, with what they share: a conversation is read turn by turn, a few of them side by side. */
const held = 64

const loaderOf = (path: string, index: Index, { origin }: OpenContext) => {
  const ids = new Set(index.entries.map(({ id }) => id))
  const requests = new Recent<number, Interaction['request']>(held)

  const itemOf = (id: number, read = index.item): JsonObject => {
    if (!ids.has(id)) throw missing(path, id)
    try {
      return read(id)
    } catch (error) {
      if (!(error instanceof NotOurs)) throw error
      throw unreadable(path, id, error.message)
    }
  }

  const grown = (item: JsonObject): JsonObject => {
    try {
      return writtenOut(item, { entries: index.entries, item: itemOf })
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw unreadable(path, item['id'] as number, `it does not go on as it says (${error.message})`)
    }
  }

  /** One after the other from the first on, since a conversation may be longer than a stack is deep. */
  const request = (id: number): Interaction['request'] => {
    const known = requests.get(id)
    if (known) return known
    const chain: JsonObject[] = []
    const seen = new Set<number>()
    for (let next: number | undefined = id; next !== undefined && !requests.get(next); ) {
      const item: JsonObject = grown(itemOf(next, index.asked))
      if (seen.has(next)) throw unreadable(path, id, 'it extends itself')
      seen.add(next)
      chain.push(item)
      next = baseOf(item)
    }
    let last: Interaction['request'] | undefined
    for (const item of chain.reverse()) {
      const before = last
      last = requestOf(item, { origin, request: base => before ?? request(base) })
      requests.set(item['id'] as number, last)
    }
    return last as Interaction['request']
  }

  const ranks = ranksIn(index)
  return (id: number): Interaction => {
    const rank = ranks.get(id)
    return { ...(rank !== undefined && { rank }), ...interactionOf(grown(itemOf(id)), { request, origin }) }
  }
}

/** Where an interaction stands in the order in which they were over, if that is another than that of their ids. */
const ranksIn = ({ header, entries }: Index): ReadonlyMap<number, number> => {
  const { completed } = header
  if (typeof completed !== 'string' && typeof completed !== 'number') return new Map()
  const ranks = String(completed)
    .split(' ')
    .map((id, at): [number, number] => [Number(id), at + 1])
  const places = new Map(entries.map(({ id }, at) => [id, at + 1]))
  return new Map(ranks.filter(([id, rank]) => places.get(id) !== rank))
}

const baseOf = ({ request }: JsonObject): number | undefined => {
  const base = isJsonObject(request) ? request['extends'] : undefined
  return typeof base === 'number' ? base : undefined
}

const missing = (path: string, id: number): Failure =>
  new Failure('cassette-file', `${path} has no interaction ${id}.`, { hint: 'One that others extend must stay.' })

const unreadable = (path: string, id: number, why: string): Failure =>
  new Failure('cassette-file', `Interaction ${id} of ${path} cannot be read: ${why}.`, {
    hint: 'Fix it by hand, or record it again.',
  })
