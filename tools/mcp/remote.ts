import { setTimeout as wait } from 'node:timers/promises'
import type { FetchLike, Transport, TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import { bounded, TooLarge } from './bounded.ts'
import { flooded, most, tooLargeCode } from './limits.ts'
import { brokenCode, closed, gone, messageOf, ServerFailure } from './words.ts'

/** One of the SDK's transports, made with the fetch that it shall use. */
export type MakeInner = (fetch: FetchLike) => Transport & { terminateSession?: () => Promise<void> }

/** Milliseconds that the SDK has to take an answer out of a stream that is at its end, and to say good-bye. */
const patience = 1000

/**
 * A way over HTTP. The SDK's own transports would hold an answer of any size, and wait until the timeout for one whose
 * stream broke off; here a call whose answer cannot come any more fails at once, and says whether it may have been done.
 */
export class RemoteTransport implements Transport {
  onclose?: () => void
  onerror?: (error: Error) => void
  onmessage?: (message: JSONRPCMessage) => void
  ending: string | undefined
  /** Whether the server refused the very first message as one that it does not understand. */
  isMistaken = false
  readonly #fetch: FetchLike
  readonly #inner: ReturnType<MakeInner>
  /** Whether a broken stream is the end of all: SSE has but one. */
  readonly #isSingle: boolean
  readonly #wantsLogin: string
  /** Calls without an answer, with the status of their responses. */
  readonly #pending = new Map<number | string, { status?: number; isOver?: true }>()
  #isOpen = false
  #bytes = 0
  #messages = 0

  constructor(
    make: MakeInner,
    fetch: FetchLike,
    { isSingle, wantsLogin }: { readonly isSingle: boolean; readonly wantsLogin: string },
  ) {
    this.#wantsLogin = wantsLogin
    this.#fetch = fetch
    this.#isSingle = isSingle
    this.#inner = make((url, init) => this.#exchange(url, init))
  }

  get sessionId(): string | undefined {
    return this.#inner.sessionId
  }

  setProtocolVersion(version: string): void {
    this.#inner.setProtocolVersion?.(version)
    this.#isOpen = true
  }

  async start(): Promise<void> {
    this.#inner.onmessage = message => this.#hear(message)
    this.#inner.onerror = error => this.#complain(error)
    this.#inner.onclose = () => this.#end(closed)
    try {
      await this.#inner.start()
    } catch (error) {
      throw this.#inWords(error, undefined)
    }
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    const id = 'method' in message && 'id' in message ? message.id : undefined
    if (id !== undefined) this.#pending.set(id, {})
    try {
      await this.#inner.send(message, options)
    } catch (error) {
      const status = id === undefined ? undefined : this.#pending.get(id)?.status
      if (id !== undefined) this.#pending.delete(id)
      throw this.#inWords(error, status)
    }
  }

  async close(): Promise<void> {
    if (this.ending === undefined) {
      const goodbye = this.#inner.terminateSession?.().catch(() => undefined)
      await Promise.race([goodbye, wait(patience, undefined, { ref: false })])
    }
    this.#end(closed)
    await this.#inner.close()
  }

  #hear(message: JSONRPCMessage): void {
    this.#messages += 1
    if ('id' in message && !('method' in message)) {
      if (message.id !== undefined) this.#pending.delete(message.id)
      this.#bytes = this.#messages = 0
    }
    this.onmessage?.(message)
    if (this.#messages > most.messages) this.#fail(flooded)
  }

  #complain(error: Error): void {
    this.onerror?.(error)
    if (/^Maximum reconnection attempts/.test(error.message)) {
      for (const [id, { isOver }] of this.#pending) if (isOver) this.#lose(id, undefined)
    }
    // Only what has an event is of the connection; the rest is of one message.
    if (this.#isSingle && this.#isOpen && 'event' in error) this.#fail(messageOf(error))
  }

  #fail(why: string): void {
    this.#end(why)
    void this.#inner.close()
  }

  #end(why: string): void {
    if (this.ending !== undefined) return
    this.ending = why
    this.onclose?.()
  }

  async #exchange(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const id = idIn(init)
    const response = await this.#fetch(url, init)
    const call = id === undefined ? undefined : this.#pending.get(id)
    if (call) call.status = response.status
    let canResume = false
    return bounded(response, {
      piece: piece => {
        this.#bytes += piece.length
        canResume ||= hasEventId(piece)
        if (this.#bytes > most.bytes) this.#fail(flooded)
      },
      ended: failure => void (id !== undefined && response.ok && this.#streamEnded(id, { failure, canResume })),
    })
  }

  /** An answer that was in it comes out of the SDK a moment later; else the SDK resumes where it can, or none comes. */
  async #streamEnded(
    id: number | string,
    { failure, canResume }: { failure: unknown; canResume: boolean },
  ): Promise<void> {
    const call = this.#pending.get(id)
    if (!call || this.#isSingle) return
    call.isOver = true
    if (failure instanceof TooLarge) return this.#lose(id, failure)
    await wait(patience, undefined, { ref: false })
    if (!canResume) this.#lose(id, failure)
  }

  #lose(id: number | string, failure: unknown): void {
    if (!this.#pending.delete(id)) return
    const error =
      failure instanceof TooLarge
        ? { code: tooLargeCode, message: failure.message }
        : { code: brokenCode, message: 'the connection broke before the answer was there' }
    this.onmessage?.({ jsonrpc: '2.0', id, error })
  }

  #inWords(error: unknown, status = statusOf(error)): Error {
    const words = error instanceof Error ? error.message : String(error)
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined
    if (status === 401) return new ServerFailure(this.#wantsLogin, { isFinal: true, awaits: 'login', cause: error })
    const unreached = unreachedIn(cause?.message ?? words)
    if (unreached !== undefined) return Object.assign(new Error(`it cannot be reached: ${unreached}`), { code: gone })
    if (status === undefined || status < 400) return error instanceof Error ? error : new Error(words)
    const isUnknown = [400, 404, 405, 406, 410, 415].includes(status)
    if (isUnknown && this.#isOpen) return Object.assign(new Error('it has forgotten the session'), { code: gone })
    this.isMistaken = isUnknown
    return new ServerFailure(`it answers with HTTP ${status}${detailIn(words)}`, {
      isFinal: status < 500 && status !== 429,
    })
  }
}

/** What the server said of it, where that is no page for a browser. */
const detailIn = (words: string): string => {
  const detail = words.replace(/^.*?endpoint( \(HTTP \d+\))?: /s, '').trim()
  return detail === '' || /^</.test(detail) ? '.' : `: ${detail.slice(0, 300)}`
}

/** The SDK's errors have the status as their code. */
const statusOf = (error: unknown): number | undefined => {
  if (!(error instanceof Error)) return undefined
  if (error.name === 'UnauthorizedError') return 401
  const { code } = error as { code?: unknown }
  return typeof code === 'number' && code >= 400 && code < 600 ? code : undefined
}

/** Nobody was there to hear it: the system's words for that. */
const unreachedIn = (words: string): string | undefined =>
  /[\w ]*(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|Connect Timeout).*/.exec(words)?.[0].trim()

const hasEventId = (piece: Uint8Array): boolean => /(^|[\r\n])id:/.test(Buffer.from(piece).toString('latin1'))

/** The id of the call in a request's body. */
const idIn = ({ method, body }: RequestInit): number | string | undefined => {
  if (method !== 'POST' || typeof body !== 'string') return undefined
  try {
    const message = JSON.parse(body) as { id?: number | string; method?: string }
    return message.method === undefined ? undefined : message.id
  } catch {
    return undefined
  }
}
