import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'

/** One request and its answer, as a recorder of another project kept them. */
export type RecordedCall = {
  readonly method: string
  readonly url: string
  /** Parsed where it is JSON, else the text; undefined where the recording has none. */
  readonly requestBody: unknown
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Decompressed. */
  readonly responseBody: Uint8Array
  /** Whether the answer is a stream of events, by what it holds rather than by its content type. */
  readonly streaming: boolean
}

/** How formats hold a body: text, bytes, or JSON that the recorder parsed. */
export type StoredBody = unknown

type StoredCall = {
  readonly method: string
  readonly url: string
  readonly request?: StoredBody
  readonly status?: number | string | undefined
  readonly headers?: unknown
  readonly response?: StoredBody
}

export const callOf = ({ method, url, request, status, headers, response }: StoredCall): RecordedCall => {
  const fields = headersOf(headers)
  const body = decompressed(bytesOf(response), fields['content-encoding'])
  return {
    method: method.toUpperCase(),
    url,
    requestBody: parsed(request),
    status: Number.parseInt(`${status ?? 200}`, 10),
    headers: fields,
    responseBody: body,
    streaming: isStream(body),
  }
}

export const base64 = (text: string): Uint8Array => Buffer.from(text, 'base64')

const bytesOf = (body: StoredBody): Uint8Array => {
  if (body instanceof Uint8Array) return body
  if (body === undefined || body === null) return new Uint8Array()
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

/** A header may say gzip over a body that is already plain (wild-facts 7), so the first bytes decide where they can. */
const decompressed = (bytes: Uint8Array, encoding: string | undefined): Uint8Array => {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes)
  if (bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd) return zstdDecompressSync(bytes)
  if (bytes[0] === 0x78 && encoding === 'deflate') return inflateSync(bytes)
  return encoding === 'br' && !isText(bytes) ? brotliDecompressSync(bytes) : bytes
}

const isText = (bytes: Uint8Array): boolean => {
  const head = Buffer.from(bytes.subarray(0, 200)).toString('latin1').trimStart()
  return head === '' || /^[{["<:]|^(event|data|id):/.test(head)
}

const isStream = (bytes: Uint8Array): boolean =>
  /^\s*(event|data|id|:)/.test(Buffer.from(bytes.subarray(0, 200)).toString('latin1'))

const parsed = (body: StoredBody): unknown => {
  if (body === undefined || body === null || body === '') return undefined
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return body
  const text = Buffer.from(decompressed(bytesOf(body), undefined)).toString()
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Maps, maps of lists, and lists of pairs or of `{ name, value }`. */
const headersOf = (headers: unknown): Record<string, string> => {
  const fields = Array.isArray(headers) ? pairsIn(headers) : Object.entries(headers ?? {})
  return Object.fromEntries(fields.map(([name, value]) => [name.toLowerCase(), [value].flat().join(', ')]))
}

const pairsIn = (headers: readonly unknown[]): [string, unknown][] =>
  typeof headers[0] === 'string'
    ? headers.flatMap((name, index) => (index % 2 === 0 ? [[`${name}`, headers[index + 1]]] : []))
    : (headers as { name: string; value: string }[]).map(({ name, value }) => [name, value])
