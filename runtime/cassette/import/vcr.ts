import { type Fields, fieldsOf, has, isFields, itemsOf } from './fields.ts'
import type { Format, Parsed } from './format.ts'
import type { Kept } from './kept.ts'

/** Python's, Ruby's and R's recorders: they learned from each other, and keep nearly the same names. */
const keptOf = (request: Fields, response: Fields): Kept => ({
  method: request['method'],
  url: request['uri'],
  asked: bodyIn(request),
  status: statusIn(response),
  headers: response['headers'],
  // httpx through an old vcrpy.
  answered: response['content'] ?? bodyIn(response),
})

const statusIn = ({ status, status_code }: Fields): unknown => {
  if (!isFields(status)) return status ?? status_code
  return status['code'] ?? status['status_code']
}

/** pydantic-ai keeps JSON as a tree. */
const bodyIn = ({ body, parsed_body }: Fields): unknown => {
  if (parsed_body !== undefined) return parsed_body
  if (!isFields(body)) return body
  const { string, base64_string } = body
  if (typeof base64_string === 'string') return Buffer.from(base64_string, 'base64')
  if ('string' in body || 'encoding' in body) return string
  return body
}

const interactionsIn = (list: unknown): Kept[] =>
  itemsOf(list)
    .map(fieldsOf)
    .map(({ request, response }) => keptOf(fieldsOf(request), fieldsOf(response)))

export const vcrpy: Format = {
  name: 'vcrpy',
  isIt: ({ fields }) => isListOf(fields['interactions'], request => has(request, 'uri')),
  read: ({ fields }) => ({ kept: interactionsIn(fields['interactions']) }),
}

/** langchain's: all requests, then all responses. */
export const vcrpyPairs: Format = {
  name: 'vcrpy in pairs (langchain)',
  isIt: ({ fields: { requests, responses } }) =>
    Array.isArray(responses) && itemsOf(requests).some(request => has(request, 'uri')),
  read: ({ fields: { requests, responses } }) => ({
    kept: itemsOf(requests).map((request, at) => keptOf(fieldsOf(request), fieldsOf(itemsOf(responses)[at]))),
  }),
}

const isListOf = (list: unknown, isRequest: (request: unknown) => boolean): boolean =>
  itemsOf(list).some(item => isRequest(fieldsOf(item)['request']))

const erb = /<%[\s\S]*?%>/

const readRuby = ({ fields, documents, text }: Parsed) => {
  const list = fields['http_interactions'] ?? documents[0]
  return {
    kept: interactionsIn(list),
    recorded: fieldsOf(itemsOf(list)[0])['recorded_at'],
    note: erb.test(text)
      ? 'There is Ruby code in it (<% … %>), which is never run: it stands there as text.'
      : undefined,
  }
}

const isFromR = ({ fields: { recorded_with } }: Parsed): boolean => /^(?:VCR-)?vcr\//.test(String(recorded_with))

export const vcrForR: Format = {
  name: 'vcr for R',
  isIt: parsed => 'http_interactions' in parsed.fields && isFromR(parsed),
  read: readRuby,
}

export const vcrForRuby: Format = {
  name: 'VCR for Ruby',
  isIt: ({ fields, documents: [list] }) =>
    'http_interactions' in fields || isListOf(list, request => has(request, 'uri')),
  read: readRuby,
}
