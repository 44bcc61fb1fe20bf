import { type Tool, type ToolContext, ToolFailure, type Toolset } from '../runtime/core/tool.ts'
import { count, defineTool, list, oneOf, optional, text } from './define.ts'
import { pageText } from './fetch/page.ts'
import { mustBePublic } from './http/private.ts'
import { type HttpReply, request } from './http/request.ts'
import { mayRead, type Robots, robotsFor } from './http/robots.ts'

export type FetchConfig = {
  /** Seconds for each address. */
  readonly timeout?: number | undefined
  /** Whether addresses of this machine and of private networks may be fetched. */
  readonly allow_private_ips?: boolean | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

const defaultTimeout = 30
const longestTimeout = 300
const mostUrls = 20
const mostBytes = 1_000_000

/** Characters of all pages together that a model is shown. */
const mostCharacters = 100_000

/** Our name in robots.txt, and to servers. */
const agent = 'reprise'

const accepted = {
  markdown: 'text/markdown, text/html;q=0.9, text/plain;q=0.8, */*;q=0.1',
  text: 'text/plain, text/html;q=0.9, */*;q=0.1',
  html: 'text/html, */*;q=0.1',
} as const
const formats = ['text', 'markdown', 'html'] as const

type Fetched = { readonly url: string; readonly reply?: HttpReply; readonly body?: string; readonly error?: string }
type Reader = (
  url: string,
  asked: { format: (typeof formats)[number]; timeout: number },
  context: ToolContext,
) => Promise<Fetched>

/** Reads pages of the web, as their robots.txt permits. */
export const fetchToolset = (config: FetchConfig): Toolset => {
  const tools = [fetchTool(config, readerOf(config))]
  return {
    name: 'fetch',
    instructions: '# Fetching\n\nFetch several addresses with one call of `fetch`. Markdown is the easiest to read.',
    open: async () => tools,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

const fetchTool = (config: FetchConfig, read: Reader): Tool =>
  defineTool({
    name: 'fetch',
    description: 'Read web pages and other text by their HTTP or HTTPS addresses.',
    parameters: {
      urls: list(text('An address'), 'The addresses'),
      format: oneOf(formats, 'How to give back what is HTML'),
      timeout: optional(
        count(`Seconds to wait for each (default: ${config.timeout ?? defaultTimeout})`, longestTimeout),
      ),
    },
    async execute({ urls, format, timeout = config.timeout ?? defaultTimeout }, context) {
      if (urls.length > mostUrls)
        throw new ToolFailure(`Fetch at most ${mostUrls} addresses at once, not ${urls.length}.`)
      const fetched: Fetched[] = []
      for (const url of urls) fetched.push(await read(url, { format, timeout }, context))
      const [only] = fetched
      return only && fetched.length === 1 ? told(only) : JSON.stringify(fetched.map(shortened(fetched.length)))
    },
  })

const told = ({ url, reply, body = '', error }: Fetched): string => {
  if (error !== undefined || !reply) throw new ToolFailure(`Error fetching ${url}: ${error}`)
  const from = reply.url.href === new URL(url).href ? url : `${url} → ${reply.url.href}`
  const length = Buffer.byteLength(body)
  return `Successfully fetched ${from} (Status: ${reply.status}, Length: ${length} bytes):\n\n${cut(body, mostCharacters)}`
}

const shortened =
  (count: number) =>
  ({ url, reply, body = '', error }: Fetched): Readonly<Record<string, unknown>> => ({
    url,
    statusCode: reply?.status ?? 0,
    status: reply ? `${reply.status} ${reply.statusText}`.trim() : '',
    ...(reply?.contentType && { contentType: reply.contentType }),
    contentLength: Buffer.byteLength(body),
    ...(body && { body: cut(body, Math.floor(mostCharacters / count)) }),
    ...(error !== undefined && { error }),
  })

const cut = (text: string, most: number): string =>
  text.length > most
    ? `${text.slice(0, most).toWellFormed()}\n\n[Cut here: ${text.length - most} of ${text.length} characters are left out.]`
    : text

/** Asks a server for its robots.txt only once. */
const readerOf = ({ allow_private_ips: allowPrivate = false, headers = {} }: FetchConfig): Reader => {
  const known = new Map<string, Promise<Robots>>()
  const guard = async (url: URL): Promise<void> => (allowPrivate ? undefined : await mustBePublic(url))
  const identity = { 'user-agent': agent, ...headers }
  const get = (url: URL, more: Partial<Parameters<typeof request>[0]>, context: ToolContext) =>
    request(
      { url, method: 'GET', headers: identity, timeout: defaultTimeout, mostBytes, mayGo: guard, ...more },
      context,
    )
  const mustBePermitted = async (url: URL, timeout: number, context: ToolContext): Promise<void> => {
    const robots = known.get(url.origin) ?? robotsOf(await get(new URL('/robots.txt', url), { timeout }, context))
    known.set(url.origin, Promise.resolve(robots))
    if (!mayRead(await robots, url.pathname + url.search)) throw new ToolFailure('URL blocked by robots.txt')
  }
  return async (text, { format, timeout }, context) => {
    context.signal.throwIfAborted()
    try {
      const mayGo = async (url: URL): Promise<void> => {
        await guard(url)
        await mustBePermitted(url, timeout, context)
      }
      const asked = { timeout, mayGo, headers: { accept: accepted[format], ...identity } }
      const reply = await get(addressOf(text), asked, context)
      return { url: text, reply, body: await pageText(reply, format) }
    } catch (error) {
      if (error instanceof ToolFailure) return { url: text, error: error.message }
      throw error
    }
  }
}

const addressOf = (text: string): URL => {
  if (!URL.canParse(text)) throw new ToolFailure('invalid URL: missing scheme or host')
  const url = new URL(text)
  if (url.username || url.password) throw new ToolFailure('a URL with a user name or password is not fetched')
  return url
}

/** As RFC 9309 has it: who has none permits everything, and who cannot say permits nothing for now. */
const robotsOf = ({ status, bytes }: HttpReply): Robots => {
  if (status >= 500) throw new ToolFailure(`robots.txt check failed: unexpected status ${status}`)
  return status >= 400 ? [] : robotsFor(agent, new TextDecoder().decode(bytes))
}
