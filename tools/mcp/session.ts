import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js'
import { isJsonObject, type Json, type JsonObject } from '../../runtime/core/json.ts'
import { unlessAborted } from './abort.ts'
import type { McpConfig, McpWorld } from './config.ts'
import { type ServerTool, toolsIn } from './listing.ts'
import { callAsTask } from './task.ts'
import { type Wire, wiresTo } from './transports.ts'
import { closed, lossIn, startFailure } from './words.ts'

/** Seconds that a server has to start and to list its tools, and to answer a call or to report progress on it. */
const startTimeout = 30
const callTimeout = 300
/** Seconds that a call may take in all, however much progress is reported. */
const longestCall = 3600

/** Pages of a list that are read at most: some servers never come to an end. */
const mostPages = 100

type Sdk = typeof import('@modelcontextprotocol/sdk/types.js')

export type Listed = {
  readonly tools: readonly ServerTool[]
  readonly notices: readonly string[]
  readonly instructions?: string
}

/** A server that answers, from the handshake to its end. */
export type Session = {
  /** What it listed last. */
  readonly listed: () => Listed
  readonly relist: (signal: AbortSignal) => Promise<Listed>
  /** The result as the server gave it. Throws `Lost` where the server is gone. */
  readonly call: (tool: ServerTool, input: JsonObject, signal: AbortSignal) => Promise<JsonObject>
  /** Why it is gone; nothing while it is there. */
  readonly ending: () => string | undefined
  readonly close: () => Promise<void>
}

/** Starts a server and asks for its tools. `changed` is called when it says that they have changed. */
export const openSession = async (
  config: McpConfig,
  world: McpWorld,
  { signal, changed }: { signal: AbortSignal; changed: () => void },
): Promise<Session> => {
  const limit = AbortSignal.timeout(1000 * (config.timeout ?? startTimeout))
  const both = AbortSignal.any([signal, limit])
  const [{ Client }, sdk, wires] = await Promise.all([
    import('@modelcontextprotocol/sdk/client/index.js'),
    import('@modelcontextprotocol/sdk/types.js'),
    wiresTo(config, world),
  ])
  let failure: unknown
  for (const wire of wires) {
    const client = new Client({ name: 'reprise', version: world.version }, { capabilities: {} })
    listen(client, sdk, { config, world, changed })
    try {
      await unlessAborted(client.connect(wire.transport, { signal: both, timeout: longest(config) }), both)
      const listed = await unlessAborted(list(client, sdk, both), both)
      return sessionOf({ client, sdk, wire, config, world }, listed)
    } catch (error) {
      await wire.transport.close()
      signal.throwIfAborted()
      const reason = startFailure(error, wire, limit.aborted ? (config.timeout ?? startTimeout) : undefined)
      failure ??= wire.explained?.(reason) ?? reason
      if (!wire.isMistaken()) break
    }
  }
  throw failure
}

const longest = ({ timeout }: McpConfig): number => 1000 * (timeout ?? callTimeout)

type Heard = { readonly config: McpConfig; readonly world: McpWorld; readonly changed: () => void }

const listen = (client: Client, sdk: Sdk, { config, world, changed }: Heard): void => {
  const log = (line: string) => world.log(`mcp ${config.name}: ${line.slice(0, 2000)}`)
  client.onerror = error => log(error.message)
  client.setNotificationHandler(sdk.ToolListChangedNotificationSchema, changed)
  client.setNotificationHandler(sdk.LoggingMessageNotificationSchema, ({ params }) =>
    log(`${params.level}: ${JSON.stringify(params.data)}`),
  )
}

/** Tools page by page. The SDK's own `listTools` would refuse all for one that is wrong. */
const list = async (client: Client, { ResultSchema }: Sdk, signal: AbortSignal): Promise<Listed> => {
  const items: Json[] = []
  let cursor: string | undefined
  for (let page = 0; page < mostPages && client.getServerCapabilities()?.tools; page++) {
    const params = cursor === undefined ? {} : { cursor }
    const result = await client.request({ method: 'tools/list', params }, ResultSchema, { signal })
    const { tools, nextCursor } = result as { tools?: Json; nextCursor?: string }
    if (Array.isArray(tools)) items.push(...(tools as readonly Json[]))
    if (typeof nextCursor !== 'string' || nextCursor === cursor) break
    cursor = nextCursor
  }
  const instructions = client.getInstructions()
  return { ...toolsIn(items), ...(instructions !== undefined && { instructions }) }
}

type Connected = {
  readonly client: Client
  readonly sdk: Sdk
  readonly wire: Wire
  readonly config: McpConfig
  readonly world: McpWorld
}

const sessionOf = ({ client, sdk, wire, config, world }: Connected, first: Listed): Session => {
  let listed = first
  let ending: string | undefined
  client.onclose = () => {
    ending ??= wire.ending() ?? 'the connection was closed'
  }
  const close = async () => {
    ending ??= closed
    await wire.transport.close()
  }
  return {
    listed: () => listed,
    async relist(signal) {
      listed = await list(client, sdk, AbortSignal.any([signal, AbortSignal.timeout(1000 * startTimeout)]))
      return listed
    },
    async call(tool, input, signal) {
      const call = { name: tool.name, arguments: withoutNulls(input) }
      const options = optionsFor(tool, { config, world, signal })
      const schema = sdk.ResultSchema
      try {
        const result: unknown = tool.needsTask
          ? await callAsTask(client, call, { schema, signal, options })
          : await client.request({ method: 'tools/call', params: call }, schema, options)
        return isJsonObject(result) ? result : {}
      } catch (error) {
        throw lossIn(error, ending ?? wire.ending()) ?? error
      }
    },
    ending: () => ending ?? wire.ending(),
    close,
  }
}

const optionsFor = (
  { name }: ServerTool,
  { config, world, signal }: { config: McpConfig; world: McpWorld; signal: AbortSignal },
): RequestOptions => ({
  signal,
  timeout: longest(config),
  resetTimeoutOnProgress: true,
  maxTotalTimeout: 1000 * longestCall,
  onprogress: ({ progress, total, message = '' }) =>
    world.log(`mcp ${config.name}: ${name} ${message} ${progress}${total === undefined ? '' : `/${total}`}`),
})

/** Models write null for what they leave out. */
const withoutNulls = (input: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null))
