import type { Interaction } from '../core/cassette.ts'
import type { Entry, OpenCassette } from './file.ts'
import { type Compared, comparedOf, digest, digestsIn, keyOf, type Protocols, type Request } from './request.ts'

/** An interaction that was found for a request. */
export type Found = { readonly interaction: Interaction; readonly by: 'exact' | 'conversation' }

/**
 * The interactions of a cassette by what they answer: lane, then key, then recorded order, each taken once. Nothing is
 * parsed before it is needed, and a look-up takes the same time whatever the size of the cassette.
 */
export class Shelf {
  readonly #cassette: OpenCassette
  readonly #protocols: Protocols
  readonly #byKey = new Map<string, Entry[]>()
  readonly #taken = new Set<number>()
  readonly #compared = new Map<number, Compared>()
  #isWhole = false

  constructor(cassette: OpenCassette, protocols: Protocols) {
    this.#cassette = cassette
    this.#protocols = protocols
    for (const entry of this.entries) if (entry.key !== undefined) this.#index(entry, entry.key)
  }

  /** All of them, in the order in which they were asked for. */
  get entries(): readonly Entry[] {
    return this.#cassette.entries
  }

  isTaken(entry: Entry): boolean {
    return this.#taken.has(entry.id)
  }

  unused(): Entry[] {
    return this.entries.filter(entry => !this.isTaken(entry))
  }

  take({ interaction }: Found): void {
    this.#taken.add(interaction.id)
  }

  /**
   * The first untaken interaction of the lane that is equal to the request, or, failing that, in what was said. Keys in
   * the file are trusted to find it and never to judge it: a person may have edited what stands below them.
   */
  find(lane: string, compared: Compared): Found | undefined {
    const quick = this.#look(lane, compared)
    if (quick?.by === 'exact' || this.#isWhole) return quick
    this.#indexAll()
    return this.#look(lane, compared)
  }

  /** All that were recorded for an equal request, taken or not, whoever asked. */
  equalTo({ exact }: Compared): Entry[] {
    const key = digest(exact)
    return this.entries.filter(entry =>
      entry.key === undefined ? this.compared(entry.id).exact === exact : digestsIn(entry.key).exact === key,
    )
  }

  compared(id: number): Compared {
    const known = this.#compared.get(id)
    if (known) return known
    const compared = comparedOf(this.request(id), this.#protocols)
    this.#compared.set(id, compared)
    return compared
  }

  request(id: number): Request {
    return this.#cassette.load(id).request
  }

  #look(lane: string, compared: Compared): Found | undefined {
    const exact = this.#first(lane, digest(compared.exact), id => this.compared(id).exact === compared.exact)
    if (exact) return { interaction: exact, by: 'exact' }
    const { conversation } = compared
    if (conversation === undefined) return undefined
    const alike = this.#first(lane, digest(conversation), id => this.compared(id).conversation === conversation)
    return alike && { interaction: alike, by: 'conversation' }
  }

  #first(lane: string, key: string, isEqual: (id: number) => boolean): Interaction | undefined {
    const entries = this.#byKey.get(this.#place(lane, key)) ?? []
    const entry = entries.find(entry => !this.isTaken(entry) && isEqual(entry.id))
    return entry && this.#cassette.load(entry.id)
  }

  /** Recordings of others know no lanes: there, order alone tells equal requests apart. */
  #place(lane: string, key: string): string {
    return this.#cassette.modelTrafficOnly ? key : `${key} ${lane}`
  }

  #index(entry: Entry, key: string): void {
    const { exact, conversation } = digestsIn(key)
    for (const part of conversation === undefined ? [exact] : [exact, conversation]) {
      const place = this.#place(entry.lane, part)
      const entries = this.#byKey.get(place) ?? []
      if (!entries.includes(entry)) entries.push(entry)
      this.#byKey.set(place, entries)
    }
  }

  /** Written by hand, edited, or by an older version that compared otherwise: the keys are made anew from the requests. */
  #indexAll(): void {
    this.#isWhole = true
    for (const entry of this.unused()) this.#index(entry, keyOf(this.compared(entry.id)))
    for (const entries of this.#byKey.values()) entries.sort((a, b) => a.id - b.id)
  }
}
