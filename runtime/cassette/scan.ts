import { isJsonObject, type Json, type JsonObject } from '../core/json.ts'
import type { Entry } from './file.ts'
import { givenIn } from './names.ts'
import { Recent } from './recent.ts'
import type { Source } from './source.ts'
import { readAny } from './yaml-any.ts'
import { type Named, NotOurs, readBlock, readScalar } from './yaml-read.ts'
import { quoted } from './yaml-text.ts'

/** A cassette of which every item can be found, in the order of the file. */
export type Index = {
  readonly header: JsonObject
  readonly entries: readonly Entry[]
  /** The id of a last item that is not whole. */
  readonly torn?: number | 'unread'
  readonly item: (id: number) => JsonObject
}

type Place = { readonly start: number; readonly end: number }

/**
 * Looks through the bytes for the lines at which items begin, and reads the first few lines of each. Nothing for a file
 * that is not laid out as ours are: that has to be read whole.
 */
export const scan = (source: Source): Index | undefined => {
  const start = startOfItems(source)
  if (start === undefined) return undefined
  const header = headerOf(source.read(0, start.header).toString())
  if (!header) return undefined
  const places = placesOf(source, start.items)
  const { whole, torn: rest } = wholePlaces(source, places, 'reprise' in header)
  const items = new Items(source, whole)
  const entries = items.entries()
  if (!entries) return undefined
  const torn = typeof rest === 'object' ? (headOf(source, rest)?.id ?? 'unread') : rest && 'unread'
  return { header, entries, ...(torn !== undefined && { torn }), item: id => items.item(id) }
}

const key = '\ninteractions:\n'
const mark = Buffer.from('\n  - ')

/** Where the line `interactions:` begins, and where the first item does. */
const startOfItems = (source: Source): { header: number; items: number } | undefined => {
  let length = 16_384
  for (;;) {
    const bytes = source.read(0, length)
    const at = bytes.indexOf(key)
    const items = at + key.length
    if (at !== -1 && bytes.length >= items + 8)
      return bytes.toString('latin1', items, items + 8) === '  - id: ' ? { header: at + 1, items } : undefined
    if (bytes.length < length) return at === -1 || bytes.length > items ? undefined : { header: at + 1, items }
    length *= 8
  }
}

const headerOf = (text: string): JsonObject | undefined => {
  const header = tryOurs(text.replace(/^(?:#.*\n)+/, '')) ?? tryAny(text)
  return isJsonObject(header) ? header : undefined
}

const tryOurs = (text: string, named: Named = { here: new Map(), elsewhere: () => null }): Json | undefined => {
  try {
    return readBlock(text, named)
  } catch (error) {
    if (error instanceof NotOurs) return undefined
    throw error
  }
}

const tryAny = (text: string): unknown => {
  try {
    return readAny(text)
  } catch {
    return undefined
  }
}

const chunk = 1_048_576

const placesOf = (source: Source, first: number): Place[] => {
  const starts: number[] = []
  const into = Buffer.alloc(Math.min(chunk, source.size + 1))
  for (let at = first - 1; at < source.size; at += chunk - mark.length + 1) {
    const bytes = source.read(at, at + chunk, into)
    for (let found = bytes.indexOf(mark); found !== -1; found = bytes.indexOf(mark, found + 1))
      starts.push(at + found + 1)
  }
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? source.size }))
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
const wholePlaces = (
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

/** The first lines of an item, without the rest. */
const headOf = (source: Source, { start, end }: Place): Entry | undefined => {
  const text = source.read(start, Math.min(end, start + 2048)).toString()
  const known: { [key: string]: Json } = {}
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
    const [, blanks, name, value] = /^( {2}- | {4}| {6})(\w+):(?: (.*))?$/.exec(line) ?? []
    if (blanks === undefined || name === undefined) return undefined
    if (name !== 'request' && (value === undefined || !setScalar(known, name, value))) return undefined
    if ('url' in known && 'method' in known) return entryOf(known, known)
  }
  return undefined
}

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
export const entryOf = (
  { id, lane = 'root', key }: JsonObject,
  { method = 'POST', url }: JsonObject,
): Entry | undefined => {
  if (typeof id !== 'number' || typeof lane !== 'string' || typeof method !== 'string' || typeof url !== 'string') {
    return undefined
  }
  return { id, lane, method, url, ...(typeof key === 'string' && { key }) }
}

/** Items by their places in the file, read one by one. */
class Items {
  readonly #source: Source
  readonly #places: readonly Place[]
  readonly #byId = new Map<number, Place>()
  readonly #names = new Recent<number, Map<string, Json>>(256)

  constructor(source: Source, places: readonly Place[]) {
    this.#source = source
    this.#places = places
  }

  /** In the order of the file; nothing where one of them cannot be read alone, or two have one id. */
  entries(): Entry[] | undefined {
    const entries: Entry[] = []
    for (const place of this.#places) {
      const entry = headOf(this.#source, place) ?? this.#entryAt(place)
      if (!entry || this.#byId.has(entry.id)) return undefined
      this.#byId.set(entry.id, place)
      entries.push(entry)
    }
    return entries
  }

  item(id: number): JsonObject {
    const place = this.#byId.get(id)
    const item = place && this.#itemAt(place)
    if (!item) throw new NotOurs(`interaction ${id}`)
    return item
  }

  #entryAt(place: Place): Entry | undefined {
    const item = this.#itemAt(place)
    return item && isJsonObject(item['request']) ? entryOf(item, item['request']) : undefined
  }

  #itemAt(place: Place): JsonObject | undefined {
    const text = this.#text(place)
    const here = new Map<string, Json>()
    const list = tryOurs(text, { here, elsewhere: name => this.#named(name) }) ?? tryAny(this.#withNames(text))
    const item = Array.isArray(list) ? list.at(-1) : undefined
    return isJsonObject(item) ? (item as JsonObject) : undefined
  }

  #text({ start, end }: Place): string {
    return this.#source.read(start, end).toString()
  }

  /** The text that another item has under this name. */
  #named(name: string): Json {
    const id = givenIn(name)
    const place = id === undefined ? undefined : this.#byId.get(id)
    if (!place || id === undefined) throw new NotOurs(`*${name}`)
    const known = this.#names.get(id) ?? this.#names.set(id, this.#namesIn(place))
    const value = known.get(name) ?? tryLast(tryAny(`${this.#text(place).replaceAll(alias, '$1""')}\n  - *${name}\n`))
    if (typeof value !== 'string') throw new NotOurs(`*${name}`)
    return value
  }

  /** Names stand before texts that are written out: what the item itself repeats need not be looked up. */
  #namesIn(place: Place): Map<string, Json> {
    const here = new Map<string, Json>()
    tryOurs(this.#text(place), { here, elsewhere: () => null })
    return here
  }

  /** A general parser looks for names in its text alone, so they are put there, as items before. */
  #withNames(text: string): string {
    const names = [...text.matchAll(alias)].map(([, , name = '']) => name)
    const known = [...new Set(names)].filter(name => !text.includes(`&${name} `))
    return known.map(name => `  - &${name} ${quoted(this.#named(name) as string)}\n`).join('') + text
  }
}

const alias = /((?:: |- ))\*([a-z]+-\d+(?:\.\d+)?)(?=\n|$)/g

const tryLast = (list: unknown): unknown => (Array.isArray(list) ? list.at(-1) : undefined)
