import { join } from 'node:path'
import type { McpConfig, McpWorld } from '../../../tools/mcp/config.ts'
import { Groups } from '../../../tools/mcp/group.ts'
import { TokenStore } from '../../../tools/mcp/tokens.ts'
import type { AgentFile, ToolsetConfig } from '../../config/schema.ts'
import type { Fetch } from '../../core/border.ts'
import { Failure } from '../../core/errors.ts'
import type { AskForm } from '../../core/form.ts'
import { isJsonObject } from '../../core/json.ts'
import type { LogEntry } from '../../core/log.ts'
import { commandEnvironment } from '../../workspace/environment.ts'
import type { AskFor } from '../asking.ts'
import { settingsFolder } from '../folders.ts'
import { version } from '../version.ts'
import { type SamplingWiring, samplerFor } from './sampling.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The MCP servers that a file defines by name, and what all servers get of their surroundings. */
export type Servers = {
  readonly named: AgentFile['mcps']
  readonly env: Environment
  /** Agents have models of their own, which their servers may ask. */
  readonly worldFor: (agent: string) => McpWorld
}

type Surroundings = {
  readonly env: Environment
  readonly source: { readonly path: string }
  readonly home: string
  readonly workingDirectory: string
  readonly fetch: Fetch
  readonly ask?: AskForm
  /** The same in the name of an agent, whose hooks are told. */
  readonly askFor?: AskFor
  /** For servers that ask a model; absent where none may. */
  readonly models?: SamplingWiring
  readonly yolo?: boolean
  readonly log?: (entry: LogEntry) => void
  /** Keeps credentials out of what is said of servers. */
  readonly clean?: (text: string) => string
  /** Told of the credentials that logins have brought. */
  readonly learn?: (values: Readonly<Record<string, string>>) => void
  /** Makes what servers say fit for the log. */
  readonly redact?: () => { readonly text: (line: string) => string }
}

/** `secrets` are the variables that servers do not get unless they are named; asked for when there is a server. */
export const servers = (file: AgentFile, surroundings: Surroundings, secrets: () => readonly string[]): Servers => {
  const { source, env, home, workingDirectory, fetch, clean = text => text } = surroundings
  const askOf = (agent: string) => surroundings.askFor?.(agent) ?? surroundings.ask
  const world: McpWorld = {
    get env() {
      return commandEnvironment(env, secrets())
    },
    workingDirectory,
    fetch,
    log: logOf(surroundings),
    clean,
    version,
    groups: new Groups(),
    tokens: new TokenStore(join(settingsFolder(env, home), 'mcp-tokens.json'), surroundings.learn),
    loginCommand: `reprise mcp login ${source.path}`,
  }
  const worldFor = (agent: string): McpWorld => {
    const { ask: _, ...around } = surroundings
    const ask = askOf(agent)
    return { ...world, ...(ask && { ask }), ...samplerFor(file, { ...around, ...(ask && { ask }) })(agent) }
  }
  return { named: file.mcps, env, worldFor }
}

const logOf = ({ log, redact }: Surroundings): ((line: string) => void) => {
  if (!log) return () => undefined
  let redactor: ReturnType<NonNullable<typeof redact>> | undefined
  return line => {
    redactor ??= redact?.()
    log({ level: 'info', sign: '←', lane: 'root', what: redactor ? redactor.text(line) : line })
  }
}

/** A toolset of type mcp with what `mcps` says of the server that its `ref` names, where it says nothing itself. */
export const withDefinition = (toolset: ToolsetConfig, { named = {} }: Pick<Servers, 'named'>): ToolsetConfig => {
  const { ref, ...own } = toolset
  const known = ref !== undefined && Object.hasOwn(named, ref) ? named[ref] : undefined
  if (!known) return toolset
  const env = { ...known.env, ...own.env }
  return { ...known, ...own, ...(Object.keys(env).length > 0 && { env }) }
}

/** A toolset of type mcp as its client wants it. */
export const mcpConfig = (toolset: ToolsetConfig, servers: Pick<Servers, 'named' | 'env'>): McpConfig => {
  const whole = withDefinition(toolset, servers)
  const label = whole === toolset ? undefined : toolset.ref
  return {
    name: whole.name ?? label ?? nameOf(whole),
    server: serverOf(whole, servers.env),
    ...(whole.name !== undefined && { prefix: whole.name }),
    ...(whole.tools && { only: whole.tools }),
    ...(whole.timeout !== undefined && { timeout: whole.timeout }),
  }
}

const serverOf = (
  { command, args = [], env = {}, ref, remote, config }: ToolsetConfig,
  all: Environment,
): McpConfig['server'] => {
  if (command !== undefined) return { type: 'command', command, args, env: { ...askedFor(args, all), ...env } }
  if (remote) {
    const { url, transport_type: transport, headers = {}, oauth } = remote
    return { type: 'remote', url, headers, ...(transport && { transport }), ...(oauth && { oauth }) }
  }
  const server = /^docker:(.+)$/.exec(ref ?? '')?.[1]
  if (server === undefined) throw new Failure('config', `There is no MCP server ${ref ?? ''}.`)
  return { type: 'docker', server, env, ...(config !== undefined && isJsonObject(config) && { config }) }
}

/** `docker run -e NAME` hands a variable on without saying its value: whoever writes so wants the server to have it. */
const askedFor = (args: readonly string[], env: Environment): Record<string, string> =>
  Object.fromEntries(
    args.flatMap((arg, index) => {
      const value = /^(-e|--env)$/.test(args[index - 1] ?? '') ? env[arg] : undefined
      return value === undefined ? [] : [[arg, value]]
    }),
  )

/** For people: the server's package or program, the host, or the name in Docker's catalog. */
const nameOf = ({ command, args = [], remote, ref = '' }: ToolsetConfig): string => {
  if (remote) return hostOf(remote.url)
  if (command === undefined) return ref.replace(/^docker:/, '')
  const program = command.split('/').at(-1) ?? command
  if (!/^(npx|uvx|bunx|node|python3?|uv|deno|docker|bash|sh|env)$/.test(program)) return program
  const argument = args.find(arg => !/^-|^(run|mcp|exec|dlx)$/.test(arg)) ?? ''
  // A script is no name.
  if (/\s/.test(argument)) return program
  return (
    argument
      .split('/')
      .map(barePart)
      .findLast(part => part !== '' && !isGeneral.test(part)) ?? program
  )
}

/** `server-memory@1.2` and `server-memory.js` are both called server-memory. */
const barePart = (part: string): string => part.replace(/(.)@[^@]*$/, '$1').replace(/\.(js|ts|mjs|cjs|py)$/, '')

/** Parts of a path that say nothing of whose it is. */
const isGeneral = /^(index|main|server|cli|start|dist|build|bin|src|lib|out|\.+)$/

const hostOf = (url: string): string => {
  try {
    return new URL(url).host
  } catch {
    return url
  }
}
