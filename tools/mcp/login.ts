import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js'
import { unlessAborted } from './abort.ts'
import { Client, type Resource } from './oauth.ts'
import { ServerFailure } from './words.ts'

export type LoginOptions = {
  readonly fetch: FetchLike
  /** Shows the address that a person has to open; he ends at our loopback address, or hands in where he ended. */
  readonly show: (address: URL) => void | Promise<void>
  /** The address at which a browser elsewhere ended, typed in; never where nobody can type. */
  readonly typed?: Promise<string>
  readonly signal: AbortSignal
}

/**
 * Logs in at a server by OAuth 2.1: finds the issuer, registers us there, sends the person to it with a proof key, and
 * exchanges what comes back on a loopback address for tokens. False where the server asks for no login.
 */
export const logIn = async (resource: Resource, options: LoginOptions): Promise<boolean> => {
  const { auth } = await import('@modelcontextprotocol/sdk/client/auth.js')
  const challenge = await challengeOf(resource, options)
  if (!challenge) return false
  const { randomBytes } = process.getBuiltinModule('node:crypto')
  const state = randomBytes(16).toString('base64url')
  await using callback = await listenForCode(state, resource.settings.callbackPort ?? 0)
  const client = new Client(resource, { redirectUrl: callback.url, redirect: options.show, state })
  const asking = { serverUrl: resource.url, ...challenge, fetchFn: options.fetch }
  try {
    // An earlier login must not be refreshed in place of the new one.
    await resource.store.set(resource.url.href, undefined)
    await unlessAborted(auth(client, asking), options.signal)
    const typed = options.typed?.then(address => codeIn(new URL(address.trim()), state))
    const code = await unlessAborted(Promise.race([callback.code, ...(typed ? [typed] : [])]), options.signal)
    await unlessAborted(auth(client, { ...asking, authorizationCode: code }), options.signal)
    return true
  } catch (error) {
    options.signal.throwIfAborted()
    throw new ServerFailure(`the login failed: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
}

/** How the server refuses somebody without a token; nothing where it does not. */
const challengeOf = async ({ url }: Resource, { fetch, signal }: LoginOptions) => {
  const { extractWWWAuthenticateParams } = await import('@modelcontextprotocol/sdk/client/auth.js')
  const { LATEST_PROTOCOL_VERSION } = await import('@modelcontextprotocol/sdk/types.js')
  const params = {
    protocolVersion: LATEST_PROTOCOL_VERSION,
    capabilities: {},
    clientInfo: { name: 'reprise', version: '0' },
  }
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }),
    signal,
  })
  await response.body?.cancel()
  if (response.status === 401) return extractWWWAuthenticateParams(response)
  // One that speaks SSE alone may know no other way to ask.
  if (response.status !== 404 && response.status !== 405) return undefined
  const stream = await fetch(url, { headers: { accept: 'text/event-stream' }, signal })
  await stream.body?.cancel()
  return stream.status === 401 ? extractWWWAuthenticateParams(stream) : undefined
}

type Callback = AsyncDisposable & { readonly url: string; readonly code: Promise<string> }

/** Where the browser is sent back to: only on this machine, and only once. */
const listenForCode = async (state: string, port: number): Promise<Callback> => {
  const { promise: code, resolve, reject } = Promise.withResolvers<string>()
  code.catch(() => undefined)
  const server = createServer((request, response) => {
    const address = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (request.method !== 'GET' || address.pathname !== '/callback') return void response.writeHead(404).end()
    try {
      resolve(codeIn(address, state))
      page(response, 'You are logged in. You can close this window.')
    } catch (error) {
      // Anybody on this machine can ask; only who knows the state is believed.
      if (address.searchParams.get('state') === state) reject(error)
      page(response, 'The login did not succeed. The terminal says why.')
    }
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`
  return { url, code, [Symbol.asyncDispose]: () => ended(server) }
}

const page = (response: import('node:http').ServerResponse, words: string): void => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', connection: 'close' })
  response.end(`<!doctype html><title>Reprise</title><p>${words}</p>`)
}

const ended = async (server: Server): Promise<void> => {
  server.close()
  server.closeIdleConnections()
  setTimeout(() => server.closeAllConnections(), 500).unref()
  await once(server, 'close')
}

/** The code in the address at which the browser ended. Throws what the issuer said where it refused. */
const codeIn = ({ searchParams }: URL, state: string): string => {
  if (searchParams.get('state') !== state) throw new Error('the answer belongs to another login')
  const error = searchParams.get('error')
  if (error !== null) throw new Error(searchParams.get('error_description') ?? error)
  const code = searchParams.get('code')
  if (!code) throw new Error('the answer holds no code')
  return code
}
