import { isDeepStrictEqual } from 'node:util'
import type { Interaction } from '../../core/cassette.ts'
import { isJsonObject, type Json } from '../../core/json.ts'
import type { Turn } from '../../core/protocol.ts'
import { readAnswer } from '../play/answer.ts'
import { readSaid } from '../play/said.ts'
import { canonical, canonicalText } from './canonical.ts'
import { joinedTurns, neutralTurns } from './neutral.ts'
import { type Compared, conversationOf, type Protocols, type Request } from './request.ts'

/** So many answers and results of a lane are looked at for one that was changed: it is repeated right after it was given. */
const mostAnswers = 4
const mostResults = 16

/**
 * What a person changed in a recording, as far as it has been played. Later requests repeat it, and were recorded with
 * what stood there before: they are held against each other as if the change had been made there too. It is a change
 * where what is repeated now is what the recording says was given, and what was repeated then is given nowhere.
 */
export class Edits {
  readonly #protocols: Protocols
  readonly #load: (id: number) => Interaction
  readonly #answers = new Map<string, number[]>()
  readonly #results = new Map<string, number[]>()
  readonly #known = new Set<string>()

  constructor(protocols: Protocols, load: (id: number) => Interaction) {
    this.#protocols = protocols
    this.#load = load
  }

  /** An interaction was played. Whether it was changed is not known before it is repeated. */
  gave(lane: string, id: number, { method }: Request): void {
    const [lists, most] = method === 'POST' ? [this.#answers, mostAnswers] : [this.#results, mostResults]
    if (method === 'POST' || method === 'CALL') lists.set(lane, [...(lists.get(lane) ?? []).slice(1 - most), id])
  }

  /** Whether the recorded request differs from that of now in nothing that was said but in what was changed. */
  explain(lane: string, told: Turns, now: Turns): boolean {
    const isOther = told.protocol !== now.protocol
    const [before, after] = [told.as(isOther), now.as(isOther)]
    if (before.length !== after.length) return false
    const changed = [...before.keys()].filter(turn => !isDeepStrictEqual(before[turn], after[turn]))
    return changed.every(turn => this.#isChange({ lane, turn }, told.one(turn, isOther), now.one(turn, isOther)))
  }

  #isChange(place: Place, { turn: told, words }: Told, { turn: asked, words: now }: Told): boolean {
    if (told.role !== asked.role || told.role === 'user') return false
    if (told.role === 'assistant') return this.#isOnce(place, [words, now], () => this.#isAnswer(place, now))
    const pairs = differentTexts(told.content, asked.content)
    return pairs?.every(pair => this.#isOnce(place, pair, () => this.#isResult(place, pair))) ?? false
  }

  /** What is repeated once is repeated in each request from there on. */
  #isOnce({ lane, turn }: Place, pair: Pair, isChange: () => boolean): boolean {
    const key = JSON.stringify([lane, turn, ...pair])
    if (!this.#known.has(key) && !isChange()) return false
    this.#known.add(key)
    return true
  }

  #isAnswer({ lane, turn }: Place, now: string): boolean {
    return (this.#answers.get(lane) ?? []).some(id => {
      const { request, response } = this.#load(id)
      if (response.said === undefined || wordsOf(response.said) !== now) return false
      const conversation = conversationOf(request, this.#protocols)
      return conversation !== undefined && joinedTurns(conversation.turns).length === turn
    })
  }

  #isResult({ lane }: Place, [before, after]: Pair): boolean {
    const texts = (this.#results.get(lane) ?? []).flatMap(id => textsIn(this.#load(id).response.body))
    return isGiven([...texts, ...this.#lastWordsBelow(lane)], before, after)
  }

  /** The last words of a member are the result of the task that it was given. */
  #lastWordsBelow(lane: string): string[] {
    const below = [...this.#answers].filter(([other]) => other.startsWith(`${lane}/`)).slice(-mostResults)
    return below.map(([, ids]) => readSaid(this.#load(ids.at(-1) ?? 0).response.said ?? '').text ?? '')
  }
}

type Place = { readonly lane: string; readonly turn: number }

/** A turn as it is compared, and its words as they were sent. */
type Told = { readonly turn: Turn; readonly words: string }

/** The turns of a request: as they are compared with those of the same protocol, or of another. None of what is no model call. */
export class Turns {
  readonly protocol: string | undefined
  readonly #request: Request
  readonly #tree: Json
  readonly #protocols: Protocols
  #sent: readonly Turn[] | undefined
  #same: readonly Turn[] | undefined
  #neutral: readonly Turn[] | undefined

  constructor(request: Request, { tree }: Compared, protocols: Protocols) {
    this.#tree = tree
    this.protocol = request.protocol
    this.#request = request
    this.#protocols = protocols
  }

  as(isOther: boolean): readonly Turn[] {
    if (isOther) {
      this.#neutral ??= neutralTurns(this.#request, this.#protocols) ?? []
      return this.#neutral
    }
    this.#same ??= this.#joined({ ...this.#request, body: this.#tree })
    return this.#same
  }

  one(at: number, isOther: boolean): Told {
    this.#sent ??= this.#joined(this.#request)
    const sent = isOther ? this.as(true) : this.#sent
    return { turn: this.as(isOther)[at] as Turn, words: wordsIn(sent[at] as Turn) }
  }

  #joined(request: Request): Turn[] {
    return joinedTurns(conversationOf(request, this.#protocols)?.turns ?? [])
  }
}

type Pair = readonly [before: string, after: string]

const isGiven = (texts: readonly string[], before: string, after: string): boolean => {
  const given = texts.map(text => text.trim())
  return given.includes(after.trim()) && !given.includes(before.trim())
}

/** What a call gave back. */
const textsIn = (body: Json = null): string[] =>
  readAnswer('tool', body).content.flatMap(part => (part.type === 'text' ? [part.text] : []))

/** Words and calls of an answer, however they are spaced. */
const wordsOf = (said: Json): string => {
  const { text = '', calls = [] } = readSaid(said)
  return wordsText(text, calls as unknown as Json)
}

const wordsIn = ({ content }: Turn): string => {
  const parts = [content].flat()
  const text = parts.map(part => (isJsonObject(part) ? (part['text'] ?? '') : part)).join('')
  const calls = parts.flatMap(part => (isJsonObject(part) && 'call' in part ? [[part['call'], part['input']]] : []))
  return wordsText(text, calls as Json)
}

const wordsText = (text: string, calls: Json): string =>
  canonicalText(canonical({ text: text.replaceAll(/\s+/g, ''), calls }, undefined))

/** The texts in which two values differ; nothing where they differ in anything else. */
const differentTexts = (before: Json, after: Json): Pair[] | undefined => {
  if (isDeepStrictEqual(before, after)) return []
  if (typeof before === 'string' && typeof after === 'string') return [[before, after]]
  if (typeof before !== 'object' || typeof after !== 'object' || before === null || after === null) return undefined
  const keys = Object.keys(before)
  if (Array.isArray(before) !== Array.isArray(after) || !isDeepStrictEqual(keys, Object.keys(after))) return undefined
  const pairs: Pair[] = []
  for (const key of keys) {
    const found = differentTexts((before as Indexed)[key] as Json, (after as Indexed)[key] as Json)
    if (!found) return undefined
    pairs.push(...found)
  }
  return pairs
}
type Indexed = { readonly [key: string]: Json }
