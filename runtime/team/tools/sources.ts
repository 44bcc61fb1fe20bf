import type { AgentConfig, ToolsetConfig } from '../../config/schema.ts'
import type { Border, Caller } from '../../core/border.ts'
import type { Offer, OfferingToolset, Tool, ToolDefinition, Toolset } from '../../core/tool.ts'
import type { Prompt } from '../../loop/agent.ts'
import { once } from '../once.ts'
import { withDefinition } from './mcp.ts'
import { type Held, toldApart } from './names.ts'
import { builtToolset, dressed, type SetConfig, type Shared, skillsOf } from './toolsets.ts'

type Open = (signal: AbortSignal) => Promise<readonly Tool[]>

/** A toolset of an agent: one whose tools we know, or one that has to ask. */
export type Source =
  | { readonly config: SetConfig; readonly toolset: Toolset; readonly open: Open; readonly offering?: undefined }
  | Offering
type Offering = { readonly config: SetConfig; readonly offering: OfferingToolset; readonly toolset?: undefined }

/** A toolset that is open. */
export type OpenSet = {
  readonly name: string
  readonly isOurs: boolean
  readonly tools: readonly Tool[]
  readonly instructions: string | undefined
  readonly config: SetConfig
}

/** All that the toolsets of an agent hold, each tool under a name of its own. `notices` are sentences for a person. */
export type Stock = {
  readonly held: readonly Held<OpenSet>[]
  readonly sets: readonly OpenSet[]
  readonly prompts: readonly Prompt[]
  /** What skills let go ahead, where there are any. */
  readonly granted?: NonNullable<OfferingToolset['granted']>
  readonly notices: readonly string[]
}

/** The toolsets of an agent, in their order, and its skills. Nothing is started. */
export const sourcesOf = async ({ name, toolsets = [], skills }: AgentConfig, shared: Shared): Promise<Source[]> => {
  // As in cagent, language servers come last: several of them are one toolset.
  const servers = toolsets.filter(({ type }) => type === 'lsp')
  const others = toolsets.filter(({ type }) => type !== 'lsp')
  const named = await Promise.all([
    ...others.map(config => sourceOf(config, shared, name)),
    ...(servers.length > 1
      ? [serversOf(servers, shared, name)]
      : servers.map(config => sourceOf(config, shared, name))),
  ])
  if (skills === undefined || skills === false || (Array.isArray(skills) && skills.length === 0)) return named
  return [...named, { config: { type: 'skills' }, offering: skillsOf(skills, shared) }]
}

const sourceOf = async (config: ToolsetConfig, shared: Shared, agent: string): Promise<Source> => {
  const built = await builtToolset(config, shared, agent)
  if ('offer' in built) return { config: withDefinition(config, shared.servers), offering: built }
  const toolset = dressed(built, config)
  return { config, toolset, open: once(signal => toolset.open(signal)) }
}

const serversOf = async (configs: readonly ToolsetConfig[], shared: Shared, agent: string): Promise<Source> => {
  const sources = await Promise.all(configs.map(config => sourceOf(config, shared, agent)))
  const toolset = (await import('./lsp.ts')).together(
    configs,
    sources.flatMap(source => source.toolset ?? []),
  )
  return { config: configs[0] ?? { type: 'lsp' }, toolset, open: once(signal => toolset.open(signal)) }
}

type Asking = { readonly border: Border; readonly caller: Caller; readonly signal: AbortSignal }

const nothing: Offer = { tools: [] }

/** What a toolset offers when it is first asked; undefined where its tools are known anyway. */
export const firstOffer = async (
  { offering }: Source,
  { border, caller, signal }: Asking,
): Promise<Offer | undefined> =>
  offering &&
  ((await border.perform('tools', { caller, name: offering.name }, () => offering.offer(signal))) ?? nothing)

/** Whether a server need not start before somebody looks for tools: none of what it offers is in the prompt. */
export const canWait = ({ config, offering }: Source): boolean =>
  offering !== undefined && config.type === 'mcp' && config.defer === true

/** Older recordings start servers that can wait, and so does one of a conversation that knew their tools before. */
export const earlyOffer = async ({ offering }: Source, { border, caller }: Asking): Promise<Offer | undefined> =>
  (offering && (await border.perform('tools', { caller, name: offering.name, late: true }, async () => null))) ??
  undefined

/** What a toolset offers now: `since`, the very same, where nothing has changed. */
export const latestOffer = async (
  { offering }: Source,
  since: Offer | undefined,
  { border, caller, signal, turn }: Asking & { readonly turn: number },
): Promise<Offer | undefined> =>
  offering &&
  ((await border.perform('tools', { caller, name: offering.name, turn }, () =>
    offering.news(since ?? nothing, signal),
  )) ??
    since)

/** Opens what is not open yet. `reserved` are names that no toolset may have. */
export const stockOf = async (
  sources: readonly Source[],
  offers: readonly (Offer | undefined)[],
  { signal, reserved }: { readonly signal: AbortSignal; readonly reserved: readonly string[] },
): Promise<Stock> => {
  const sets = await Promise.all(sources.map((source, index) => openedWith(source, offers[index], signal)))
  const { held, notices } = toldApart(sets, reserved)
  const granting = sources.find(({ offering }) => offering?.granted)?.offering
  return {
    ...(granting?.granted && { granted: granting.granted }),
    held,
    sets,
    prompts: sources.flatMap((source, index) => promptsOf(source, offers[index])),
    notices: [...offers.flatMap(offer => offer?.notices ?? []), ...notices, ...sets.flatMap(deferredInVain)],
  }
}

/** A server that failed offers nothing, and has said so. */
const deferredInVain = ({ name, tools, config: { defer } }: OpenSet): string[] =>
  (Array.isArray(defer) && tools.length > 0 ? defer : [])
    .filter(each => !tools.some(tool => tool.name === each))
    .map(each => `The toolset ${name} has no tool ${each} that could be deferred.`)

const openedWith = async (source: Source, offer: Offer | undefined, signal: AbortSignal): Promise<OpenSet> => {
  const { config } = source
  const toolset = source.offering ? dressed(offered(source, offer ?? nothing), config) : source.toolset
  const tools = await (source.offering ? toolset.open(signal) : source.open(signal))
  const isOurs = !source.offering || config.type === 'skills'
  return { name: toolset.name, isOurs, tools, instructions: toolset.instructions, config }
}

/** How to use the tools of these sets, where they say so. */
export const instructionsOf = (sets: readonly OpenSet[]): string[] =>
  sets.flatMap(({ instructions }) => (instructions ? [instructions] : []))

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
        ...(isOpaque(tool, config) && { isOpaque: true }),
        execute: (input, context) => offering.call(tool.name, input, context),
      }),
    ),
  [Symbol.asyncDispose]: async () => undefined,
})

/** A server that runs here may do anything to the files that are here. */
const isOpaque = ({ readOnly }: ToolDefinition, { type, remote }: SetConfig): boolean =>
  type === 'mcp' && remote === undefined && !readOnly

/** `mcp:github:create_issue`, also where the file puts the server's name in front of those of its tools. */
const originOf = ({ name }: ToolDefinition, { type, name: prefix }: SetConfig, offering: OfferingToolset): string =>
  `${type}:${offering.name}:${prefix !== undefined && name.startsWith(`${prefix}_`) ? name.slice(prefix.length + 1) : name}`
