import { type ToolContext, ToolFailure } from '../../runtime/core/tool.ts'

export type HttpRequest = {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Seconds until it is given up. */
  readonly timeout: number
  /** Bytes of the body that are read. */
  readonly mostBytes: number
  /** Asked before each address, that of a redirect too; throws a ToolFailure to refuse it. */
  readonly mayGo: (url: URL) => Promise<void>
}

/** What came back; `isCut` says that there was more of the body, and `url` where it came from in the end. */
export type HttpReply = {
  readonly url: URL
  readonly status: number
  readonly statusText: string
  readonly contentType: string
  readonly bytes: Uint8Array
  readonly isCut: boolean
}

const mostRedirects = 10

/**
 * Sends a request and follows redirects, with the headers only while it stays with the server they were meant for. Any
 * status is a reply; a ToolFailure says why there is none.
 */
export const request = async (
  asked: HttpRequest,
  { fetch, signal }: Pick<ToolContext, 'fetch' | 'signal'>,
): Promise<HttpReply> => {
  const limit = AbortSignal.timeout(asked.timeout * 1000)
  const both = AbortSignal.any([signal, limit])
  try {
    return await follow(asked, (url, init) => fetch(url, { ...init, redirect: 'manual', signal: both }))
  } catch (error) {
    signal.throwIfAborted()
    if (limit.aborted) throw new ToolFailure(`${asked.url.host} did not answer within ${asked.timeout} seconds.`)
    throw error instanceof ToolFailure ? error : new ToolFailure(`request failed: ${reasonOf(error)}`)
  }
}

type Send = (url: URL, init: RequestInit) => Promise<Response>

const follow = async (asked: HttpRequest, send: Send): Promise<HttpReply> => {
  let { url, method, body } = asked
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    mustBeWeb(url)
    await asked.mayGo(url)
    const headers = url.origin === asked.url.origin ? asked.headers : acceptOf(asked.headers)
    const response = await send(url, { method, headers, ...(body !== undefined && { body }) })
    const location = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || location === null) {
      return await replyOf(url, response, asked.mostBytes)
    }
    await response.body?.cancel()
    url = new URL(location, url)
    // As browsers do: only 307 and 308 repeat what was sent.
    if (response.status < 307) [method, body] = [method === 'HEAD' ? 'HEAD' : 'GET', undefined]
  }
  throw new ToolFailure(`stopped after ${mostRedirects} redirects`)
}

const mustBeWeb = ({ protocol }: URL): void => {
  if (protocol === 'http:' || protocol === 'https:') return
  throw new ToolFailure(`only HTTP and HTTPS URLs are supported, not ${protocol}`)
}

/** What is no secret of anybody. */
const acceptOf = (headers: HttpRequest['headers']): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => /^(accept|user-agent)$/i.test(name)))

const replyOf = async (url: URL, response: Response, mostBytes: number): Promise<HttpReply> => {
  const { bytes, isCut } = await readUpTo(response, mostBytes)
  const { status, statusText, headers } = response
  return { url, status, statusText, contentType: headers.get('content-type') ?? '', bytes, isCut }
}

const readUpTo = async ({ body }: Response, most: number): Promise<{ bytes: Uint8Array; isCut: boolean }> => {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of body ?? []) {
    pieces.push(piece)
    size += piece.length
    if (size > most) break
  }
  return { bytes: Buffer.concat(pieces).subarray(0, most), isCut: size > most }
}

/** fetch says only that it failed; why stands in what caused it, and one address of several in what those are. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const causes = error instanceof AggregateError ? error.errors : error.cause === undefined ? [] : [error.cause]
  return causes.length > 0 ? [...new Set(causes.map(reasonOf))].join('; ') : error.message || error.name
}
