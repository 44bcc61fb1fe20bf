import { existsSync } from 'node:fs'
import type { CassetteHeader, Interaction } from '../core/cassette.ts'
import { Failure } from '../core/errors.ts'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import { writtenOut } from './alike-read.ts'
import type { OpenCassette, Origin } from './file.ts'
import { foreignHeader, fromForeign } from './foreign.ts'
import { interactionOf, requestOf } from './item-read.ts'
import { partialOf, recorderOf } from './partial.ts'
import { Recent } from './recent.ts'
import { type Index, scan } from './scan.ts'
import { sourceOf } from './source.ts'
import { readWhole } from './whole.ts'
import { NotOurs } from './yaml-read.ts'

/**
 * Opens a recording to be read bit by bit. Where there is none, but the beginning of one that was cut off, that is
 * opened. Throws a Failure for what is no cassette.
 */
export const openCassette = (path: string, context: { origin: (url: string) => Origin | undefined }): OpenCassette => {
  const found = existsSync(path) ? path : ([partialOf(path)].find(existsSync) ?? path)
  const source = sourceOf(found)
  const index = scan(source) ?? readWhole(source)
  const isForeign = !('reprise' in index.header)
  checkVersion(index.header, found)
  const first = index.entries[0]
  const note = noteOn(found, index)
  return {
    path: found,
    header: isForeign ? foreignHeader(first && index.item(first.id), source.modified) : headerOf(index.header),
    modelTrafficOnly: isForeign && index.entries.every(({ url }) => /^https?:/.test(url)),
    ...(note && { note }),
    entries: index.entries.toSorted((one, other) => one.id - other.id),
    load: loaderOf(found, isForeign ? foreign(index) : index, context),
  }
}

const headerOf = ({ version: _, completed: __, ...header }: JsonObject): CassetteHeader => header as CassetteHeader

const foreign = (index: Index): Index => {
  const item = (id: number) => fromForeign(index.item(id))
  return { ...index, item, asked: item }
}

const checkVersion = ({ version }: JsonObject, path: string): void => {
  if (version === undefined || version === 1 || version === 2) return
  throw new Failure('cassette-file', `${path} is of version ${String(version)}; this Reprise reads versions 1 and 2.`, {
    hint: 'A newer Reprise may read it.',
  })
}

const noteOn = (path: string, { torn, entries }: Index): string | undefined => {
  const partial = partialOf(path)
  const notes = [
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
    ? `${path} is still being recorded: it is played back as far as it goes (${count} interactions).`
    : `The recording ${path} was cut off: it is played back as far as it goes (${count} interactions).`

const tornNote = (path: string, torn: number | 'unread'): string =>
  torn === 'unread'
    ? `The end of ${path} is torn and was left out.`
    : `Interaction ${torn}, the last of ${path}, is torn and was left out (a whole one ends with its state, as in \`state: complete\`).`

/** So many requests are held, with what they share: a conversation is read turn by turn, a few of them side by side. */
const held = 64

const loaderOf = (path: string, index: Index, { origin }: { origin: (url: string) => Origin | undefined }) => {
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
    hint: 'Mend it by hand, or record anew.',
  })
