import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { isJsonObject, type Json, type JsonObject } from '../../runtime/core/json.ts'
import type { ToolContext } from '../../runtime/core/tool.ts'
import { unlessAborted } from './abort.ts'
import type { McpConfig, McpWorld } from './config.ts'
import { Idle } from './idle.ts'
import { type Listed, promptsIn, type ServerTool, toolsIn } from './listing.ts'
import { answerQuestions, capabilitiesOf } from './questions.ts'
import { type Resources, readResource, resourceList, resourceTools } from './resources.ts'
import { progressText, Running } from './running.ts'
import { type CallOptions, callAsTask } from './task.ts'
import { type Wire, wiresTo } from './transports.ts'
import { closed, lossIn, noAnswer, startFailure } from './words.ts'

/** Seconds that a server has to start and to list its tools, and to answer a call or to report progress on it. */
const startTimeout = 30
const callTimeout = 300
/** Seconds that a call may take in all, however much progress is reported. */
const longestCall = 3600

/** Pages of a list that are read at most: some servers never come to an end. */
const mostPages = 100

type Sdk = typeof import('@modelcontextprotocol/sdk/types.js')

/** What a call gets of the context of its tool. */
type Calling = Pick<ToolContext, 'signal'> & { readonly report?: ToolContext['report'] | undefined }

/** A server that answers, from the handshake to its end. */
export type Session = {
  /** What it listed last. */
  readonly listed: () => Listed
  readonly relist: (signal: AbortSignal) => Promise<Listed>
  /** The result as the server gave it. Throws `Lost` where the server is gone. */
  readonly call: (tool: ServerTool, input: JsonObject, context: Calling) => Promise<JsonObject>
  /** The messages of a prompt. */
  readonly prompt: (name: string, given: JsonObject, signal: AbortSignal) => Promise<JsonObject>
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
    const capabilities = capabilitiesOf(world)
    const options = { capabilities, ...(capabilities.tasks && { taskStore: await answersToCome() }) }
    const client = new Client({ name: 'reprise', version: world.version }, options)
    const running = new Running()
    listen(client, sdk, { config, world, changed, running })
    answerQuestions(client, sdk, {
      ...{ config, world, ended: signal },
      during: question => running.during(question),
    })
    try {
      await unlessAborted(client.connect(wire.transport, { signal: both, timeout: 1000 * longestCall }), both)
      const listed = await unlessAborted(list(client, sdk, both), both)
      return sessionOf({ client, sdk, wire, config, world, running }, listed)
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

/** Where answers that servers fetch later are kept. */
const answersToCome = async () => new (await import('@modelcontextprotocol/sdk/experimental/tasks')).InMemoryTaskStore()

type Heard = {
  readonly config: McpConfig
  readonly world: McpWorld
  readonly changed: () => void
  readonly running: Running
}

const listen = (client: Client, sdk: Sdk, { config, world, changed, running }: Heard): void => {
  const log = (line: string) => world.log(`mcp ${config.name}: ${line.slice(0, 2000)}`)
  client.onerror = error => log(error.message)
  client.setNotificationHandler(sdk.ToolListChangedNotificationSchema, changed)
  client.setNotificationHandler(sdk.PromptListChangedNotificationSchema, changed)
  client.setNotificationHandler(sdk.ResourceListChangedNotificationSchema, changed)
  client.setNotificationHandler(sdk.LoggingMessageNotificationSchema, ({ params: { level, data } }) => {
    log(`${level}: ${JSON.stringify(data)}`)
    if (level !== 'debug') running.says(world.clean(typeof data === 'string' ? data : JSON.stringify(data)))
  })
}

/** Tools and prompts. The SDK's own `listTools` would refuse all for one that is wrong. */
const list = async (client: Client, sdk: Sdk, signal: AbortSignal): Promise<Listed> => {
  const { tools, prompts } = client.getServerCapabilities() ?? {}
  const pages = { client, schema: sdk.ResultSchema, signal }
  const [listed, ready, resources] = await Promise.all([
    tools ? pagesOf('tools', pages) : [],
    // A server whose tools are there is of use without its prompts.
    prompts ? pagesOf('prompts', pages).catch(() => []) : [],
    resourcesOf(pages),
  ])
  signal.throwIfAborted()
  const instructions = client.getInstructions()
  const own = toolsIn(listed)
  // A server that has tools of these names knows best how it is read.
  const readers = resourceTools(resources).filter(({ name }) => !own.tools.some(tool => tool.name === name))
  return {
    notices: own.notices,
    tools: [...own.tools, ...readers],
    prompts: promptsIn(ready),
    ...(instructions !== undefined && { instructions }),
  }
}

type Pages = { readonly client: Client; readonly schema: Sdk['ResultSchema']; readonly signal: AbortSignal }

/** Nothing of a server that says it has some and cannot list them. */
const resourcesOf = async (pages: Pages): Promise<Resources> => {
  if (!pages.client.getServerCapabilities()?.resources) return { listed: [], templates: [] }
  const [listed, templates] = await Promise.all(
    (['resources', 'resources/templates'] as const).map(what => pagesOf(what, pages).catch(() => [])),
  )
  return { listed: listed ?? [], templates: templates ?? [] }
}

/** Their fields in the answers are not all called as they are asked for. */
const fields = {
  tools: 'tools',
  prompts: 'prompts',
  resources: 'resources',
  'resources/templates': 'resourceTemplates',
}

const pagesOf = async (what: keyof typeof fields, { client, schema, signal }: Pages): Promise<Json[]> => {
  const items: Json[] = []
  let cursor: string | undefined
  for (let page = 0; page < mostPages; page++) {
    const params = cursor === undefined ? {} : { cursor }
    const result = await client.request({ method: `${what}/list`, params }, schema, { signal })
    const { [fields[what]]: listed, nextCursor } = result as Record<string, Json | undefined>
    if (Array.isArray(listed)) items.push(...(listed as readonly Json[]))
    if (typeof nextCursor !== 'string' || nextCursor === cursor) break
    cursor = nextCursor
  }
  return items
}

type Connected = {
  readonly client: Client
  readonly sdk: Sdk
  readonly wire: Wire
  readonly config: McpConfig
  readonly world: McpWorld
  readonly running: Running
}

const sessionOf = ({ client, sdk, wire, config, world, running }: Connected, first: Listed): Session => {
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
    async call(tool, input, { signal, report }) {
      const call = { name: tool.name, arguments: withoutNulls(input) }
      using idle = new Idle(config.timeout ?? callTimeout)
      using _ = running.begin(idle, report)
      const options = optionsFor(tool, { config, world, idle, signal, report })
      const schema = sdk.ResultSchema
      try {
        if (tool.reads === 'one') return await readResource(client, input, { schema, options })
        if (tool.reads === 'list') return resourceList(await resourcesOf({ client, schema, signal: options.signal }))
        const result: unknown = tool.needsTask
          ? await callAsTask(client, call, { schema, options, alive: () => idle.touch() })
          : await client.request({ method: 'tools/call', params: call }, schema, options)
        return isJsonObject(result) ? result : {}
      } catch (error) {
        if (idle.signal.aborted && !signal.aborted) throw noAnswer(config.timeout ?? callTimeout)
        throw lossIn(error, { ending: ending ?? wire.ending(), words: wire.errors() }) ?? error
      }
    },
    async prompt(name, given, signal) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(1000 * startTimeout)])
      const params = { name, arguments: given }
      const result: unknown = await client.request({ method: 'prompts/get', params }, sdk.ResultSchema, {
        signal: limit,
      })
      return isJsonObject(result) ? result : {}
    },
    ending: () => ending ?? wire.ending(),
    close,
  }
}

const optionsFor = (
  { name }: ServerTool,
  { config, world, idle, signal, report }: Pick<Connected, 'config' | 'world'> & Calling & { readonly idle: Idle },
): CallOptions => ({
  signal: AbortSignal.any([signal, idle.signal]),
  timeout: 1000 * longestCall,
  onprogress: ({ progress, total, message = '' }) => {
    idle.touch()
    report?.(world.clean(progressText({ progress, total, message })))
    world.log(`mcp ${config.name}: ${name} ${message} ${progress}${total === undefined ? '' : `/${total}`}`)
  },
})

/** Models write null for what they leave out. */
const withoutNulls = (input: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null))
