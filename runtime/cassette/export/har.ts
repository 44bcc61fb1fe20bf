import type { Interaction } from '../../core/cassette.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { bytesOf, piecesOf } from '../file/body.ts'
import type { OpenCassette } from '../file/file.ts'
import type { Exporting } from './exporting.ts'
import { reasonFor } from './reasons.ts'

/**
 * A recording as HAR 1.2, piece by piece. Every crossing is an entry, also those that are no HTTP (`CALL tool:shell`), so
 * that a viewer shows them in their order; under `_reprise` stands what the format has no place for, and with it the
 * import gives the same cassette again. Placeholders stay what they are. Times are those between the pieces of an answer,
 * one entry after the other: nothing tells when each began.
 */
export function* harText(cassette: OpenCassette, { creator, played }: Exporting): Generator<string> {
  const { header, entries, load } = cassette
  yield `{\n  "log": {\n    "version": "1.2",\n    "creator": ${JSON.stringify({ name: 'Reprise', version: creator })},\n`
  const isOurs = header.reprise !== 'foreign'
  if (isOurs) yield `    "_reprise": ${indented(header as JsonObject, 4)},\n`
  yield '    "entries": ['
  let time = Date.parse(header.recorded)
  for (const [at, { id }] of entries.entries()) {
    const interaction = load(id)
    const entry = entryOf(interaction, played(interaction), Number.isNaN(time) ? 0 : time)
    time += entry['time'] as number
    const whole = isOurs ? { ...entry, _reprise: besideOf(interaction) } : entry
    yield `${at === 0 ? '' : ','}\n      ${indented(whole, 6)}`
  }
  yield '\n    ]\n  }\n}\n'
}

const indented = (value: JsonObject, indent: number): string =>
  JSON.stringify(value, null, 2).replaceAll('\n', `\n${' '.repeat(indent)}`)

const entryOf = (interaction: Interaction, bytes: Buffer, started: number): JsonObject => {
  const { request, response } = interaction
  const waits = piecesOf(bytesOf(response), response.chunks).map(({ after }) => after)
  const [wait = 0, ...later] = waits
  const receive = later.reduce((sum, after) => sum + after, 0)
  return {
    startedDateTime: new Date(started).toISOString(),
    time: wait + receive,
    request: requestOf(request),
    response: responseOf(interaction, bytes),
    cache: {},
    timings: { send: 0, wait, receive },
  }
}

const json = 'application/json'

const requestOf = ({ method, url, body }: Interaction['request']): JsonObject => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return {
    method,
    url,
    httpVersion: 'unknown',
    cookies: [],
    headers: [],
    queryString: queryOf(url),
    headersSize: -1,
    bodySize: body === null ? 0 : Buffer.byteLength(text),
    ...(body !== null && { postData: { mimeType: typeof body === 'string' ? 'text/plain' : json, text } }),
  }
}

const queryOf = (url: string): JsonObject[] =>
  URL.canParse(url) ? [...new URL(url).searchParams].map(([name, value]) => ({ name, value })) : []

const responseOf = ({ response }: Interaction, bytes: Buffer): JsonObject => {
  const { status, headers = {}, encoding, body } = response
  const text = isText(body) ? bytes.toString() : JSON.stringify(body)
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  return {
    status,
    statusText: reasonFor(status),
    httpVersion: 'unknown',
    cookies: [],
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    content: {
      size: encoding === 'base64' ? bytes.length : Buffer.byteLength(text),
      mimeType: type ?? (isText(body) ? 'text/plain' : json),
      text: encoding === 'base64' ? bytes.toString('base64') : text,
      ...(encoding === 'base64' && { encoding }),
    },
    redirectURL: '',
    headersSize: -1,
    bodySize: -1,
  }
}

const isText = (body: Json | undefined): boolean => body === undefined || typeof body === 'string'

/** `holds` says what the content is to the recording where it is not its body as it stands there. */
const besideOf = ({ id, lane, agent, rank, key, state, request, response }: Interaction): JsonObject => {
  const { provider, protocol, operation } = request
  const { said, chunks, error, body } = response
  return defined({
    id,
    lane,
    agent,
    rank,
    key,
    state,
    holds: body === undefined ? 'nothing' : typeof body === 'string' ? undefined : 'json',
    request: defined({ provider, protocol, operation }),
    response: defined({ said, chunks, error: error as JsonObject | undefined }),
  })
}

const defined = (fields: { readonly [key: string]: Json | undefined }): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter((field): field is [string, Json] => field[1] !== undefined))
