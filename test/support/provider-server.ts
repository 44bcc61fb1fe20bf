import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { isJsonObject, type JsonObject } from '../../runtime/core/json.ts'
import { type ProtocolId, protocolOf } from './protocol.ts'
import { anthropicFrames } from './wire/anthropic-messages.ts'
import { geminiFrames } from './wire/gemini.ts'
import { fresh } from './wire/ids.ts'
import { openaiChatFrames } from './wire/openai-chat.ts'
import { openaiResponsesFrames } from './wire/openai-responses.ts'
import { refusalBody } from './wire/refuse.ts'
import { type Speech, speechOf, type Words } from './wire/say.ts'

/** `turn` counts the requests of this server from 1; `path` includes the query. */
export type ProviderRequest = {
  readonly protocol: ProtocolId
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: JsonObject
  readonly turn: number
}

/** How the bytes of an answer travel. Pauses are in milliseconds and real. */
type Delivery = {
  /** Between pieces of what is said. */
  readonly delayMs?: number
  /** Bytes that are sent at a time, whatever they cut, with `pauseMs` between. */
  readonly chunkSize?: number
  readonly pauseMs?: number
  /** Bytes after which the connection is destroyed. */
  readonly cutAfter?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** An error in the provider's own shape with `message`, or with just this `body`. */
type Refuse = { readonly status: number; readonly message?: string; readonly body?: string | object }

/** Exactly these bytes, for instance a recorded stream. */
type Raw = { readonly raw: Uint8Array | string; readonly status?: number }

export type Say = (Words | Refuse | Raw) & Delivery

/** `when` is part of the request that a step is meant for; steps without it are taken in their order. */
export type ProviderStep = Say & { readonly when?: string | RegExp }

export type ProviderScript = readonly ProviderStep[] | ((request: ProviderRequest) => Say | undefined)

/**
 * A provider on 127.0.0.1 that speaks all four protocols as the real ones do, by path. What the script has no answer for
 * is refused with 400 and is an error at dispose, and so are steps that nobody asked for.
 */
export type ProviderServer = AsyncDisposable & {
  readonly url: string
  readonly requests: readonly ProviderRequest[]
  /** Where a child process finds this server, with keys that no provider would accept. */
  readonly env: Readonly<Record<string, string>>
}

export const providerServer = async (script: ProviderScript): Promise<ProviderServer> => {
  const requests: ProviderRequest[] = []
  const unexpected: string[] = []
  const steps = typeof script === 'function' ? [] : [...script]
  const next = typeof script === 'function' ? script : (request: ProviderRequest) => take(steps, request)

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(incoming, requests.length + 1)
    if (request) requests.push(request)
    const say = request && next(request)
    if (request && say) return await deliver(say, request, response)
    unexpected.push(`${incoming.method} ${incoming.url}`)
    response.writeHead(400, { 'content-type': 'application/json' })
    response.end('{"error":{"message":"the script of this test has no answer to this request"}}')
  }

  const server = createServer((incoming, response) => {
    // Whoever asked may be gone before the answer is told.
    answer(incoming, response).catch(error => response.destroy(error))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    requests,
    env: environmentFor(url),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      if (unexpected.length > 0) throw new Error(`requests that the script does not know: ${unexpected.join(', ')}`)
      if (steps.length > 0) throw new Error(`steps that nobody asked for: ${JSON.stringify(steps)}`)
    },
  }
}

const environmentFor = (url: string): Record<string, string> => ({
  OPENAI_BASE_URL: `${url}/v1`,
  ANTHROPIC_BASE_URL: url,
  GOOGLE_GEMINI_BASE_URL: url,
  OPENAI_API_KEY: 'sk-test-openai-0123456789',
  ANTHROPIC_API_KEY: 'sk-ant-test-0123456789',
  GOOGLE_API_KEY: 'AIza-test-0123456789',
})

const take = (steps: ProviderStep[], { body }: ProviderRequest): ProviderStep | undefined => {
  const text = JSON.stringify(body)
  const index = steps.findIndex(({ when = '' }) => (typeof when === 'string' ? text.includes(when) : when.test(text)))
  return index === -1 ? undefined : steps.splice(index, 1)[0]
}

const readRequest = async (incoming: IncomingMessage, turn: number): Promise<ProviderRequest | undefined> => {
  const { method = '', url: path = '' } = incoming
  const protocol = protocolOf({ method, url: path })
  const body: unknown = JSON.parse((await buffer(incoming)).toString() || 'null')
  if (!protocol || !isJsonObject(body)) return undefined
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, [value].flat().join(', ')])
  return { protocol, path, headers: Object.fromEntries(headers), body, turn }
}

const frames: Readonly<Record<ProtocolId, (speech: Speech) => Iterable<string>>> = {
  'openai-chat': openaiChatFrames,
  'openai-responses': openaiResponsesFrames,
  'anthropic-messages': anthropicFrames,
  gemini: geminiFrames,
}

const deliver = async (say: Say, request: ProviderRequest, response: ServerResponse): Promise<void> => {
  const status = 'status' in say ? (say.status ?? 200) : 200
  const type = 'raw' in say || status < 400 ? 'text/event-stream; charset=utf-8' : 'application/json'
  response.writeHead(status, { 'content-type': type, 'x-request-id': fresh('req_', 32, 'hex'), ...say.headers })
  response.flushHeaders()
  let left = say.cutAfter ?? Number.POSITIVE_INFINITY
  for (const piece of piecesOf(say, request)) {
    for (const bytes of chunksOf(Buffer.from(piece), say.chunkSize)) {
      await write(response, bytes.subarray(0, left))
      left -= bytes.length
      if (left <= 0) return void response.destroy()
      if (say.pauseMs) await pause(say.pauseMs)
    }
    if (say.delayMs) await pause(say.delayMs)
  }
  response.end()
}

const piecesOf = (say: Say, { protocol, path, body }: ProviderRequest): Iterable<string | Uint8Array> => {
  if ('raw' in say) return [say.raw]
  if ('status' in say) {
    const refusal = say.body ?? refusalBody(protocol, say.status, say.message ?? 'Refused by the test.')
    return [typeof refusal === 'string' ? refusal : JSON.stringify(refusal)]
  }
  const model = /models\/([^/:]+):/.exec(path)?.[1] ?? `${body['model']}`
  return frames[protocol](speechOf(say, model, body))
}

function* chunksOf(bytes: Buffer, size = bytes.length): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

/** Each write leaves at once, so that pieces arrive as pieces. */
const write = (response: ServerResponse, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    response.write(bytes, error => (error ? reject(error) : resolve()))
  })
