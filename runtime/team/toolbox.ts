import type { AgentConfig, ToolsetConfig } from '../config/schema.ts'
import type { Border, Caller } from '../core/border.ts'
import type { Offer, OfferingToolset, Tool, ToolDefinition, Toolset } from '../core/tool.ts'
import type { Agent, Prompt, Toolbox } from '../loop/agent.ts'
import { withDefinition } from './mcp.ts'
import { toldApart } from './tool-names.ts'
import { builtToolset, dressed, type Shared } from './toolsets.ts'

type Open = (signal: AbortSignal) => Promise<readonly Tool[]>

/** A toolset of an agent: one whose tools we know, or one that has to ask. */
type Source = { readonly toolset: Toolset; readonly open: Open; readonly offering?: undefined } | Offering
type Offering = { readonly offering: OfferingToolset; readonly config: ToolsetConfig }

/** What was last offered, toolset by toolset, and the tools that came of it. */
type Seen = { readonly offers: readonly (Offer | undefined)[]; readonly toolbox: Toolbox }

/**
 * The tools of an agent, opened when they are first asked for, side by side, and then kept. What servers offer is looked
 * at again at each turn; lanes run side by side, so each has turns and a view of its own.
 */
export const toolboxOf = ({ name, toolsets = [] }: AgentConfig, shared: Shared): Agent['toolbox'] => {
  const told = new Set<string>()
  const lanes = new Map<string, { turn: number; seen: Seen }>()
  const { border } = shared
  let sources: readonly Source[] | undefined

  const seenWith = async (sources: readonly Source[], offers: Seen['offers'], signal: AbortSignal): Promise<Seen> => {
    const { notices, ...toolbox } = await toolboxFrom(sources, offers, signal)
    for (const text of notices) if (!told.has(text)) shared.notice(text)
    for (const text of notices) told.add(text)
    return { offers, toolbox }
  }
  const first = once(async signal => {
    sources ??= await Promise.all(toolsets.map(config => sourceOf(config, shared, name)))
    const asking = { border, caller: { agent: name, lane: 'root' }, signal }
    const offers = await Promise.all(sources.map(source => firstOffer(source, asking)))
    return await seenWith(sources, offers, signal)
  })

  return async (caller, signal) => {
    const lane = lanes.get(caller.lane) ?? { turn: 0, seen: await first(signal) }
    lanes.set(caller.lane, lane)
    lane.turn += 1
    if (!sources || (lane.turn === 1 && caller.lane === 'root')) return lane.seen.toolbox
    const before = lane.seen.offers
    const asking = { border, caller, signal, turn: lane.turn }
    const offers = await Promise.all(sources.map((source, index) => latestOffer(source, before[index], asking)))
    if (offers.some((offer, index) => offer !== before[index])) lane.seen = await seenWith(sources, offers, signal)
    return lane.seen.toolbox
  }
}

/** Done when it is first asked for, and again only where it failed. */
const once = <Value>(work: (signal: AbortSignal) => Promise<Value>): ((signal: AbortSignal) => Promise<Value>) => {
  let working: Promise<Value> | undefined
  return signal => {
    working ??= work(signal).catch(error => {
      working = undefined
      throw error
    })
    return working
  }
}

const sourceOf = async (config: ToolsetConfig, shared: Shared, agent: string): Promise<Source> => {
  const built = await builtToolset(config, shared, agent)
  if ('offer' in built) return { config: withDefinition(config, shared.servers), offering: built }
  const toolset = dressed(built, config)
  return { toolset, open: once(signal => toolset.open(signal)) }
}

type Asking = { readonly border: Border; readonly caller: Caller; readonly signal: AbortSignal }

const nothing: Offer = { tools: [] }

const firstOffer = async ({ offering }: Source, { border, caller, signal }: Asking): Promise<Offer | undefined> =>
  offering &&
  ((await border.perform('tools', { caller, name: offering.name }, () => offering.offer(signal))) ?? nothing)

const latestOffer = async (
  { offering }: Source,
  since: Offer = nothing,
  { border, caller, signal, turn }: Asking & { readonly turn: number },
): Promise<Offer | undefined> =>
  offering &&
  ((await border.perform('tools', { caller, name: offering.name, turn }, () => offering.news(since, signal))) ?? since)

const toolboxFrom = async (
  sources: readonly Source[],
  offers: readonly (Offer | undefined)[],
  signal: AbortSignal,
): Promise<Toolbox & { readonly notices: readonly string[] }> => {
  const opened = await Promise.all(sources.map((source, index) => openedWith(source, offers[index], signal)))
  const { tools, notices } = toldApart(opened)
  return {
    tools,
    instructions: opened.flatMap(({ instructions }) => (instructions ? [instructions] : [])),
    prompts: sources.flatMap((source, index) => promptsOf(source, offers[index])),
    notices: [...offers.flatMap(offer => offer?.notices ?? []), ...notices],
  }
}

const openedWith = async (source: Source, offer: Offer | undefined, signal: AbortSignal) => {
  const toolset = source.offering ? dressed(offered(source, offer ?? nothing), source.config) : source.toolset
  const tools = await (source.offering ? toolset.open(signal) : source.open(signal))
  return { name: toolset.name, isOurs: !source.offering, tools, instructions: toolset.instructions }
}

const promptsOf = ({ offering }: Source, offer: Offer | undefined): Prompt[] =>
  (offering ? (offer?.prompts ?? []) : []).map(prompt => ({
    ...prompt,
    say: async (given, signal) => (await offering?.prompt(prompt.name, given, signal)) ?? [],
  }))

/** A toolset as it was when it made this offer; its tools reach the server that is there now. */
const offered = ({ offering, config }: Offering, { tools, instructions }: Offer): Toolset => ({
  name: offering.name,
  ...(instructions !== undefined && { instructions }),
  open: async () =>
    tools.map(
      (tool): Tool => ({
        ...tool,
        origin: originOf(tool, config, offering),
        execute: (input, context) => offering.call(tool.name, input, context),
      }),
    ),
  [Symbol.asyncDispose]: async () => undefined,
})

/** `mcp:github:create_issue`, also where the file puts the server's name in front of those of its tools. */
const originOf = ({ name }: ToolDefinition, { type, name: prefix }: ToolsetConfig, offering: OfferingToolset): string =>
  `${type}:${offering.name}:${prefix !== undefined && name.startsWith(`${prefix}_`) ? name.slice(prefix.length + 1) : name}`
