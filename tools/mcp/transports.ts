import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { CommandServer, McpConfig, McpWorld } from './config.ts'
import { StdioTransport } from './stdio.ts'
import { ServerFailure } from './words.ts'

/** A way to a server, not yet taken. `errors` is what it said beside the protocol, `ending` why it is gone. */
export type Wire = {
  readonly transport: Transport
  readonly errors: () => string
  readonly ending: () => string | undefined
}

/** The wires to try, in this order, until one of them leads to the server. */
export const wiresTo = async ({ server }: McpConfig, world: McpWorld): Promise<readonly Wire[]> => {
  if (server.type === 'command') return [commandWire(server, world)]
  throw new ServerFailure('not supported yet.', { isFinal: true })
}

const commandWire = ({ command, args, env }: CommandServer, world: McpWorld): Wire => {
  const transport = new StdioTransport(
    { command, args, env: { ...world.env, ...env }, cwd: world.workingDirectory },
    world.groups,
  )
  return { transport, errors: () => transport.errors, ending: () => transport.ending }
}
