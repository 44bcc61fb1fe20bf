import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { Refused } from '../file/bounds.ts'
import { type Fields, fieldsOf, isFields, itemsOf, textOf } from './fields.ts'
import type { Format } from './format.ts'
import type { Kept } from './kept.ts'

/** What browsers and proxies write, Polly.JS too, and `reprise cassette export`. */
export const har: Format = {
  name: 'HAR',
  isIt: ({ fields }) => Array.isArray(fieldsOf(fields['log'])['entries']),
  read: ({ fields }) => {
    const { entries, _reprise: header } = fieldsOf(fields['log'])
    const all = itemsOf(entries).map(fieldsOf)
    if (isJsonObject(header)) return { kept: [], ours: { header, items: whole(all.map(oursIn)) } }
    const told = all.filter(({ request }) => /^https?:/.test(String(fieldsOf(request)['url'])))
    const left = all.length - told.length
    return {
      kept: told.map(keptOf),
      recorded: told[0]?.['startedDateTime'],
      note: left > 0 ? `${left} ${left === 1 ? 'entry is' : 'entries are'} no HTTP, and left out.` : undefined,
    }
  },
}

/** The way back from export/har.ts: what the format has no place for stands under `_reprise`. */
const oursIn = (entry: Fields): JsonObject => {
  const { holds, request, response, ...rest } = fieldsOf(entry['_reprise']) as JsonObject
  const { method, url, postData } = fieldsOf(entry['request'])
  const { status, content, headers } = fieldsOf(entry['response'])
  const { text, encoding } = fieldsOf(content)
  const fields = itemsOf(headers)
    .map(fieldsOf)
    .map(({ name, value }) => [String(name), String(value)])
  return {
    ...rest,
    request: { method: String(method), url: String(url), ...fieldsOf(request), body: jsonIn(fieldsOf(postData)) },
    response: {
      status: Number(status),
      ...(fields.length > 0 && { headers: Object.fromEntries(fields) }),
      ...(holds !== 'nothing' && { body: holds === 'json' ? parsed(text) : String(text ?? '') }),
      ...(encoding === 'base64' && { encoding }),
      ...fieldsOf(response),
    },
  }
}

/** A hand may have been at it. */
const whole = (items: readonly JsonObject[]): readonly JsonObject[] => {
  const ids = new Set(items.map(({ id }) => id))
  if (ids.size === items.length && items.every(({ id }) => Number.isInteger(id))) return items
  throw new Refused('an entry has no id of its own under "_reprise"')
}

const jsonIn = ({ mimeType, text }: Fields): Json => {
  if (text === undefined) return null
  return mimeType === 'application/json' ? parsed(text) : String(text)
}

const parsed = (text: unknown): Json => {
  try {
    return JSON.parse(String(text)) as Json
  } catch {
    throw new Refused('what stands under "_reprise" does not fit its bodies')
  }
}

const keptOf = (entry: Fields): Kept => {
  const request = fieldsOf(entry['request'])
  const response = fieldsOf(entry['response'])
  return {
    method: request['method'],
    url: request['url'],
    asked: askedIn(fieldsOf(request['postData'])),
    status: response['status'],
    headers: response['headers'],
    answered: contentIn(fieldsOf(response['content'])),
  }
}

const askedIn = ({ text, params, _base64 }: Fields): unknown => {
  if (typeof text === 'string' && text !== '') return _base64 === true ? Buffer.from(text, 'base64') : text
  const pairs = itemsOf(params)
    .filter(isFields)
    .map(({ name, value }): [string, string] => [String(name), textOf(value) ?? ''])
  return pairs.length > 0 ? new URLSearchParams(pairs).toString() : undefined
}

/** Polly keeps packed bodies as a list of pieces in JSON: in base64, or before its version 5 in hexadecimal digits. */
const contentIn = ({ text, encoding, _isBinary }: Fields): unknown => {
  if (typeof text !== 'string') return undefined
  const digits = encoding === 'base64' ? 'base64' : _isBinary === true ? 'hex' : undefined
  if (digits === undefined) return text
  return Buffer.concat(piecesIn(text).map(piece => Buffer.from(piece, digits)))
}

const piecesIn = (text: string): string[] => {
  if (!text.startsWith('[')) return [text]
  try {
    return itemsOf(JSON.parse(text)).map(String)
  } catch {
    return [text]
  }
}
