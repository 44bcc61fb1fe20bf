import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { Provider } from 'oidc-provider'
import * as z from 'zod'

/** What the issuer does; may be changed while it runs. */
export type OidcSettings = {
  /** Seconds for which an access token is good. */
  seconds?: number
  /** The person at the browser says no. */
  refusesPeople?: boolean
  /** Clients that were registered by hand; then nobody else is. */
  clients?: readonly object[]
  /** How the tracker speaks; streamable HTTP where absent. */
  transport?: 'sse'
}

const listening = async (handler: RequestListener): Promise<{ server: Server; origin: string }> => {
  const server = createServer(handler)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/**
 * An issue tracker in the manner of Atlassian's: an MCP server that lets in who has a token of an issuer elsewhere. The
 * issuer is oidc-provider, with registration, proof keys, resource indicators, rotated refresh tokens and revocation.
 */
export const oidcServer = async (settings: OidcSettings = {}) => {
  let issue: RequestListener = () => undefined
  let track: RequestListener = () => undefined
  const issuer = await listening((request, response) => issue(request, response))
  const tracker = await listening((request, response) => track(request, response))
  const resource = new URL(settings.transport === 'sse' ? '/v1/sse' : '/v1/mcp', tracker.origin).href
  const seen: { method: string; path: string; body: URLSearchParams }[] = []
  const provider = new Provider(issuer.origin, configurationFor(resource, settings))
  const standard = provider.callback()
  issue = async (request, response) => {
    const path = new URL(request.url ?? '', issuer.origin).pathname
    if (path.startsWith('/interaction/')) return await interact(provider, settings, request, response)
    if (path === '/token') {
      // The provider reads the body itself, so that it is only listened to here.
      let body = ''
      request.on('data', piece => {
        body += piece
      })
      request.on('end', () => seen.push({ method: request.method ?? '', path, body: new URLSearchParams(body) }))
    }
    standard(request, response)
  }
  const issues = ['Strings are missing']
  const sessions = new Map<string, SSEServerTransport>()
  track = async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', tracker.origin)
    if (pathname.startsWith('/.well-known/oauth-protected-resource')) {
      response.writeHead(200, { 'content-type': 'application/json' })
      return void response.end(
        JSON.stringify({ resource, authorization_servers: [issuer.origin], scopes_supported: ['issues'] }),
      )
    }
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    const known = token === undefined ? undefined : await provider.AccessToken.find(token)
    if (!known || known.aud !== resource) {
      const metadata = `${tracker.origin}/.well-known/oauth-protected-resource${new URL(resource).pathname}`
      response.writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${metadata}"` })
      return void response.end()
    }
    const server = trackerWith(issues, token ?? '')
    if (settings.transport !== 'sse') return await streamable(server, request, response)
    if (request.method === 'POST' && pathname === '/v1/messages')
      return await sessions.get(searchParams.get('sessionId') ?? '')?.handlePostMessage(request, response)
    if (request.method !== 'GET') return void response.writeHead(405).end()
    const transport = new SSEServerTransport('/v1/messages', response)
    sessions.set(transport.sessionId, transport)
    await server.connect(transport as Parameters<typeof server.connect>[0])
  }
  return {
    url: resource,
    issuer: issuer.origin,
    issues,
    /** Requests for tokens. */
    seen,
    /** What is in force, by the token itself. */
    isGood: async (token: string) => (await provider.AccessToken.find(token)) !== undefined,
    revoke: async (token: string, client: string) => {
      const body = new URLSearchParams({ token, client_id: client })
      return (await fetch(`${issuer.origin}/token/revocation`, { method: 'POST', body })).status
    },
    [Symbol.asyncDispose]: async () => {
      for (const { server } of [issuer, tracker]) {
        server.closeAllConnections()
        server.close()
        await once(server, 'close')
      }
    },
  }
}

const configurationFor = (resource: string, settings: OidcSettings): object => ({
  clients: settings.clients ?? [],
  scopes: ['openid', 'offline_access', 'issues'],
  clockTolerance: 0,
  pkce: { required: () => true },
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  findAccount: async (_: unknown, id: string) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
  cookies: { keys: ['a key for tests'] },
  features: {
    devInteractions: { enabled: false },
    registration: { enabled: settings.clients === undefined },
    revocation: { enabled: true, allowedPolicy: async () => true },
    resourceIndicators: {
      enabled: true,
      defaultResource: async () => resource,
      useGrantedResource: async () => true,
      getResourceServerInfo: async () => ({
        scope: 'issues',
        audience: resource,
        accessTokenFormat: 'opaque',
        accessTokenTTL: settings.seconds ?? 3600,
      }),
    },
  },
})

/** What the person at the browser does: he is Ann, and agrees or not. */
const interact = async (
  provider: Provider,
  { refusesPeople }: OidcSettings,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { prompt, params } = await provider.interactionDetails(request, response)
  const finish = (result: object) => provider.interactionFinished(request, response, result)
  if (refusesPeople) return await finish({ error: 'access_denied', error_description: 'Ann said no' })
  if (prompt.name === 'login') return await finish({ login: { accountId: 'ann' } })
  const grant = new provider.Grant({ accountId: 'ann', clientId: params.client_id })
  grant.addOIDCScope('openid offline_access issues')
  grant.addResourceScope(params.resource ?? '', 'issues')
  await finish({ consent: { grantId: await grant.save() } })
}

const streamable = async (server: McpServer, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  if (request.method !== 'POST') return void response.writeHead(405).end()
  const transport = new StreamableHTTPServerTransport({})
  response.on('close', () => void server.close())
  await server.connect(transport as Parameters<typeof server.connect>[0])
  await transport.handleRequest(request, response)
}

const trackerWith = (issues: string[], token: string): McpServer => {
  const server = new McpServer({ name: 'tracker', version: '1' })
  const said = (text: string) => ({ content: [{ type: 'text' as const, text }] })
  const look = { annotations: { readOnlyHint: true } }
  server.registerTool('searchIssues', { description: 'All issues', ...look }, async () =>
    said(issues.map((title, index) => `#${index + 1} ${title}`).join('\n')),
  )
  server.registerTool(
    'getIssue',
    { description: 'One issue', inputSchema: { number: z.number() }, ...look },
    async ({ number }) => said(issues[number - 1] ?? 'no such issue'),
  )
  server.registerTool(
    'createIssue',
    { description: 'A new issue', inputSchema: { title: z.string() } },
    async ({ title }) => said(`#${issues.push(title)}`),
  )
  server.registerTool('debug', { description: 'Says too much', ...look }, async () =>
    said(`You came with ${token}, in base64 ${Buffer.from(`Bearer ${token}`).toString('base64')}`),
  )
  return server
}

/** A browser: follows an address to where it ends, with its cookies. */
export const browse = async (address: string | URL): Promise<string> => {
  const cookies = new Map<string, string>()
  let url = new URL(address)
  for (let steps = 0; steps < 20; steps++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (location === null) return await response.text()
    await response.body?.cancel()
    url = new URL(location, url)
  }
  throw new Error(`no end of redirects from ${address}`)
}
