import type { Json, JsonObject } from '../../core/json.ts'
import type { Entry } from './file.ts'
import type { Source } from './source.ts'
import { NotOurs, readScalar } from './yaml-read.ts'

/** Where in a file an item stands, and what its first lines say, if they are as ours are. */
export type Place = { readonly start: number; readonly end: number; readonly head: Head | undefined }

/** What an item says of itself; one that extends another need not say again what is called. */
export type Head = Partial<Entry> & Pick<Entry, 'id' | 'lane'> & { readonly extends?: number }

const key = '\ninteractions:\n'
const mark = Buffer.from('\n  - ')
const first = '  - id: '

/** Where the line `interactions:` begins, and where the first item does, or would if the file were not cut off there. */
export const startOfItems = (source: Source): { header: number; items: number } | undefined => {
  let length = 16_384
  for (;;) {
    const bytes = source.read(0, length)
    const at = bytes.indexOf(key)
    const items = at + key.length
    const isEnd = bytes.length < length
    if (at !== -1 && (isEnd || bytes.length >= items + first.length)) {
      const begins = bytes.toString('latin1', items, items + first.length)
      return first.startsWith(begins) ? { header: at + 1, items } : undefined
    }
    if (isEnd) return undefined
    length *= 8
  }
}

const chunk = 1_048_576

/** All items from here on. Their bytes are looked through once; of each the first few lines are read. */
export const placesOf = (source: Source, from: number): Place[] => {
  const found: { start: number; head: Head | undefined }[] = []
  const into = Buffer.alloc(Math.min(chunk, source.size + 1))
  for (let at = from - 1; at < source.size; at += chunk - mark.length + 1) {
    const bytes = source.read(at, at + chunk, into)
    for (let place = bytes.indexOf(mark); place !== -1; place = bytes.indexOf(mark, place + 1)) {
      const start = at + place + 1
      const isNear = place + 1 + longestHead <= bytes.length
      const head = isNear ? bytes.subarray(place + 1, place + 1 + longestHead) : source.read(start, start + longestHead)
      found.push({ start, head: headOf(head, shortHead) ?? headOf(head, longestHead) })
    }
  }
  return found.map((place, index) => ({ ...place, end: found[index + 1]?.start ?? source.size }))
}

/** Most say who, what and where in so many bytes; longer ones are tried, then left to be read whole. */
const shortHead = 384
const longestHead = 4096

const headOf = (bytes: Buffer, length: number): Head | undefined => {
  const text = bytes.toString('utf8', 0, length)
  const known: { [key: string]: Json } = {}
  for (let start = 0, end = text.indexOf('\n'); end !== -1; start = end + 1, end = text.indexOf('\n', start)) {
    const [, blanks, name, value] = /^( {2}- | {4}| {6})(\w+):(?: (.*))?$/.exec(text.slice(start, end)) ?? []
    if (blanks === undefined || name === undefined || (blanks === '  - ' && start > 0)) return undefined
    if (name !== 'request' && (!headNames.has(name) || value === undefined)) return headIn(known, known)
    if (name !== 'request' && !setScalar(known, name, value ?? '')) return undefined
    if ('url' in known && 'method' in known) return headIn(known, known)
  }
  return undefined
}

const headNames = new Set(['id', 'agent', 'lane', 'rank', 'key', 'recorded', 'extends', 'method', 'url'])

const setScalar = (known: { [key: string]: Json }, name: string, value: string): boolean => {
  try {
    known[name] = readScalar(value)
    return true
  } catch (error) {
    if (error instanceof NotOurs) return false
    throw error
  }
}

/** What is known of an item without its body; nothing where a field is missing that all of ours have. */
export const headIn = (item: JsonObject, request: JsonObject): Head | undefined => {
  const { id, lane = 'root', key } = item
  const { extends: base } = request
  const { url, method = url === undefined ? undefined : 'POST' } = request
  if (typeof id !== 'number' || typeof lane !== 'string') return undefined
  if (typeof base !== 'number' && (typeof url !== 'string' || typeof method !== 'string')) return undefined
  return {
    id,
    lane,
    ...(typeof method === 'string' && { method }),
    ...(typeof url === 'string' && { url }),
    ...(typeof key === 'string' && { key }),
    ...(typeof base === 'number' && { extends: base }),
  }
}

/** Heads with what is called put in from the item that they extend; that one stands above them. */
export class Heads {
  readonly #byId = new Map<number, Entry>()

  /** Nothing for an id that was there before, or an item that extends none above it. */
  entryOf({ extends: base, ...head }: Head): Entry | undefined {
    const earlier = base === undefined ? undefined : this.#byId.get(base)
    const { method = earlier?.method, url = earlier?.url } = head
    if (this.#byId.has(head.id) || method === undefined || url === undefined) return undefined
    const entry = { ...head, method, url }
    this.#byId.set(head.id, entry)
    return entry
  }
}

const ending = /\n {4}state: (?:complete|interrupted|failed)(\n?)( {0,2}-?)$/

/** What stands behind the last line of an item: nothing, or the first letters of a next one. */
const endingOf = (source: Source, { start, end }: Place): { rest: number } | undefined => {
  const found = ending.exec(source.read(Math.max(start, end - 40), end).toString('latin1'))
  return found && (found[1] || !found[2]) ? { rest: found[2]?.length ?? 0 } : undefined
}

/**
 * Leaves out an end that is torn, and says so. Ours close each item with its state; in a file written by hand nothing
 * does, and then there is no telling.
 */
export const wholePlaces = (
  source: Source,
  places: readonly Place[],
  isOurs: boolean,
): { whole: readonly Place[]; torn?: Place | 'rest' } => {
  const last = places.at(-1)
  const before = places.at(-2)
  if (!last) return { whole: places }
  const ended = endingOf(source, last)
  if (ended?.rest === 0) return { whole: places }
  const whole = places.slice(0, -1)
  if (ended) return { whole: [...whole, { ...last, end: last.end - ended.rest }], torn: 'rest' }
  return (before ? endingOf(source, before) : isOurs) ? { whole, torn: last } : { whole: places }
}
