import type { Fetch } from '../../runtime/core/border.ts'
import type { AskForm } from '../../runtime/core/form.ts'
import type { JsonObject } from '../../runtime/core/json.ts'
import type { Message } from '../../runtime/core/message.ts'
import type { Groups } from './group.ts'
import type { TokenStore } from './tokens.ts'

/** A server that is started here; `env` is added to what commands get, and wins. */
export type CommandServer = {
  readonly type: 'command'
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** A server somewhere else. `transport` is what the agent file says; streamable HTTP, else SSE, where it says nothing. */
export type RemoteServer = {
  readonly type: 'remote'
  readonly url: string
  readonly transport?: 'sse' | 'streamable' | 'streamable-http'
  readonly headers: Readonly<Record<string, string>>
  readonly oauth?: OAuthSettings
}

/** For issuers that do not register clients by themselves, or want to be sent back to a certain port. */
export type OAuthSettings = {
  readonly clientId?: string
  readonly clientSecret?: string
  readonly callbackPort?: number
  readonly scopes?: readonly string[]
}

/** A server of Docker's catalog, run by Docker's MCP gateway. */
export type DockerServer = {
  readonly type: 'docker'
  readonly server: string
  readonly config?: JsonObject
  readonly env: Readonly<Record<string, string>>
}

export type McpConfig = {
  /** For people, and for telling alike tools apart. */
  readonly name: string
  /** Put in front of the names of all tools, with an underscore between. */
  readonly prefix?: string
  /** Only these tools, with or without the prefix. */
  readonly only?: readonly string[]
  /** Seconds to wait for the server to start, and for an answer. */
  readonly timeout?: number
  readonly server: CommandServer | RemoteServer | DockerServer
}

/** A conversation that a server wants to have with a model. */
export type Sampling = { readonly from: string; readonly system?: string; readonly messages: readonly Message[] }

/** What servers get of their surroundings. */
export type McpWorld = {
  /** The environment of commands: without credentials, except those that `env` names. */
  readonly env: Readonly<Record<string, string>>
  readonly workingDirectory: string
  readonly fetch: Fetch
  readonly tokens: TokenStore
  /** What a person has to type to log in. */
  readonly loginCommand: string
  readonly groups: Groups
  /** Of Reprise, as servers are told. */
  readonly version: string
  readonly log: (line: string) => void
  /** Puts placeholders for credentials into what a server, or an error, says. */
  readonly clean: (text: string) => string
  /** Asks the person; absent where nobody can be asked. */
  readonly ask?: AskForm
  /** Asks the agent's model, if it is allowed; absent where it never is. Throws where it was refused. */
  readonly sample?: (
    sampling: Sampling,
    signal: AbortSignal,
  ) => Promise<{ readonly text: string; readonly model: string }>
}
