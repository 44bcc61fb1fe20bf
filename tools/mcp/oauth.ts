import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js'
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { OAuthSettings } from './config.ts'
import type { TokenStore } from './tokens.ts'

export type Resource = {
  readonly url: URL
  readonly settings: OAuthSettings
  readonly store: TokenStore
}

/** The client that the agent file names, for issuers that register nobody by themselves. */
const ownClient = ({ clientId, clientSecret }: OAuthSettings): OAuthClientInformationMixed | undefined =>
  clientId === undefined
    ? undefined
    : { client_id: clientId, ...(clientSecret !== undefined && { client_secret: clientSecret }) }

/**
 * What the SDK asks us for on its way to a token. `redirect` is where the way leads through a browser; a run without a
 * person throws there.
 */
export class Client implements OAuthClientProvider {
  readonly redirectUrl: string
  readonly #resource: Resource
  readonly #redirect: (address: URL) => void | Promise<void>
  readonly #state: string
  #verifier = ''
  #registered: OAuthClientInformationMixed | undefined

  constructor(
    resource: Resource,
    own: {
      readonly redirectUrl: string
      readonly redirect: (address: URL) => void | Promise<void>
      readonly state: string
      /** The client of an earlier login; a new one is registered where absent. */
      readonly client?: OAuthClientInformationMixed
    },
  ) {
    this.#resource = resource
    this.redirectUrl = own.redirectUrl
    this.#redirect = own.redirect
    this.#state = own.state
    this.#registered = ownClient(resource.settings) ?? own.client
  }

  get clientMetadata(): OAuthClientMetadata {
    const { scopes, clientSecret } = this.#resource.settings
    return {
      client_name: 'Reprise',
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: clientSecret === undefined ? 'none' : 'client_secret_post',
      ...(scopes && { scope: scopes.join(' ') }),
    }
  }

  state(): string {
    return this.#state
  }

  clientInformation(): OAuthClientInformationMixed | undefined {
    return this.#registered
  }

  async saveClientInformation(client: OAuthClientInformationMixed): Promise<void> {
    this.#registered = client
    await this.#save({ client })
  }

  async tokens(): Promise<OAuthTokens | undefined> {
    return (await this.#resource.store.get(this.#resource.url.href)).tokens
  }

  async saveTokens(tokens: OAuthTokens): Promise<void> {
    await this.#save({ tokens })
  }

  async redirectToAuthorization(address: URL): Promise<void> {
    await this.#redirect(address)
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier
  }

  codeVerifier(): string {
    return this.#verifier
  }

  #save(saved: Parameters<TokenStore['set']>[1]): Promise<void> {
    return this.#resource.store.set(this.#resource.url.href, saved)
  }
}

/**
 * The network, with the server's token on each request to it. A token that is not taken any more is renewed once, if
 * an earlier login left the means; where it did not, the refusal goes through as it came.
 */
export const authorizedFetch = (resource: Resource, fetch: FetchLike): FetchLike => {
  const { url, store } = resource
  return async (asked, init) => {
    if (new URL(asked).origin !== url.origin) return await fetch(asked, init)
    const used = (await store.get(url.href)).tokens?.access_token
    const response = await fetch(asked, withToken(init, used))
    if (response.status !== 401) return response
    const renewed = await store.exclusively(() => renewedToken(resource, { used, refusal: response, fetch }))
    if (renewed === undefined) return response
    await response.body?.cancel()
    return await fetch(asked, withToken(init, renewed))
  }
}

const withToken = (init: RequestInit | undefined, token: string | undefined): RequestInit => {
  const headers = new Headers(init?.headers)
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
  return { ...init, headers }
}

/** A token that somebody else has got meanwhile, or one that the refresh token brings. */
const renewedToken = async (
  resource: Resource,
  { used, refusal, fetch }: { used: string | undefined; refusal: Response; fetch: FetchLike },
): Promise<string | undefined> => {
  const { url, store } = resource
  const saved = await store.get(url.href)
  if (saved.tokens && saved.tokens.access_token !== used) return saved.tokens.access_token
  if (!saved.tokens?.refresh_token) return undefined
  const { auth, extractWWWAuthenticateParams } = await import('@modelcontextprotocol/sdk/client/auth.js')
  const client = new Client(resource, {
    redirectUrl: 'http://127.0.0.1/callback',
    redirect: () => Promise.reject(new Error('nobody is there to log in')),
    state: '',
    ...(saved.client && { client: saved.client }),
  })
  try {
    await auth(client, { serverUrl: url, ...extractWWWAuthenticateParams(refusal), fetchFn: fetch })
  } catch {
    // Another process may have been faster with the same refresh token.
    const now = (await store.get(url.href)).tokens?.access_token
    return now === used ? undefined : now
  }
  return (await store.get(url.href)).tokens?.access_token
}
