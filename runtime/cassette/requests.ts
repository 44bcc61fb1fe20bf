import { hash } from 'node:crypto'
import type { Interaction } from '../core/cassette.ts'
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts'
import { type Delta, deltaBetween, withDelta } from './delta.ts'

type Request = Interaction['request']

/** An earlier request, the digests of its parts with their lengths. */
type Earlier = {
  readonly id: number
  readonly request: Request
  readonly body: Json
  readonly parts: ReadonlyMap<string, number>
}

/** A request that continues an earlier one. `body` shares with that one's what both have. */
export type Continued = { readonly earlier: Request; readonly id: number; readonly delta: Delta; readonly body: Json }

/** So many earlier requests to one place are looked at. Conversations interleave, but not without end. */
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
    const length = JSON.stringify(body).length
    if (length < shortest) return undefined
    const parts = partsOf(body)
    const place = placeOf(request)
    const earlier = this.#byPlace.get(place) ?? []
    const found = continuedFrom(nearest(earlier, parts), body, length)
    const shared = found ? found.body : body
    this.#byPlace.set(place, [...earlier.slice(1 - most), { id, request, body: shared, parts }])
    return found
  }
}

/** What is left out of a later request is read in the earlier one, so both must have the same fields. */
const placeOf = ({ method, url, protocol, provider, operation }: Request): string =>
  `${method} ${protocol ?? url} ${provider === undefined} ${operation === undefined}`

const isModelCall = ({ protocol, url }: Request): boolean => protocol !== undefined || /^https?:/.test(url)

/** Fields, and the items of those that are lists: what a later request repeats as a whole. */
const partsOf = (body: JsonObject): Map<string, number> => {
  const parts = new Map<string, number>()
  for (const [key, value] of Object.entries(body)) {
    for (const part of Array.isArray(value) ? value : [value]) {
      const text = JSON.stringify(part)
      parts.set(hash('sha1', `${key} ${text}`, 'base64'), text.length)
    }
  }
  return parts
}

/**
 * The one that has most in common with a request, of equals the one with least besides, and of those the first: a
 * conversation that begins like others goes back to the first of them, and few have to be read for it.
 */
const nearest = (earlier: readonly Earlier[], parts: ReadonlyMap<string, number>): Earlier | undefined => {
  let best: Earlier | undefined
  let most = 0
  let least = 0
  for (const one of earlier) {
    let common = 0
    let more = 0
    for (const [part, length] of one.parts) {
      if (parts.has(part)) common += length
      else more += length
    }
    if (common < most || common === 0 || (common === most && best && more >= least)) continue
    best = one
    most = common
    least = more
  }
  return best
}

const continuedFrom = (earlier: Earlier | undefined, body: Json, length: number): Continued | undefined => {
  if (!earlier) return undefined
  const found = deltaBetween(earlier.body, body)
  if (!found || found.cost > length * 0.6) return undefined
  return { earlier: earlier.request, id: earlier.id, delta: found.delta, body: withDelta(earlier.body, found.delta) }
}
