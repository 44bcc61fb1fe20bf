import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { CommandServer, McpConfig, McpWorld, RemoteServer } from './config.ts'
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
}

/** The wires to try, in this order, until one of them leads to the server. */
export const wiresTo = async ({ server }: McpConfig, world: McpWorld): Promise<readonly Wire[]> => {
  if (server.type === 'command') return [commandWire(server, world)]
  if (server.type === 'remote') return await remoteWires(server, world)
  throw new ServerFailure('not supported yet.', { isFinal: true })
}

/** Streamable HTTP, and the older SSE for servers that know nothing else. */
const remoteWires = async ({ url, transport, headers }: RemoteServer, { fetch }: McpWorld): Promise<Wire[]> => {
  const place = placeOf(url)
  const options = { requestInit: { headers } }
  const [{ SSEClientTransport }, { StreamableHTTPClientTransport }] = await Promise.all([
    import('@modelcontextprotocol/sdk/client/sse.js'),
    import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
  ])
  const sse = new RemoteTransport(own => new SSEClientTransport(place, { ...options, fetch: own }), fetch, {
    isSingle: true,
  })
  const streamable = new RemoteTransport(
    own => new StreamableHTTPClientTransport(place, { ...options, fetch: own }),
    fetch,
    { isSingle: false },
  )
  const transports = transport === 'sse' ? [sse] : [streamable, sse]
  return transports.map(transport => ({
    transport,
    errors: () => '',
    ending: () => transport.ending,
    isMistaken: () => transport.isMistaken,
  }))
}

const placeOf = (url: string): URL => {
  if (!/^https?:/.test(url) || !URL.canParse(url))
    throw new ServerFailure(`"${url}" is no address of a server.`, { isFinal: true })
  return new URL(url)
}

const commandWire = ({ command, args, env }: CommandServer, world: McpWorld): Wire => {
  const transport = new StdioTransport(
    { command, args, env: { ...world.env, ...env }, cwd: world.workingDirectory },
    world.groups,
  )
  return { transport, errors: () => transport.errors, ending: () => transport.ending, isMistaken: () => false }
}
