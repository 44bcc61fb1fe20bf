import type { Interaction } from '../../core/cassette.ts'
import type { Entry, OpenCassette } from '../file/file.ts'
import { digest } from './digest.ts'
import { Edits } from './edits.ts'
import { neutralText, neutralTurns } from './neutral.ts'
import { type Compared, comparedOf, digestsIn, keyOf, type Protocols, type Request } from './request.ts'
import { isSame } from './same.ts'

/** An interaction that was found for a request. */
export type Found = { readonly interaction: Interaction; readonly by: 'exact' | 'conversation' | 'edit' }

/** So many requests are kept in the form in which they are compared: a large cassette must not be held whole. */
const mostKept = 64

/** So many interactions of a lane are held against a request by what was said in them: they are played in order. */
const mostOtherwise = 16
const mostEdited = 4

/**
 * The interactions of a cassette by what they answer: lane, then key, then recorded order, each taken once. Nothing is
 * parsed before it is needed, and a look-up takes the same time whatever the size of the cassette.
 */
export class Shelf {
  readonly edits: Edits
  readonly #cassette: OpenCassette
  readonly #protocols: Protocols
  readonly #clean: (request: Request) => Request
  readonly #byKey = new Map<string, Entry[]>()
  readonly #byKind = new Map<string, Entry[]>()
  readonly #taken = new Set<number>()
  readonly #compared = new Map<number, Compared>()
  readonly #reread = new Set<string>()
  readonly #cleaned = new Set<number>()

  /** `clean` makes a recorded request what today's recorder would have written of it. */
  constructor(cassette: OpenCassette, protocols: Protocols, clean: (request: Request) => Request = request => request) {
    this.#cassette = cassette
    this.#protocols = protocols
    this.#clean = clean
    this.edits = new Edits(protocols, cassette.load)
    for (const entry of this.entries) {
      listIn(this.#byKind, this.#place(kindOf(entry), entry.lane)).push(entry)
      if (entry.key !== undefined) this.#index(entry, entry.key)
    }
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
   * The first untaken interaction of the lane that is equal to the request, or, failing that, in what was said. Mostly
   * it is the very next one, to the letter. Keys in the file are trusted to find the others and never to judge them: a
   * person may have edited what stands below.
   */
  find(lane: string, request: Request): Found | undefined {
    const kind = this.#place(kindOf(request), lane)
    const next = this.#next(kind)
    if (next && isSame(next.request, request)) return { interaction: next, by: 'exact' }
    const compared = comparedOf(request, this.#protocols)
    const quick = this.#look(lane, compared)
    if (quick?.by === 'exact') return quick
    if (this.#reread.has(kind)) return quick ?? this.#otherwise(lane, kind, request)
    this.#rereadKeys(kind)
    return this.#look(lane, compared) ?? this.#otherwise(lane, kind, request)
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
    const [oldest] = this.#compared.keys()
    if (oldest !== undefined && this.#compared.size > mostKept) this.#compared.delete(oldest)
    return compared
  }

  request(id: number): Request {
    const { request } = this.#cassette.load(id)
    return this.#cleaned.has(id) ? this.#clean(request) : request
  }

  #next(kind: string): Interaction | undefined {
    const entries = this.#byKind.get(kind) ?? []
    while (entries[0] && this.isTaken(entries[0])) entries.shift()
    return entries[0] && this.#cassette.load(entries[0].id)
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
    const entries = this.#byKey.get(this.#place(key, lane)) ?? []
    const entry = entries.find(entry => !this.isTaken(entry) && isEqual(entry.id))
    return entry && this.#cassette.load(entry.id)
  }

  /**
   * The same was said to a model that speaks another protocol: an agent that changed its model is answered too. Or it is
   * the same but for what a person has changed in the recording.
   */
  #otherwise(lane: string, kind: string, request: Request): Found | undefined {
    if (request.method !== 'POST') return undefined
    const waiting = (this.#byKind.get(kind) ?? []).filter(entry => !this.isTaken(entry)).slice(0, mostOtherwise)
    const said = waiting.length > 0 ? this.#neutral(request) : undefined
    if (said === undefined) return undefined
    const alike = waiting.find(({ id }) => {
      const recorded = this.request(id)
      return recorded.protocol !== request.protocol && this.#neutral(recorded) === said
    })
    if (alike) return { interaction: this.#cassette.load(alike.id), by: 'conversation' }
    const edited = waiting.slice(0, mostEdited).find(({ id }) => this.edits.explain(lane, this.request(id), request))
    return edited && { interaction: this.#cassette.load(edited.id), by: 'edit' }
  }

  #neutral(request: Request): string | undefined {
    const turns = neutralTurns(request, this.#protocols)
    return turns && neutralText(turns)
  }

  /** Recordings of others know no lanes: there, order alone tells equal requests apart. */
  #place(key: string, lane: string): string {
    return this.#cassette.modelTrafficOnly ? key : `${key} ${lane}`
  }

  #index(entry: Entry, key: string): void {
    const { exact, conversation } = digestsIn(key)
    for (const part of conversation === undefined ? [exact] : [exact, conversation]) {
      const entries = listIn(this.#byKey, this.#place(part, entry.lane))
      if (!entries.includes(entry)) entries.push(entry)
    }
  }

  /**
   * Written by hand, edited, by another recorder, or by an older version that compared or redacted otherwise: the keys
   * are made anew from the requests as today's recorder would have written them.
   */
  #rereadKeys(kind: string): void {
    this.#reread.add(kind)
    const touched = this.#byKind.get(kind)?.filter(entry => !this.isTaken(entry)) ?? []
    for (const { id } of touched) {
      this.#cleaned.add(id)
      this.#compared.delete(id)
    }
    for (const entry of touched) this.#index(entry, keyOf(this.compared(entry.id)))
    for (const entries of this.#byKey.values()) entries.sort((a, b) => a.id - b.id)
  }
}

const listIn = (lists: Map<string, Entry[]>, key: string): Entry[] => {
  const list = lists.get(key) ?? []
  lists.set(key, list)
  return list
}

/** A server may stand elsewhere today, so that the URL of a model call says nothing. */
const kindOf = ({ method, url }: Pick<Entry, 'method' | 'url'>): string => (method === 'POST' ? method : url)
