import { type Fields, fieldsOf, has, itemsOf, textOf } from './fields.ts'
import type { Beside, Format } from './format.ts'
import type { Kept } from './kept.ts'

/** Tools that stand in for a server: what they recorded is a list of answers, each to what it must be asked for. */

export const nock: Format = {
  name: 'nock',
  isIt: ({ documents: [list] }) => itemsOf(list).some(item => has(item, 'scope', 'path')),
  read: ({ documents: [list] }) => ({ kept: itemsOf(list).map(fieldsOf).map(fromNock) }),
}

const fromNock = ({
  scope,
  method,
  path,
  body,
  status,
  response,
  rawHeaders,
  headers,
  responseIsBinary,
}: Fields): Kept => {
  const fields = rawHeaders ?? headers
  return {
    method,
    url: `${String(scope).replace(/^(https:.*):443$|^(http:.*):80$/, '$1$2')}${String(path)}`,
    asked: body,
    status,
    headers: fields,
    answered: responseIsBinary === true || isPacked(fields) ? fromHex(response) : response,
  }
}

const isPacked = (headers: unknown): boolean => /"content-encoding"/i.test(JSON.stringify(headers ?? null))

/** Bytes that are no text are written as hexadecimal digits, in one piece or several. */
const fromHex = (response: unknown): unknown => {
  const pieces = [response].flat()
  const isHex = pieces.every(piece => typeof piece === 'string' && /^(?:[0-9a-f]{2})+$/i.test(piece))
  return isHex ? Buffer.from(pieces.join(''), 'hex') : response
}

/** One mapping in a file, or all that a server had. */
export const wireMock: Format = {
  name: 'WireMock',
  isIt: ({ fields }) => mappingsIn(fields).some(mapping => has(mapping, 'request', 'response') && isMapping(mapping)),
  read: ({ fields }, beside) => ({
    kept: mappingsIn(fields)
      .map(fieldsOf)
      .map(one => fromWireMock(one, beside)),
  }),
}

const mappingsIn = (fields: Fields): readonly unknown[] =>
  Array.isArray(fields['mappings']) ? fields['mappings'] : [fields]

const isMapping = ({ request, response }: Fields): boolean => {
  const asked = fieldsOf(request)
  const isAnswered = ['bodyFileName', 'body', 'jsonBody', 'base64Body'].some(key => has(response, key))
  return isAnswered && (typeof pathIn(asked) === 'string' ? String(pathIn(asked)).startsWith('/') : false)
}

const pathIn = ({ url, urlPath }: Fields): unknown => url ?? urlPath

const fromWireMock = ({ request, response }: Fields, beside: Beside): Kept => {
  const asked = fieldsOf(request)
  const answer = fieldsOf(response)
  return {
    method: asked['method'],
    url: pathIn(asked),
    asked: patternIn(asked),
    status: answer['status'],
    headers: answer['headers'],
    answered: answerIn(answer, beside),
  }
}

/** What a body must be equal to is what it was. */
const patternIn = ({ bodyPatterns }: Fields): unknown => {
  const { equalToJson, equalTo, binaryEqualTo } = fieldsOf(itemsOf(bodyPatterns)[0])
  if (typeof binaryEqualTo === 'string') return Buffer.from(binaryEqualTo, 'base64')
  return equalToJson ?? equalTo
}

const answerIn = ({ bodyFileName, body, jsonBody, base64Body }: Fields, beside: Beside): unknown => {
  if (typeof bodyFileName === 'string') return beside(bodyFileName)
  if (typeof base64Body === 'string') return Buffer.from(base64Body, 'base64')
  return jsonBody ?? body
}

/** Rust's httpmock, as rig has it: one document for each exchange. */
export const httpmock: Format = {
  name: 'httpmock',
  isIt: ({ documents }) => documents.some(document => has(document, 'when', 'then')),
  read: ({ documents }) => ({
    kept: documents
      .map(fieldsOf)
      .filter(one => has(one, 'when'))
      .map(fromHttpmock),
  }),
}

const fromHttpmock = ({ when, then }: Fields): Kept => {
  const { method, path, query_param, body, body_base64 } = fieldsOf(when)
  const answer = fieldsOf(then)
  return {
    method,
    url: withQuery(String(path), query_param),
    asked: fromBase64(body_base64) ?? body,
    status: answer['status'],
    headers: answer['header'],
    answered: fromBase64(answer['body_base64']) ?? answer['body'],
  }
}

const fromBase64 = (text: unknown): Buffer | undefined =>
  typeof text === 'string' ? Buffer.from(text, 'base64') : undefined

const withQuery = (path: string, query: unknown): string => {
  const pairs = itemsOf(query).map(fieldsOf)
  const text = new URLSearchParams(
    pairs.map(({ name, value }): [string, string] => [String(name), textOf(value) ?? '']),
  ).toString()
  return text === '' ? path : `${path}?${text}`
}
