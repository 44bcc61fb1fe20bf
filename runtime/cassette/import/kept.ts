import type { Json, JsonObject } from '../../core/json.ts'
import { Refused, refuseDeep } from '../file/bounds.ts'
import { plainHeaders } from '../file/foreign.ts'
import { isFields } from './fields.ts'
import { urlOf } from './hosts.ts'
import type { Unpack } from './unpack.ts'

/**
 * One exchange, as a recorder of another project kept it. Bodies are text, bytes, or JSON that the recorder has read;
 * undefined where there is none. Nothing in it is trusted to be what it should be.
 */
export type Kept = {
  /** POST where nothing else is said. */
  readonly method?: unknown
  readonly url: unknown
  readonly asked?: unknown
  /** A number, or a text that begins with one; 200 where nothing is said, 0 where no answer came. */
  readonly status?: unknown
  /** A map of texts or lists, a list of pairs or of `{ name, value }`, or names and values in turn. */
  readonly headers?: unknown
  readonly answered?: unknown
  /** Bytes in each piece of the answer, where the recorder kept the cuts. */
  readonly cuts?: readonly number[]
}

/** How packed bodies are unpacked, and whom recordings without a host are of, where somebody knows. */
export type Way = { readonly unpack: Unpack; readonly host?: string | undefined }

/** An item in our own layout: as it would stand in a cassette, unredacted, all in one lane. */
export const itemOf = (kept: Kept, id: number, { unpack, host }: Way): JsonObject => {
  const status = statusOf(kept.status)
  return {
    id,
    request: {
      method: typeof kept.method === 'string' ? kept.method.replace(/^:/, '').toUpperCase() : 'POST',
      url: urlOf(kept, host),
      body: askedOf(kept.asked, unpack),
    },
    response: status === 0 ? unanswered : answerOf(kept, status, unpack),
    ...(status === 0 && { state: 'failed' }),
  }
}

const statusOf = (status: unknown): number => {
  const number = Number.parseInt(String(status ?? 200), 10)
  return Number.isInteger(number) && number >= 0 ? number : 200
}

const unanswered: JsonObject = {
  status: 0,
  error: { code: 'model-unavailable', message: 'No answer came, as it was recorded.' },
}

const answerOf = ({ headers, answered, cuts }: Kept, status: number, unpack: Unpack): JsonObject => {
  const fields = mapOf(headers)
  const encoding = Object.entries(fields).find(([name]) => name.toLowerCase() === 'content-encoding')?.[1]
  const bytes = unpack(bytesOf(answered), encoding === undefined ? undefined : String(encoding))
  const plain = plainHeaders(fields)
  return {
    status,
    ...(Object.keys(plain).length > 0 && { headers: plain }),
    ...bodyOf(bytes),
    ...(cuts && sum(cuts) === bytes.length && { chunks: cuts.map(size => `${size}+0`).join(' ') }),
  }
}

const sum = (sizes: readonly number[]): number => sizes.reduce((all, size) => all + size, 0)

const bodyOf = (bytes: Buffer): JsonObject => {
  const text = bytes.toString()
  return Buffer.from(text).equals(bytes) ? { body: text } : { body: bytes.toString('base64'), encoding: 'base64' }
}

/** What was asked: parsed where it is JSON, else as text. */
const askedOf = (asked: unknown, unpack: Unpack): Json => {
  if (asked === undefined || asked === null || asked === '') return null
  if (typeof asked !== 'string' && !(asked instanceof Uint8Array)) return plainOf(asked)
  const bytes = unpack(bytesOf(asked))
  const { body, encoding } = bodyOf(bytes)
  if (encoding !== undefined) return `data:application/octet-stream;base64,${String(body)}`
  return jsonIn(String(body))
}

const jsonIn = (text: string): Json => {
  try {
    refuseDeep(text)
    return JSON.parse(text) as Json
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Refused) return text
    throw error
  }
}

export const bytesOf = (body: unknown): Buffer => {
  if (body instanceof Uint8Array) return Buffer.from(body)
  if (body === undefined || body === null) return Buffer.alloc(0)
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(plainOf(body)))
}

/** As JSON has it: bytes as the text that they are, nothing that is no number. */
const plainOf = (value: unknown): Json => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString()
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (Array.isArray(value)) return value.map(plainOf)
  return isFields(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainOf(item)])) : null
}

const mapOf = (headers: unknown): JsonObject => {
  if (!Array.isArray(headers)) return isFields(headers) ? (plainOf(headers) as JsonObject) : {}
  const lists: { [name: string]: Json[] } = Object.create(null)
  for (const [name, value] of pairsIn(headers)) lists[name] = [...(lists[name] ?? []), plainOf(value)]
  return { ...lists }
}

const pairsIn = (headers: readonly unknown[]): (readonly [string, unknown])[] => {
  if (typeof headers[0] === 'string') {
    return headers.flatMap((name, at) => (at % 2 === 0 ? [[String(name), headers[at + 1]] as const] : []))
  }
  return headers.flatMap((pair): (readonly [string, unknown])[] => {
    if (Array.isArray(pair)) return [[String(pair[0]), pair[1]]]
    return isFields(pair) && typeof pair['name'] === 'string' ? [[pair['name'], pair['value']]] : []
  })
}
