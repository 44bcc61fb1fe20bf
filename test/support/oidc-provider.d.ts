/** The few words of it that tests need; the package has no types of its own. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  type Model = { readonly isExpired: boolean; readonly aud?: string; destroy(): Promise<void> }
  type Grant = {
    addOIDCScope(scopes: string): void
    addResourceScope(resource: string, scopes: string): void
    save(): Promise<string>
  }
  type Interaction = {
    readonly prompt: { readonly name: string }
    readonly params: { readonly client_id: string; readonly resource?: string; readonly scope?: string }
  }
  type Handler = (request: IncomingMessage, response: ServerResponse) => void

  export class Provider {
    constructor(issuer: string, configuration: object)
    readonly AccessToken: { find(token: string): Promise<Model | undefined> }
    readonly Grant: new (whose: {
      accountId: string
      clientId: string
    }) => Grant
    callback(): Handler
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>
  }
}
