import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { base64, callOf, type RecordedCall } from './body.ts'

/** Companion files are found from `folder`, the folder of the recording. */
type Read = (text: string, folder: string) => RecordedCall[]

type Har = {
  log: {
    entries: {
      request: { method: string; url: string; postData?: { text?: string } }
      response: { status: number; headers: unknown; content: { text?: string; encoding?: string } }
    }[]
  }
}

/** Polly's HAR: a compressed body is a JSON list of base64 chunks, declared as base64. */
export const harCalls: Read = text =>
  (JSON.parse(text) as Har).log.entries.map(({ request, response: { status, headers, content } }) =>
    callOf({
      method: request.method,
      url: request.url,
      request: request.postData?.text,
      status,
      headers,
      response: content.encoding === 'base64' ? pollyChunks(content.text ?? '[]') : content.text,
    }),
  )

const pollyChunks = (text: string): Uint8Array =>
  text.startsWith('[') ? Buffer.concat((JSON.parse(text) as string[]).map(base64)) : base64(text)

type ReqLlm = {
  request: { method: string; url: string; body: { b64: string } }
  response: { status: number; headers: unknown; body: unknown }
  chunks?: { b64: string }[]
}

export const reqLlmCalls: Read = text => {
  const { request, response, chunks } = JSON.parse(text) as ReqLlm
  const streamed = chunks && Buffer.concat(chunks.map(({ b64 }) => base64(b64)))
  return [
    callOf({ ...request, ...response, request: base64(request.body.b64), response: streamed ?? plain(response.body) }),
  ]
}

/** An answer that was no stream is JSON that the recorder parsed, or bytes after all. */
const plain = (body: unknown): unknown =>
  typeof body === 'object' && body && 'b64' in body ? base64(`${body.b64}`) : body

type OpencodeRecording = {
  interactions: {
    request: { method: string; url: string; body?: string }
    response: { status: number; headers: unknown; body: string; bodyEncoding?: string }
  }[]
}

export const opencodeCalls: Read = text =>
  (JSON.parse(text) as OpencodeRecording).interactions.map(({ request, response }) =>
    callOf({
      ...request,
      ...response,
      request: request.body,
      response: response.bodyEncoding === 'base64' ? base64(response.body) : response.body,
    }),
  )

type SeinfeldBody =
  | { kind: 'empty' }
  | { kind: 'json'; value: unknown }
  | { kind: 'sse'; chunks: string[] }
  | { kind: 'binary'; path: string }
type Seinfeld = {
  entries: {
    request: { method: string; url: string; body?: SeinfeldBody }
    response: { status: number; headers: unknown; body?: SeinfeldBody }
  }[]
}

export const seinfeldCalls: Read = (text, folder) =>
  (JSON.parse(text) as Seinfeld).entries.map(({ request, response }) =>
    callOf({
      ...request,
      ...response,
      request: seinfeldBody(request.body, folder),
      response: seinfeldBody(response.body, folder),
    }),
  )

/** Its frames lost the blank line that ends each (wild-facts 7). */
const seinfeldBody = (body: SeinfeldBody | undefined, folder: string): unknown => {
  switch (body?.kind) {
    case undefined:
    case 'empty':
      return undefined
    case 'json':
      return body.value
    case 'sse':
      return body.chunks.map(frame => `${frame}\n\n`).join('')
    case 'binary':
      return readFileSync(join(folder, body.path))
  }
}

type DatadogRecording = {
  request: { method: string; url: string; body: string }
  response: { status: { code: number }; headers: unknown; body: string }
}

export const datadogCalls: Read = text => {
  const { request, response } = JSON.parse(text) as DatadogRecording
  const body = (stored: string) => (stored.startsWith('base64:') ? base64(stored.slice('base64:'.length)) : stored)
  return [
    callOf({
      ...request,
      ...response,
      request: body(request.body),
      status: response.status.code,
      response: body(response.body),
    }),
  ]
}

type AzureRecording = {
  Entries: {
    RequestUri: string
    RequestMethod: string
    RequestBody: unknown
    StatusCode: number
    ResponseHeaders: unknown
    ResponseBody: unknown
  }[]
}

export const azureProxyCalls: Read = text =>
  (JSON.parse(text) as AzureRecording).Entries.map(entry =>
    callOf({
      method: entry.RequestMethod,
      url: entry.RequestUri,
      request: entry.RequestBody,
      status: entry.StatusCode,
      headers: entry.ResponseHeaders,
      response: entry.ResponseBody,
    }),
  )

type Nock = {
  scope: string
  method: string
  path: string
  body: unknown
  status: number
  response: string | string[]
  rawHeaders: unknown
  responseIsBinary?: boolean
}[]

/** A compressed body is a list of hexadecimal chunks. */
export const nockCalls: Read = text =>
  (JSON.parse(text) as Nock).map(({ scope, method, path, body, status, response, rawHeaders }) =>
    callOf({
      method,
      url: `${scope}${path}`,
      request: body,
      status,
      headers: rawHeaders,
      response: isHex(response) ? Buffer.from([response].flat().join(''), 'hex') : response,
    }),
  )

const isHex = (response: unknown): response is string | string[] =>
  [response].flat().every(chunk => typeof chunk === 'string' && /^([0-9a-f]{2})+$/.test(chunk))

type WireMock = {
  request: { method: string; url: string; bodyPatterns?: { equalToJson?: string }[] }
  response: { status: number; headers: unknown; bodyFileName?: string; body?: string }
}

/** Its body lies in `__files`, beside the folder of the mappings. */
export const wiremockCalls: Read = (text, folder) => {
  const { request, response } = JSON.parse(text) as WireMock
  const file = response.bodyFileName
  return [
    callOf({
      ...request,
      ...response,
      request: request.bodyPatterns?.[0]?.equalToJson,
      response: file === undefined ? response.body : readFileSync(join(dirname(folder), '__files', file)),
    }),
  ]
}

type Talkcody = {
  request: { method: string; url: string; body: unknown }
  response: { status: number; headers: unknown; sse_events: { event: string | null; data: string }[] }
}

export const talkcodyCalls: Read = text => {
  const { request, response } = JSON.parse(text) as Talkcody
  const frames = response.sse_events.map(({ event, data }) => `${event ? `event: ${event}\n` : ''}data: ${data}\n\n`)
  return [callOf({ ...request, ...response, request: request.body, response: frames.join('') })]
}
