import type { AgentConfig, ToolsetConfig } from '../../config/schema.ts'
import type { Message } from '../../core/message.ts'
import type { Model } from '../../core/model.ts'
import type { Offer, Tool } from '../../core/tool.ts'
import type { Agent, Toolbox } from '../../loop/agent.ts'
import { once } from '../once.ts'
import type { Choices } from './choices.ts'
import { withDefinition } from './mcp.ts'
import {
  canWait,
  earlyOffer,
  firstOffer,
  instructionsOf,
  latestOffer,
  type Source,
  type Stock,
  sourcesOf,
  stockOf,
} from './sources.ts'
import type { Shared } from './toolsets.ts'

/** What was last offered, toolset by toolset, and what came of it. */
type Seen = { readonly offers: readonly (Offer | undefined)[]; readonly stock: Stock }

/** The toolbox of an agent, with all that its toolsets hold, also where it is not seen. */
export type OpenToolbox = (...asked: Parameters<Agent['toolbox']>) => Promise<Toolbox & { readonly stock: Stock }>

/** One conversation of an agent: its turns are counted, and `heard` is how much had been said when it was last asked. */
type Lane = { turn: number; seen: Seen; heard?: number; choices: Choices }

/** The tools by which a model comes to those that are deferred. */
const finding = ['search_tool', 'add_tool']

type Caller = Parameters<Agent['toolbox']>[0]

/**
 * The tools of an agent, opened when they are first asked for, side by side, and then kept. What servers offer is looked
 * at again at each turn; lanes run side by side, so each has turns and a view of its own. `modelNamed` is for toolsets that
 * want a model, and for models that choose one.
 */
export const toolboxOf = (
  config: AgentConfig,
  shared: Shared,
  modelNamed: (reference: string) => Model,
): OpenToolbox => {
  const lanes = new Map<string, Lane>()
  const refresh = refreshing(config, shared)
  const view = viewing(config, shared, { modelNamed, all: refresh.all })
  return async (caller, signal, messages) => {
    const lane = lanes.get(caller.lane) ?? { turn: 0, seen: await refresh.first(signal), choices: { added: [] } }
    lanes.set(caller.lane, lane)
    if (!messages) return await view(lane, messages)
    lane.turn += 1
    const { turn } = lane
    if (turn === 1) lane.seen = await refresh.wanted(lane.seen, messages, signal)
    if (turn > 1 || caller.lane !== 'root') lane.seen = await refresh.again(lane.seen, { caller, signal, turn })
    return await view(lane, messages)
  }
}

/** Asks toolsets what they offer; what they have to tell a person is told once. */
const refreshing = (config: AgentConfig, shared: Shared) => {
  const { name, toolsets = [] } = config
  const told = new Set<string>()
  const { border } = shared
  const reserved = [
    ...(toolsets.some(toolset => isDeferring(toolset, shared)) ? finding : []),
    ...(config.code_mode_tools ? ['run_tools_with_javascript'] : []),
  ]
  let sources: readonly Source[] = []
  // A command of the agent file may call any tool.
  const isLate = (source: Source): boolean =>
    canWait(source) && !shared.startsAll && Object.keys(config.commands ?? {}).length === 0

  const seenWith = async (offers: Seen['offers'], signal: AbortSignal): Promise<Seen> => {
    const stock = await stockOf(sources, offers, { signal, reserved })
    for (const text of stock.notices) if (!told.has(text)) shared.notice(text)
    for (const text of stock.notices) told.add(text)
    return { offers, stock }
  }
  const askingIn = (signal: AbortSignal) => ({ border, caller: { agent: name, lane: 'root' }, signal })
  /** The same with what all servers offer, also those that have waited. */
  const completed = async (
    { offers }: Seen,
    ask: (source: Source) => Promise<Offer | undefined>,
  ): Promise<Seen['offers']> =>
    await Promise.all(sources.map(async (source, index) => offers[index] ?? (await ask(source))))
  return {
    first: once(async signal => {
      sources = await sourcesOf(config, shared)
      const ask = (source: Source) => (isLate(source) ? earlyOffer : firstOffer)(source, askingIn(signal))
      return await seenWith(await Promise.all(sources.map(ask)), signal)
    }),
    /** A conversation that is taken up again has the tools that were added in it. */
    async wanted(seen: Seen, messages: readonly Message[], signal: AbortSignal): Promise<Seen> {
      if (!sources.some((source, index) => isLate(source) && !seen.offers[index])) return seen
      const { isMissing } = await import('./choices.ts')
      if (!isMissing(messages, seen.stock)) return seen
      return await seenWith(await completed(seen, source => firstOffer(source, askingIn(signal))), signal)
    },
    /** All that there is, for whoever looks for tools: starts what has waited, and is no part of the recording. */
    async all(seen: Seen, signal: AbortSignal): Promise<Stock> {
      const offers = await completed(seen, async ({ offering }) => await offering?.offer(signal))
      return await stockOf(sources, offers, { signal, reserved })
    },
    async again(before: Seen, asking: { caller: Caller; signal: AbortSignal; turn: number }): Promise<Seen> {
      const offers = await Promise.all(
        sources.map((source, index) => latestOffer(source, before.offers[index], { border, ...asking })),
      )
      const isNew = offers.some((offer, index) => offer !== before.offers[index])
      return isNew ? await seenWith(offers, asking.signal) : before
    },
  }
}

type Viewing = {
  readonly modelNamed: (reference: string) => Model
  readonly all: (seen: Seen, signal: AbortSignal) => Promise<Stock>
}

/** What a lane sees of its stock in this turn. Without `messages` it is only looked at: no turn begins. */
const viewing = (config: AgentConfig, shared: Shared, { modelNamed, all: stockWith }: Viewing) => {
  const all = config.toolsets ?? []
  const defers = all.some(toolset => isDeferring(toolset, shared))
  const isCurated = defers || all.some(toolset => choosesModel(toolset, shared))
  const dress = async (tools: readonly Tool[], stock: Stock): Promise<Toolbox['tools']> => {
    const { add_description_parameter: saysWhy, code_mode_tools: inScripts } = config
    const dressed = saysWhy ? tools.map((await import('../../../tools/describe.ts')).described) : tools
    return inScripts ? await inCode(dressed, stock) : dressed
  }
  return async (lane: Lane, messages: readonly Message[] | undefined): ReturnType<OpenToolbox> => {
    const { stock } = lane.seen
    const all = stock.held.map(({ tool }) => tool)
    const common = { all, prompts: stock.prompts, stock, ...granting(stock) }
    const plain = { tools: all, instructions: instructionsOf(stock.sets) }
    if (!isCurated) return { ...common, ...plain, tools: await dress(all, stock) }
    const curation = await import('./choices.ts')
    if (messages) listen(lane, messages, curation.choicesAfter)
    const everything = (signal: AbortSignal) => stockWith(lane.seen, signal)
    const { tools, instructions } = defers ? curation.withDeferred(stock, lane.choices, everything) : plain
    const reference = lane.choices.next ?? lane.choices.model
    const model = reference === undefined ? {} : { model: modelNamed(reference) }
    return { tools: await dress(tools, stock), instructions, ...common, ...model }
  }
}

/** Looked at when a call is judged, and never in a replay. */
const granting = (stock: Stock): Pick<Toolbox, 'granted'> =>
  stock.granted
    ? { granted: async (...conversation) => (await import('./granting.ts')).grantedIn(stock, ...conversation) }
    : {}

/** Tools that are about the conversation itself stay what they are, as in cagent. */
const plainSets: readonly string[] = ['todo', 'skills', 'model_picker', 'background_agents']

const inCode = async (tools: readonly Tool[], { held }: Stock): Promise<Toolbox['tools']> => {
  const { codeTool } = await import('../../../tools/code.ts')
  const plain = new Set(held.filter(({ from }) => plainSets.includes(from.config.type)).map(({ tool }) => tool.name))
  const isPlain = ({ name }: Tool) => plain.has(name) || finding.includes(name)
  return [codeTool(tools.filter(tool => !isPlain(tool))), ...tools.filter(isPlain)]
}

type Follow = typeof import('./choices.ts')['choicesAfter']

/**
 * Whoever takes a conversation up has what was added in it. The model is his own again: another may have spoken before, and
 * a person may have chosen one meanwhile.
 */
const listen = (lane: Lane, messages: readonly Message[], choicesAfter: Follow): void => {
  const { heard = 0, choices, seen } = lane
  const after = choicesAfter(choices, messages.slice(heard), seen.stock)
  lane.choices = lane.heard === undefined ? { added: after.added } : after
  lane.heard = messages.length
}

const isDeferring = (toolset: ToolsetConfig, { servers }: Shared): boolean => {
  const { defer = false } = withDefinition(toolset, servers)
  return defer === true || (Array.isArray(defer) && defer.length > 0)
}

const choosesModel = (toolset: ToolsetConfig, { servers }: Shared): boolean =>
  toolset.type === 'model_picker' || Boolean(withDefinition(toolset, servers).model)
