import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { WireShape } from '../../core/protocol.ts'
import type { OpenCassette } from '../file/file.ts'
import { type Changing, setOwn } from '../file/own.ts'
import { digest } from '../match/digest.ts'
import { comparedOf, type Protocols, type Request } from '../match/request.ts'
import { protocolsOf } from '../match/slim-body.ts'

/**
 * What became of a request with one field changed. Drift is what `--strict` refuses; `other` was recorded as well, and
 * has an answer of its own; `answered` got the old answer, as if nothing had changed.
 */
export type Fate = 'miss' | 'drift' | 'other' | 'answered'

/** Fields of one place that no change of which was noticed. `why` is absent where nobody meant them to be free. */
export type Unguarded = {
  readonly place: string
  readonly count: number
  readonly ids: readonly number[]
  readonly why?: string
}

export type Mutation = {
  readonly requests: number
  /** All that could be changed, and how many were. */
  readonly fields: number
  readonly tried: number
  readonly fates: Readonly<Record<Fate, number>>
  readonly unguarded: readonly Unguarded[]
}

/**
 * Changes each field of each request, one at a time, and looks whether a replay would still answer. Where there are more
 * fields than `most`, evenly spread ones are changed.
 */
export const mutationOf = (cassette: OpenCassette, protocols: Protocols, most: number): Mutation => {
  const ways = protocolsOf(cassette.header, protocols)
  const known = new Known(cassette, ways)
  const fields = cassette.entries.reduce((sum, { id }) => sum + countIn(cassette.load(id).request.body), 0)
  const fates = { miss: 0, drift: 0, other: 0, answered: 0 }
  const holes = new Map<string, Hole>()
  let tried = 0
  for (const { id, lane, request, path } of spread(fieldsOf(cassette), fields / most)) {
    const fate = known.fateOf(lane, request, { ...request, body: changedAt(request.body, path) })
    fates[fate] += 1
    tried += 1
    if (fate === 'answered') addTo(holes, { id, path, request }, ways)
  }
  return { requests: cassette.entries.length, fields, tried, fates, unguarded: [...holes.values()] }
}

type Field = { readonly id: number; readonly lane: string; readonly request: Request; readonly path: Path }

function* fieldsOf({ entries, load }: OpenCassette): Generator<Field> {
  for (const { id, lane } of entries) {
    const { request } = load(id)
    for (const path of pathsIn(request.body)) yield { id, lane, request, path }
  }
}

/** Each of them, or every so manieth. */
function* spread<Item>(items: Iterable<Item>, step: number): Generator<Item> {
  let next = 0
  let at = 0
  for (const item of items) {
    if (at++ < next) continue
    yield item
    next += Math.max(1, step)
  }
}

type Hole = { readonly place: string; readonly why?: string; count: number; readonly ids: number[] }

const addTo = (holes: Map<string, Hole>, { id, path, request }: Omit<Field, 'lane'>, ways: Protocols): void => {
  const place = patternOf(path, request)
  const why = reasonFor(path, request.protocol === undefined ? undefined : ways(request.protocol)?.shape)
  const hole: Hole = holes.get(place) ?? { place, ...(why !== undefined && { why }), count: 0, ids: [] }
  hole.count += 1
  if (!hole.ids.includes(id)) hole.ids.push(id)
  holes.set(place, hole)
}

/** What a cassette has answers for. */
class Known {
  readonly #exact = new Set<string>()
  readonly #conversations = new Set<string>()
  readonly #ways: Protocols
  readonly #anyLane: boolean
  #last: { readonly request: Request; readonly exact: string } | undefined

  constructor({ entries, load, modelTrafficOnly }: OpenCassette, ways: Protocols) {
    this.#ways = ways
    this.#anyLane = modelTrafficOnly
    for (const { id, lane } of entries) {
      const { exact, conversation } = comparedOf(load(id).request, ways)
      this.#exact.add(this.#name(lane, exact))
      if (conversation !== undefined) this.#conversations.add(this.#name(lane, conversation))
    }
  }

  fateOf(lane: string, before: Request, request: Request): Fate {
    const compared = comparedOf(request, this.#ways)
    if (compared.exact === this.#exactOf(before)) return 'answered'
    if (this.#exact.has(this.#name(lane, compared.exact))) return 'other'
    const { conversation } = compared
    return conversation !== undefined && this.#conversations.has(this.#name(lane, conversation)) ? 'drift' : 'miss'
  }

  /** Fields of one request are changed one after the other. */
  #exactOf(request: Request): string {
    if (this.#last?.request !== request) this.#last = { request, exact: comparedOf(request, this.#ways).exact }
    return this.#last.exact
  }

  #name(lane: string, text: string): string {
    return `${this.#anyLane ? '' : lane} ${digest(text)}`
  }
}

type Path = readonly (string | number)[]

/** Every value that holds no others; nothing for a request that says nothing. */
function* pathsIn(value: Json, path: Path = []): Generator<Path> {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* pathsIn(item, [...path, index])
  else if (isJsonObject(value)) for (const [key, item] of Object.entries(value)) yield* pathsIn(item, [...path, key])
  else if (value !== null || path.length > 0) yield path
}

const countIn = (value: Json): number => {
  let count = 0
  for (const _ of pathsIn(value)) count += 1
  return count
}

/** The tree with another value at the path; all else is shared with the old one. */
const changedAt = (value: Json, [key, ...rest]: Path): Json => {
  if (key === undefined) return other(value)
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? changedAt(item, rest) : item))
  const copy: Changing = { ...(value as JsonObject) }
  setOwn(copy, String(key), changedAt((value as JsonObject)[key] as Json, rest))
  return copy
}

const other = (value: Json): Json => {
  if (typeof value === 'string') return `${value}~`
  if (typeof value === 'number') return value === 0 ? 1 : value / 2
  return value === null ? 'something' : value !== true
}

const patternOf = (path: Path, { method, url }: Request): string => {
  const place = path.map(key => (typeof key === 'number' ? '*' : key)).join('.')
  return method === 'POST' ? place : `${method} ${url}: ${place}`
}

/** Why a place is free, by the shape that says so. */
const reasonFor = (path: Path, shape: WireShape | undefined): string | undefined => {
  if (!shape) return undefined
  const isIn = (patterns: readonly string[]): boolean => patterns.some(pattern => covers(pattern, path))
  if (isIn(shape.markers)) return 'a cache mark, which says nothing'
  if (isIn(shape.unsaid) && isIn(shape.volatile)) return 'what a model tells itself: a slim recording does not hold it'
  if (isIn(shape.volatile)) return 'drawn anew by clients, and no part of what is asked'
  if (isIn(shape.ids.flatMap(({ defines, refers }) => [defines, refers])))
    return 'an id: only what it ties together counts, and it ties nothing'
  return isIn(shape.opaque) ? 'bytes in another spelling' : undefined
}

const covers = (pattern: string, path: Path): boolean => {
  const keys = pattern.replace(/\[.*\]$/, '').split('.')
  return keys.length <= path.length && keys.every((key, index) => key === '*' || key === String(path[index]))
}
