import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type Json } from '../../core/json.ts'
import type { Entry } from '../file/file.ts'
import { readSaid } from '../play/said.ts'
import type { Miss } from './explain.ts'
import { digestOfSaid, digestsIn } from './request.ts'

/**
 * A call that an answer asks for more often than it was recorded: a person has put it in, and nothing of it can be known.
 * The interaction that asks for it, and whether it can be told that its answer was edited.
 */
export const addedCall = (miss: Miss): { readonly interaction: number; readonly isEdited: boolean } | undefined => {
  const { shelf, request, caller, cassette } = miss
  const asked = askedFor(request.method, request.url, request.body)
  if (!asked) return undefined
  const own = shelf.entries.filter(({ lane }) => lane === caller.lane)
  const asking = own.findLast(entry => entry.method === 'POST' && shelf.isTaken(entry))
  if (!asking) return undefined
  const { response } = cassette.load(asking.id)
  if (response.said === undefined) return undefined
  const calls = (readSaid(response.said).calls ?? []).map(([name, input]) => ({ name, input }))
  const recorded = madeAfter(asking, own, miss)
  const isMore = (is: (call: Call) => boolean) => calls.filter(is).length > recorded.filter(is).length
  // Where as many of that name were made, one of them was changed.
  if (!isMore(call => isSame(call, asked)) || !isMore(({ name }) => name === asked.name)) return undefined
  const digests = digestsIn(asking.key ?? '')
  const isEdited = digests.said !== undefined && digests.said !== digestOfSaid(response.said)
  return { interaction: asking.id, isEdited }
}

type Call = { readonly name: string; readonly input: Json }

/** The call that somebody wants to make, is asked about, or has hooks look at. */
const askedFor = (method: string, url: string, body: Json): Call | undefined => {
  if (method === 'CALL' || method === 'RULE' || method === 'ASK') return { name: callOf(url), input: body }
  if (method !== 'HOOK' || !isJsonObject(body) || typeof body['tool'] !== 'string') return undefined
  return { name: body['tool'], input: body['input'] ?? {} }
}

const isSame = (one: Call, other: Call): boolean => one.name === other.name && isDeepStrictEqual(one.input, other.input)

/** What was called after that answer, made or refused: a slim recording does not tell permissions. */
const madeAfter = (asking: Entry, own: readonly Entry[], { cassette }: Miss): Call[] => {
  const next = own.find(({ id, method }) => id > asking.id && method === 'POST')?.id ?? Number.POSITIVE_INFINITY
  const between = own.filter(({ id }) => id > asking.id && id < next)
  const told = (method: string) => between.filter(entry => entry.method === method)
  const [calls, rules] = [told('CALL'), told('RULE')]
  return (rules.length > calls.length ? rules : calls).map(({ id, url }) => ({
    name: callOf(url),
    input: cassette.load(id).request.body,
  }))
}

/** `tool:read_file` and `permission:read_file` are about the same. */
const callOf = (url: string): string => url.slice(url.indexOf(':') + 1)
