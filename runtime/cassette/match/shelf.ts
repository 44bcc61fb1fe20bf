import type { Interaction } from '../../core/cassette.ts'
import type { Entry, OpenCassette } from '../file/file.ts'
import type { Side } from './difference.ts'
import { Edits, Turns } from './edits.ts'
import { neutralText, neutralTurns } from './neutral.ts'
import {
  type Compared,
  comparedOf,
  digestsIn,
  isKeyOf,
  keyOf,
  otherwise,
  type Protocols,
  type Request,
} from './request.ts'
import { isSame } from './same.ts'

/** An interaction that was found for a request. */
export type Found = {
  readonly interaction: Interaction
  readonly by: 'exact' | 'conversation' | 'edit'
  /** How it was read, where that is otherwise than usual. */
  readonly read?: Protocols
}

/** So many requests are kept in the form in which they are compared: a large cassette must not be held whole. */
const mostKept = 64

/** So many interactions of a lane are held against a request by what was said in them: they are played in order. */
const mostOtherwise = 16
const mostEdited = 4

/** So many letters of requests are looked into for one that was edited. */
const mostLetters = 200_000

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
  #now: Side | undefined
  /** Keys that were made anew. */
  readonly #keys = new Map<number, string>()

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
   * The very next interaction of the lane, where it is equal to a request that was not redacted. That is most of what a
   * replay looks up, and by far the cheapest way; what a placeholder stands for is not seen in this one.
   */
  next(lane: string, asked: Request): Found | undefined {
    const next = this.#next(this.#place(kindOf(asked), lane))
    return next && isSame(next.request, asked) && !JSON.stringify(asked).includes('${')
      ? { interaction: next, by: 'exact' }
      : undefined
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
    const compared = this.comparedNow(request)
    const quick = this.#look(lane, compared)
    if (quick?.by === 'exact') return quick
    const found = this.#rereadKeys(kind) ? this.#look(lane, compared) : quick
    return (
      found ??
      this.#byHand(kind, compared) ??
      this.#readOtherwise(kind, request) ??
      this.#otherwise(lane, kind, { request, compared })
    )
  }

  /** Recordings of others may mean what one of cagent's would not. */
  #readOtherwise(kind: string, request: Request): Found | undefined {
    const shape = request.protocol === undefined ? undefined : this.#protocols(request.protocol)?.shape
    if (!this.#cassette.modelTrafficOnly || !shape?.otherwise) return undefined
    const read = otherwise(this.#protocols)
    const { conversation } = comparedOf(request, read)
    const alike = this.#waiting(kind)
      .slice(0, mostOtherwise)
      .find(({ id }) => comparedOf(this.request(id), read).conversation === conversation)
    return alike && { interaction: this.#cassette.load(alike.id), by: 'conversation', read }
  }

  /** All that were recorded for an equal request, taken or not, whoever asked. */
  equalTo({ exact, digests }: Compared): Entry[] {
    let unknown = mostKept
    return this.entries.filter(entry => {
      const { id } = entry
      const key = this.#keys.get(id) ?? entry.key
      if (key === undefined) return unknown-- > 0 && this.compared(id).exact === exact
      const { exact: written, conversation } = digestsIn(key)
      if (written !== undefined) return written === digests.exact
      return conversation === digests.conversation && this.compared(id).exact === exact
    })
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

  /** What is asked now is looked for, and then explained. */
  comparedNow(request: Request): Compared {
    if (this.#now?.request !== request) this.#now = { request, compared: comparedOf(request, this.#protocols) }
    return this.#now.compared
  }

  request(id: number): Request {
    const { request } = this.#cassette.load(id)
    return this.#keys.has(id) ? this.#clean(request) : request
  }

  #next(kind: string): Interaction | undefined {
    const entries = this.#byKind.get(kind) ?? []
    while (entries[0] && this.isTaken(entries[0])) entries.shift()
    return entries[0] && this.#cassette.load(entries[0].id)
  }

  #look(lane: string, { exact, conversation, digests }: Compared): Found | undefined {
    const equal = this.#first(lane, digests.exact, id => this.compared(id).exact === exact)
    if (equal) return { interaction: equal, by: 'exact' }
    if (digests.conversation === undefined) return undefined
    const same = this.#first(lane, digests.conversation, id => this.compared(id).exact === exact)
    if (same) return { interaction: same, by: 'exact' }
    const alike = this.#first(lane, digests.conversation, id => this.compared(id).conversation === conversation)
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
  #otherwise(lane: string, kind: string, { request, compared }: Side): Found | undefined {
    if (request.method !== 'POST') return undefined
    const waiting = this.#waiting(kind).slice(0, mostOtherwise)
    const others = waiting.filter(({ id }) => this.request(id).protocol !== request.protocol)
    const said = others.length > 0 ? this.#neutral(request) : undefined
    const alike = said === undefined ? undefined : others.find(({ id }) => this.#neutral(this.request(id)) === said)
    if (alike) return { interaction: this.#cassette.load(alike.id), by: 'conversation' }
    const now = new Turns(request, compared, this.#protocols)
    const edited = waiting.slice(0, mostEdited).find(({ id }) => {
      const told = new Turns(this.request(id), this.compared(id), this.#protocols)
      return this.edits.explain(lane, told, now)
    })
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
    for (const part of [exact, conversation]) {
      if (part === undefined) continue
      const entries = listIn(this.#byKey, this.#place(part, entry.lane))
      if (entries.includes(entry)) continue
      entries.push(entry)
      if ((entries.at(-2)?.id ?? 0) > entry.id) entries.sort((a, b) => a.id - b.id)
    }
  }

  /**
   * By another recorder, or by an older version that compared or redacted otherwise: where the key of the next one does
   * not fit, all are made anew from the requests as today's recorder would have written them. Says whether any was.
   */
  #rereadKeys(kind: string): boolean {
    const [next, ...rest] = this.#waiting(kind).filter(({ id }) => !this.#keys.has(id))
    if (!next || this.#reread(next)) return false
    for (const entry of rest) this.#reread(entry)
    return true
  }

  /** Whether the key that is made anew is the written one. */
  #reread(entry: Entry): boolean {
    this.#keys.set(entry.id, '')
    this.#compared.delete(entry.id)
    const compared = this.compared(entry.id)
    if (entry.key !== undefined && isKeyOf(entry.key, compared)) {
      this.#keys.set(entry.id, entry.key)
      return true
    }
    const key = keyOf(compared)
    this.#keys.set(entry.id, key)
    this.#index(entry, key)
    return false
  }

  /** Edited, without its key: a run comes to it in its order. */
  #byHand(kind: string, { exact, conversation }: Compared): Found | undefined {
    const most = Math.min(mostOtherwise, Math.max(mostEdited, Math.floor(mostLetters / exact.length)))
    const next = this.#waiting(kind).slice(0, most)
    const equal = next.find(({ id }) => this.compared(id).exact === exact)
    if (equal) return { interaction: this.#cassette.load(equal.id), by: 'exact' }
    const alike =
      conversation === undefined ? undefined : next.find(({ id }) => this.compared(id).conversation === conversation)
    return alike && { interaction: this.#cassette.load(alike.id), by: 'conversation' }
  }

  #waiting(kind: string): Entry[] {
    return (this.#byKind.get(kind) ?? []).filter(entry => !this.isTaken(entry))
  }
}

const listIn = (lists: Map<string, Entry[]>, key: string): Entry[] => {
  const list = lists.get(key) ?? []
  lists.set(key, list)
  return list
}

/** A server may stand elsewhere today, so that the URL of a model call says nothing. */
const kindOf = ({ method, url }: Pick<Entry, 'method' | 'url'>): string => (method === 'POST' ? method : url)
