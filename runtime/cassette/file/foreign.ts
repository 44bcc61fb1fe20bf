import type { CassetteHeader } from '../../core/cassette.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'

/**
 * Recordings of HTTP traffic as go-vcr writes them (and cagent with it): bodies are texts, the status is a word, and
 * every header field is a list.
 */
export const fromForeign = (item: JsonObject): JsonObject => {
  const { request, response } = item
  return {
    ...item,
    ...(isJsonObject(request) && { request: foreignRequest(request) }),
    ...(isJsonObject(response) && { response: foreignResponse(response) }),
  }
}

const foreignRequest = (request: JsonObject): JsonObject => ({ ...request, body: bodyOf(request['body']) })

const bodyOf = (body: Json | undefined): Json => {
  if (typeof body !== 'string') return body ?? null
  if (body === '') return null
  try {
    return JSON.parse(body) as Json
  } catch {
    return body
  }
}

const foreignResponse = ({ status, code, headers, body, ...rest }: JsonObject): JsonObject => ({
  ...(isBase64(rest) && { encoding: 'base64' }),
  ...(rest['said'] !== undefined && { said: rest['said'] }),
  status: typeof code === 'number' ? code : Number.parseInt(String(status ?? 200), 10) || 200,
  ...(isJsonObject(headers) && { headers: plainHeaders(headers) }),
  ...(body !== undefined && bytesOrText(body)),
})

const isBase64 = ({ encoding, bodyEncoding }: JsonObject): boolean => encoding === 'base64' || bodyEncoding === 'base64'

/** A body that is no text was read as bytes. */
const bytesOrText = (body: Json): JsonObject =>
  (body as unknown) instanceof Uint8Array
    ? { body: Buffer.from(body as unknown as Uint8Array).toString('base64'), encoding: 'base64' }
    : { body }

/** What said how long or how packed the body was on the wire: recorders store it unpacked, and then this is wrong. */
const untrue = ['content-length', 'content-encoding', 'transfer-encoding']

/** Names in lower case, a text each, without what is no longer true. */
export const plainHeaders = (headers: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]): [string, string] => [
        name.toLowerCase(),
        Array.isArray(value) ? value.join(', ') : String(value),
      ])
      .filter(([name]) => !untrue.includes(name)),
  )

/** Whose such a recording is, by what stands above its interactions, and when it was made if that says so. */
export const foreignFormat = ({ metadata }: JsonObject): { readonly format: string; readonly recorded?: string } => {
  if (!isJsonObject(metadata)) return { format: 'go-vcr' }
  const { recordedAt } = metadata
  return { format: "opencode's HTTP recorder", ...(typeof recordedAt === 'string' && { recorded: recordedAt }) }
}

/** When a recording was made: as it says, else as its first answer says, else as the file is dated. */
export type Dated = { readonly recorded?: string | undefined; readonly modified: number }

/** A header for a recording that has none. */
export const foreignHeader = (first: JsonObject | undefined, { recorded, modified }: Dated): CassetteHeader => ({
  reprise: 'foreign',
  recorded: (dateIn(recorded) ?? answeredAt(first) ?? new Date(modified)).toISOString(),
  ...workedIn(first),
})

/** Where the agent worked, if its prompt told it so in cagent's words. Paths of it are those of now, in a replay. */
const workedIn = (first: JsonObject | undefined): Pick<CassetteHeader, 'workingDirectory'> => {
  const request = first && fromForeign(first)['request']
  const text = isJsonObject(request) ? JSON.stringify(request['body'] ?? '') : ''
  const [, path] = /<env>\\nWorking directory: ((?:\/|[A-Z]:)(?:[^"\\]|\\\\)+?)\\n/.exec(text) ?? []
  return path === undefined ? {} : { workingDirectory: JSON.parse(`"${path}"`) as string }
}

const dateIn = (text: Json | undefined): Date | undefined => {
  const date = typeof text === 'string' ? new Date(text) : undefined
  return date && !Number.isNaN(date.getTime()) ? date : undefined
}

const answeredAt = (item: JsonObject | undefined): Date | undefined => {
  const response = item && fromForeign(item)['response']
  if (!isJsonObject(response)) return undefined
  const { headers, body } = response
  const date = isJsonObject(headers) ? dateIn(headers['date']) : undefined
  if (date) return date
  const seconds = typeof body === 'string' ? /"created(?:_at)?": ?(\d{10})\b/.exec(body)?.[1] : undefined
  return seconds === undefined ? undefined : new Date(Number(seconds) * 1000)
}
