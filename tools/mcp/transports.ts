import type { FetchLike, Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { CommandServer, DockerServer, McpConfig, McpWorld, RemoteServer } from './config.ts'
import { dockerTransport, withoutDocker } from './docker.ts'
import { authorizedFetch } from './oauth.ts'
import { RemoteTransport } from './remote.ts'
import { StdioTransport } from './stdio.ts'
import { ServerFailure } from './words.ts'

/** A way to a server, not yet taken. `errors` is what it said beside the protocol, `ending` why it is gone. */
export type Wire = {
  readonly transport: Transport
  readonly errors: () => string
  readonly ending: () => string | undefined
  /** Whether it failed as one does that was not meant: then the next may lead to the server. */
  readonly isMistaken: () => boolean
  /** A failure to start with what is known of this way in particular. */
  readonly explained?: (failure: ServerFailure) => ServerFailure
}

/** The wires to try, in this order, until one of them leads to the server. */
export const wiresTo = async ({ server }: McpConfig, world: McpWorld): Promise<readonly Wire[]> => {
  if (server.type === 'command') return [wireOf(commandTransport(server, world))]
  if (server.type === 'remote') return await remoteWires(server, world)
  return [await dockerWire(server, world)]
}

const dockerWire = async (server: DockerServer, world: McpWorld): Promise<Wire> => {
  const wire = wireOf(await dockerTransport(server, world))
  return { ...wire, explained: failure => withoutDocker(failure, server.server, wire.errors()) }
}

/** Streamable HTTP, and the older SSE for servers that know nothing else. */
const remoteWires = async (server: RemoteServer, world: McpWorld): Promise<Wire[]> => {
  const { transport } = server
  const { place, headers } = addressOf(server)
  const fetch = fetchFor(server, place, world)
  const options = { requestInit: { headers } }
  const wantsLogin = hasToken(server)
    ? 'it refuses the Authorization header of the agent file (HTTP 401).'
    : `it wants a login: ${world.loginCommand}`
  const [{ SSEClientTransport }, { StreamableHTTPClientTransport }] = await Promise.all([
    import('@modelcontextprotocol/sdk/client/sse.js'),
    import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
  ])
  const sse = new RemoteTransport(own => new SSEClientTransport(place, { ...options, fetch: own }), fetch, {
    isSingle: true,
    wantsLogin,
  })
  const streamable = new RemoteTransport(
    own => new StreamableHTTPClientTransport(place, { ...options, fetch: own }),
    fetch,
    { isSingle: false, wantsLogin },
  )
  const transports = transport === 'sse' ? [sse] : [streamable, sse]
  return transports.map(transport => ({
    transport,
    errors: () => '',
    ending: () => transport.ending,
    isMistaken: () => transport.isMistaken,
  }))
}

/** Who sends a token of his own in the agent file does not want ours. */
const fetchFor = (server: RemoteServer, url: URL, { fetch, tokens }: McpWorld): FetchLike =>
  hasToken(server) ? fetch : authorizedFetch({ url, settings: server.oauth ?? {}, store: tokens }, fetch)

const hasToken = (server: RemoteServer): boolean =>
  Object.keys(addressOf(server).headers).some(name => name.toLowerCase() === 'authorization')

/** A user's name and password in an address are sent as a header: fetch itself refuses them. */
const addressOf = ({ url, headers }: RemoteServer): { place: URL; headers: RemoteServer['headers'] } => {
  const place = placeOf(url)
  const { username, password } = place
  if (username === '' && password === '') return { place, headers }
  place.username = place.password = ''
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { place, headers: { Authorization: `Basic ${Buffer.from(pair).toString('base64')}`, ...headers } }
}

const placeOf = (url: string): URL => {
  if (!/^https?:/.test(url) || !URL.canParse(url))
    throw new ServerFailure(`"${url}" is no address of a server.`, { isFinal: true })
  return new URL(url)
}

const commandTransport = ({ command, args, env }: CommandServer, world: McpWorld): StdioTransport =>
  new StdioTransport({ command, args, env: { ...world.env, ...env }, cwd: world.workingDirectory }, world.groups)

const wireOf = (transport: StdioTransport): Wire => ({
  transport,
  errors: () => transport.errors,
  ending: () => transport.ending,
  isMistaken: () => false,
})
