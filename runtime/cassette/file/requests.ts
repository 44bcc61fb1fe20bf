import type { Interaction } from '../../core/cassette.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { type Delta, deltaBetween, lengthOf, withDelta } from './delta.ts'
import { isSame } from './own.ts'

type Request = Interaction['request']

/**
 * The last request of a conversation, or the first of one: with what is between, nothing new has more in common.
 * `length` is that of its body.
 */
type Earlier = {
  readonly id: number
  readonly request: Request
  readonly body: JsonObject
  readonly length: number
  readonly isFirst: boolean
}

/** A request that continues an earlier one. `body` shares with that one's what both have. */
export type Continued = { readonly earlier: Request; readonly id: number; readonly delta: Delta; readonly body: Json }

/** So many conversations with one place are known at once. They interleave, but not without end. */
const most = 256

/** A request shorter than this is easier to read whole. */
const shortest = 300

/**
 * The requests that were written so far. A conversation sends all that was said again with each turn; of two requests
 * that share most, the later is written as what is new in it.
 */
export class Requests {
  readonly #byPlace = new Map<string, Earlier[]>()

  /** The best earlier request that this one continues, if any, and from now on this one too. */
  continued(id: number, request: Request): Continued | undefined {
    const { body } = request
    if (!isJsonObject(body) || !isModelCall(request)) return undefined
    const parts = partsOf(body)
    const length = parts.reduce((sum, part) => sum + part.length, 0)
    if (length < shortest) return undefined
    const place = placeOf(request)
    const earlier = this.#byPlace.get(place) ?? []
    const found = continuedFrom(nearest(earlier, parts), body, length)
    const now = { id, request, body: found ? (found.body as JsonObject) : body, length, isFirst: !found }
    this.#byPlace.set(place, [...earlier.filter(one => one.id !== found?.id || one.isFirst).slice(1 - most), now])
    return found
  }
}

/** What is left out of a later request is read in the earlier one, so both must have the same fields. */
const placeOf = ({ method, url, protocol, provider, operation }: Request): string =>
  `${method} ${protocol ?? url} ${provider === undefined} ${operation === undefined}`

const isModelCall = ({ protocol, url }: Request): boolean => protocol !== undefined || /^https?:/.test(url)

/** A field, or an item of one that is a list: what a later request repeats as a whole. */
type Part = { readonly key: string; readonly index?: number; readonly value: Json; readonly length: number }

const partsOf = (body: JsonObject): Part[] =>
  Object.entries(body).flatMap(([key, value]): Part[] =>
    Array.isArray(value)
      ? value.map((item: Json, index) => ({ key, index, value: item, length: lengthOf(item) }))
      : [{ key, value, length: lengthOf(value) }],
  )

const has = ({ body }: Earlier, { key, index, value }: Part): boolean => {
  const field = body[key]
  const there = index === undefined ? field : Array.isArray(field) ? (field[index] as Json | undefined) : undefined
  return there !== undefined && isSame(there, value)
}

/**
 * The one that has most in common with a request, of equals the one with least besides, and of those the first: a
 * conversation that begins like others goes back to the first of them, and few have to be read for it.
 */
const nearest = (earlier: readonly Earlier[], parts: readonly Part[]): Earlier | undefined => {
  let best: Earlier | undefined
  let most = 0
  for (const one of earlier) {
    const common = parts.reduce((sum, part) => (has(one, part) ? sum + part.length : sum), 0)
    if (common === 0 || common < most || (common === most && best && one.length >= best.length)) continue
    best = one
    most = common
  }
  return best
}

const continuedFrom = (earlier: Earlier | undefined, body: Json, length: number): Continued | undefined => {
  if (!earlier) return undefined
  const found = deltaBetween(earlier.body, body)
  if (!found || found.cost > length * 0.6) return undefined
  return { earlier: earlier.request, id: earlier.id, delta: found.delta, body: withDelta(earlier.body, found.delta) }
}
