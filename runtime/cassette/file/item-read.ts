import type { Interaction, RecordedResponse } from '../../core/cassette.ts'
import { Failure } from '../../core/errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { type Delta, withDelta } from './delta.ts'
import type { Origin } from './file.ts'
import { agentOf } from './lanes.ts'
import { unfolded } from './marks.ts'

type Request = Interaction['request']

/** What an item needs that does not stand in it: the request it continues, and what a URL stands for. */
export type Around = {
  readonly request: (id: number) => Request
  readonly origin: (url: string) => Origin | undefined
}

/** An item of the list as an interaction, whole. Throws a Failure with the item's id for what a hand left unclear. */
export const interactionOf = (item: JsonObject, around: Around): Interaction => {
  const id = item['id'] as number
  const request = requestOf(item, around)
  const response = item['response']
  if (!isJsonObject(response)) throw unclear(id, 'has no response')
  const { agent, lane, rank, key, recorded, state } = item
  return {
    id,
    lane: typeof lane === 'string' ? lane : 'root',
    agent: typeof agent === 'string' ? agent : isOurs(item) ? agentOf(typeof lane === 'string' ? lane : 'root') : '',
    request,
    response: responseOf(response),
    ...(typeof rank === 'number' && { rank }),
    ...(typeof key === 'string' && { key }),
    ...(typeof recorded === 'string' && { recorded }),
    ...((state === 'interrupted' || state === 'failed') && { state }),
  }
}

/** Recordings of others know no agents, and end no item with its state. */
const isOurs = ({ lane, state }: JsonObject): boolean => lane !== undefined || state !== undefined

const unclear = (id: number, what: string): Failure =>
  new Failure('cassette-file', `Interaction ${id} ${what}.`, { hint: 'Fix it by hand, or record it again.' })

/** The request alone, whole. */
export const requestOf = (item: JsonObject, { request, origin }: Around): Request => {
  const id = item['id'] as number
  const written = item['request']
  if (!isJsonObject(written)) throw unclear(id, 'has no request')
  const base = written['extends']
  if (base !== undefined && (typeof base !== 'number' || base === id)) throw unclear(id, 'extends no other interaction')
  const earlier = base === undefined ? undefined : request(base)
  const body = earlier ? continued(id, earlier.body, written) : unfolded(written['body'] ?? null)
  return { ...called(id, written, { earlier, origin }), body }
}

const called = (
  id: number,
  written: JsonObject,
  { earlier, origin }: { earlier: Request | undefined; origin: Around['origin'] },
): Omit<Request, 'body'> => {
  const { method = earlier?.method, url = earlier?.url } = written
  if (typeof url !== 'string') throw unclear(id, 'names no url')
  const verb = typeof method === 'string' ? method : 'POST'
  // A list of what was said before may stand at the same address, to be got.
  const isCall = verb === 'POST' && /^https?:/.test(url) && !('protocol' in written)
  const known = earlier ?? (isCall ? origin(url) : undefined)
  const named = (key: 'provider' | 'protocol' | 'operation') => {
    const value = written[key] ?? known?.[key]
    return typeof value === 'string' ? { [key]: value } : {}
  }
  return { method: verb, url, ...named('provider'), ...named('protocol'), ...named('operation') }
}

const continued = (id: number, base: Json, { drop, insert, set, append }: JsonObject): Json => {
  const delta = { ...(drop && { drop }), ...each({ insert, set, append }) } as Delta
  try {
    return withDelta(base, delta)
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error
    throw unclear(id, `does not fit the one that it extends (${error.message})`)
  }
}

const each = (parts: { readonly [key: string]: Json | undefined }): JsonObject =>
  Object.fromEntries(
    Object.entries(parts)
      .filter((entry): entry is [string, JsonObject] => isJsonObject(entry[1]))
      .map(([kind, values]) => [
        kind,
        Object.fromEntries(Object.entries(values).map(([path, value]) => [path, unfolded(value)])),
      ]),
  )

const responseOf = ({
  status,
  headers,
  said,
  newlines,
  body,
  encoding,
  chunks,
  error,
}: JsonObject): RecordedResponse => {
  const text = typeof body === 'string' && newlines === 'CRLF' ? body.replaceAll('\n', '\r\n') : body
  return {
    status: typeof status === 'number' ? status : 200,
    ...(isJsonObject(headers) && { headers: headers as Record<string, string> }),
    ...(said !== undefined && { said: unfolded(said) }),
    ...(text !== undefined && { body: unfolded(text) }),
    ...(encoding === 'base64' && { encoding }),
    ...(typeof chunks === 'string' && { chunks }),
    ...(isJsonObject(error) && { error: error as NonNullable<RecordedResponse['error']> }),
  }
}
