import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { conflictIn } from './conflict.ts'
import type { Entry } from './file.ts'
import { givenIn } from './names.ts'
import { type Head, Heads, headIn, type Place } from './places.ts'
import { Recent } from './recent.ts'
import type { Source } from './source.ts'
import { readAny } from './yaml-any.ts'
import { type Named, NotOurs, readBlock } from './yaml-read.ts'
import { quoted } from './yaml-text.ts'

/** Nothing for what is not laid out as ours is. */
export const tryOurs = (text: string, named: Named = { here: new Map(), elsewhere: () => null }): Json | undefined => {
  try {
    return readBlock(text, named)
  } catch (error) {
    if (error instanceof NotOurs) return undefined
    throw error
  }
}

/** Nothing for what is no YAML. */
export const tryAny = (text: string): unknown => {
  try {
    return readAny(text)
  } catch {
    return undefined
  }
}

/** Items by their places in the file, read one by one. */
export class Items {
  readonly #source: Source
  readonly #places: readonly Place[]
  readonly #byId = new Map<number, Place>()
  readonly #names = new Recent<number, Map<string, Json>>(32)

  constructor(source: Source, places: readonly Place[]) {
    this.#source = source
    this.#places = places
  }

  /** In the order of the file; nothing where one of them cannot be read alone, or two have one id. */
  entries(): Entry[] | undefined {
    const entries: Entry[] = []
    const heads = new Heads()
    for (const place of this.#places) {
      const head = place.head ?? this.#headAt(place)
      const entry = head && heads.entryOf(head)
      if (!entry) return undefined
      this.#byId.set(entry.id, place)
      entries.push(entry)
    }
    return entries
  }

  item(id: number): JsonObject {
    const place = this.#byId.get(id)
    const text = place ? this.#text(place) : ''
    const item = this.#itemIn(text)
    if (!item) throw new NotOurs(conflictIn(text) ?? `interaction ${id}`)
    return item
  }

  /** Without the answer, which may be a hundred times as long. */
  asked(id: number): JsonObject {
    const place = this.#byId.get(id)
    const text = place ? this.#text(place) : ''
    const answer = text.indexOf('\n    response:\n')
    const item = answer === -1 ? undefined : this.#itemIn(text.slice(0, answer + 1))
    return item && isJsonObject(item['request']) ? item : this.item(id)
  }

  #headAt(place: Place): Head | undefined {
    const item = this.#itemIn(this.#text(place))
    return item && isJsonObject(item['request']) ? headIn(item, item['request']) : undefined
  }

  #itemIn(text: string): JsonObject | undefined {
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
