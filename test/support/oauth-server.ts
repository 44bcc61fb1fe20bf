import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InvalidGrantError, InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js'
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js'
import type { OAuthServerProvider } from '@modelcontextprotocol/sdk/server/auth/provider.js'
import { getOAuthProtectedResourceMetadataUrl, mcpAuthRouter } from '@modelcontextprotocol/sdk/server/auth/router.js'
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { OAuthClientInformationFull, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'
import * as z from 'zod'

/** Turns on what the server shall do otherwise; may be changed while it runs. */
export type OAuthServerSettings = {
  /** The person at the browser says no. */
  refusesPeople?: boolean
  /** Clients that were registered by hand; then nobody else is. */
  known?: OAuthClientInformationFull
  /** A refresh token is not taken any more. */
  refusesRefresh?: boolean
  /** No refresh tokens are given. */
  givesNoRefresh?: boolean
  /** Scopes that the server's own metadata names. */
  scopes?: string[]
}

/**
 * An issue tracker as an MCP server that lets nobody in without a token of its own issuer: discovery, registration, proof
 * key and refresh by the SDK's server half, people and tokens here.
 */
export const oauthServer = async (settings: OAuthServerSettings = {}) => {
  const issuer = new Issuer(settings)
  const app = createMcpExpressApp()
  const server = createServer(app as unknown as (request: IncomingMessage, response: ServerResponse) => void)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const resource = new URL('/mcp', origin)
  app.use(
    mcpAuthRouter({
      provider: issuer,
      issuerUrl: origin,
      resourceServerUrl: resource,
      ...(settings.scopes && { scopesSupported: settings.scopes }),
    }),
  )
  const gate = requireBearerAuth({
    verifier: issuer,
    resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(resource),
  })
  app.use('/mcp', gate)
  app.post('/mcp', async (request: IncomingMessage & { body?: unknown }, response: ServerResponse) => {
    const transport = new StreamableHTTPServerTransport({})
    const tracker = trackerWith(issuer.issues)
    response.on('close', () => void tracker.close())
    await tracker.connect(transport as Parameters<typeof tracker.connect>[0])
    await transport.handleRequest(request, response, request.body)
  })
  return {
    url: resource.href,
    issuer,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

class Issuer implements OAuthServerProvider {
  readonly issues = ['Strings are missing']
  readonly clients = new Map<string, OAuthClientInformationFull>()
  /** What each address that a browser was sent to asked for. */
  readonly asked: { readonly scopes: readonly string[] | undefined; readonly resource: string | undefined }[] = []
  refreshes = 0
  readonly #settings: OAuthServerSettings
  readonly #codes = new Map<string, string>()
  readonly #access = new Set<string>()
  readonly #refresh = new Set<string>()
  #count = 0

  constructor(settings: OAuthServerSettings) {
    this.#settings = settings
    if (settings.known) this.clients.set(settings.known.client_id, settings.known)
  }

  get clientsStore() {
    const { known } = this.#settings
    return {
      getClient: (id: string) => this.clients.get(id),
      ...(known === undefined && {
        registerClient: (client: Omit<OAuthClientInformationFull, 'client_id' | 'client_id_issued_at'>) => {
          const registered = { ...client, client_id: `client-${this.clients.size + 1}` }
          this.clients.set(registered.client_id, registered)
          return registered
        },
      }),
    }
  }

  /** From now on no token is taken that was given before. */
  expire(): void {
    this.#access.clear()
  }

  async authorize(...[, params, response]: Parameters<OAuthServerProvider['authorize']>): Promise<void> {
    this.asked.push({ scopes: params.scopes, resource: params.resource?.href })
    const back = new URL(params.redirectUri)
    back.searchParams.set('state', params.state ?? '')
    if (this.#settings.refusesPeople) {
      back.searchParams.set('error', 'access_denied')
      back.searchParams.set('error_description', 'Ann said no')
    } else {
      const code = this.#next('code')
      this.#codes.set(code, params.codeChallenge)
      back.searchParams.set('code', code)
    }
    ;(response as unknown as ServerResponse).writeHead(302, { location: back.href }).end()
  }

  async challengeForAuthorizationCode(_client: OAuthClientInformationFull, code: string): Promise<string> {
    const challenge = this.#codes.get(code)
    if (challenge === undefined) throw new InvalidGrantError('no such code')
    return challenge
  }

  async exchangeAuthorizationCode(_client: OAuthClientInformationFull, code: string): Promise<OAuthTokens> {
    if (!this.#codes.delete(code)) throw new InvalidGrantError('no such code')
    return this.#tokens()
  }

  async exchangeRefreshToken(_client: OAuthClientInformationFull, token: string): Promise<OAuthTokens> {
    this.refreshes += 1
    if (this.#settings.refusesRefresh || !this.#refresh.delete(token)) throw new InvalidGrantError('used already')
    return this.#tokens()
  }

  async verifyAccessToken(token: string) {
    if (!this.#access.has(token)) throw new InvalidTokenError('expired')
    return { token, clientId: 'any', scopes: [], expiresAt: Date.now() / 1000 + 60 }
  }

  #tokens(): OAuthTokens {
    const access_token = this.#next('access')
    const refresh_token = this.#next('refresh')
    this.#access.add(access_token)
    this.#refresh.add(refresh_token)
    return {
      access_token,
      token_type: 'bearer',
      expires_in: 3600,
      ...(!this.#settings.givesNoRefresh && { refresh_token }),
    }
  }

  #next(what: string): string {
    this.#count += 1
    return `${what}-token-number-${this.#count}`
  }
}

const trackerWith = (issues: string[]): McpServer => {
  const server = new McpServer({ name: 'tracker', version: '1' })
  const said = (text: string) => ({ content: [{ type: 'text' as const, text }] })
  const look = { annotations: { readOnlyHint: true } }
  server.registerTool('list_issues', { description: 'All issues', ...look }, async () =>
    said(issues.map((title, index) => `#${index + 1} ${title}`).join('\n')),
  )
  server.registerTool(
    'get_issue',
    { description: 'One issue', inputSchema: { number: z.number() }, ...look },
    async ({ number }) => said(issues[number - 1] ?? 'no such issue'),
  )
  server.registerTool(
    'create_issue',
    { description: 'A new issue', inputSchema: { title: z.string() } },
    async ({ title }) => said(`#${issues.push(title)}`),
  )
  return server
}
