import { liveBorder } from '../../border/live.ts'
import type { AgentConfig, AgentFile } from '../../config/schema.ts'
import { Failure } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ToolDefinition } from '../../core/tool.ts'
import type { Toolbox } from '../../loop/agent.ts'
import { delegationTools } from '../../loop/delegate.ts'
import { type Outlook, outlookOf } from '../../policy/outlook.ts'
import type { PermissionRules } from '../../policy/permissions.ts'
import { together } from '../approval.ts'
import { filesOf } from '../files.ts'
import { type FileWiring, modelNameOf } from '../models.ts'
import type { OpenOptions } from '../open.ts'
import { projectRulesOf } from '../settings/project-rules.ts'
import { redactionFor } from '../settings/redaction.ts'
import { variablesOf } from '../settings/secrets.ts'
import { namesIn, placeOf } from '../team-file.ts'
import { servers } from './mcp.ts'
import { type Sizes, sizesFor } from './sizes.ts'
import type { OpenSet, Stock } from './sources.ts'
import { storageOf } from './storage.ts'
import { toolboxOf } from './toolbox.ts'
import { type Shared, shared } from './toolsets.ts'

/** A tool as an agent has it. `tokens` is what it costs in each prompt, more or less. */
export type ToolReport = {
  readonly name: string
  readonly description: string
  readonly parameters: JsonObject
  /** The toolset that it is from, with the name of its server. */
  readonly origin: string
  readonly permission: Outlook
  readonly tokens: number
  /** `deferred`: found by search_tool; `script`: a function of run_tools_with_javascript. Neither is a tool of the prompt. */
  readonly place: 'prompt' | 'deferred' | 'script'
}

/**
 * `tokens` is the sum over what stands in each prompt: the instruction, those of the toolsets, and tools. `counted` says by
 * which tables, whether they are the model's own, so that texts are exact, and the same as a sentence.
 */
export type AgentReport = {
  readonly agent: string
  readonly tools: readonly ToolReport[]
  readonly instruction: number
  readonly toolsetInstructions: number
  readonly tokens: number
  readonly counted: Pick<Sizes, 'encoding' | 'isExact' | 'note'>
  /** What a person should know, as sentences: servers that failed, and names that are offered twice. */
  readonly notices: readonly string[]
  /** Whether a server that was asked could not be used. */
  readonly hasFailed: boolean
}

export type ReportOptions = Pick<
  OpenOptions,
  'source' | 'env' | 'home' | 'workingDirectory' | 'cassettesFrom' | 'agent' | 'fetch' | 'now'
> & {
  /** Gets an agent file by its URL. */
  readonly remote?: (url: string) => Promise<string>
}

/**
 * The tools of the agents of a file, and of the files that it takes members from. Servers are started and asked, side by
 * side, and ended.
 */
export const toolReports = async (options: ReportOptions, signal: AbortSignal): Promise<AgentReport[]> => {
  const files = await filesOf(options)
  const names = namesIn(files)
  if (options.agent !== undefined && !names.includes(options.agent)) {
    throw new Failure('usage', `There is no agent ${options.agent} in this file.`, {
      hint: `The agents are: ${names.join(', ')}.`,
    })
  }
  const [main] = files
  const project = await projectRulesOf(options.source.path, options.cassettesFrom).rules()
  await using opened = new AsyncDisposableStack()
  const reports = files.flatMap(({ file, path }) => {
    const there = path === '' ? options : { ...options, source: { ...options.source, path: placeOf(path, options) } }
    const { permissions: own = {} } = file
    // What the main file denies, no other allows.
    const rules = together(own, ...(path === '' ? [] : [{ deny: main.file.permissions?.deny ?? [] }]), project)
    const around = {
      common: sharedBy(file, there, opened),
      rules,
      signal,
      wiring: { file, env: options.env, overrides: [] },
    }
    const wanted = file.agents.filter(({ name }) => options.agent === undefined || name === options.agent)
    return wanted.map(agent => reportOf(agent, around))
  })
  return await Promise.all(reports)
}

const sharedBy = (file: AgentFile, options: ReportOptions, opened: AsyncDisposableStack): Shared => {
  const { fetch } = options
  const { secrets, clean } = redactionFor(options, {}, [{ file }])
  return shared({
    opened,
    border: liveBorder(fetch),
    fetch,
    servers: servers(file, { ...options, clean }, () => variablesOf(secrets())),
    storage: storageOf(options),
    startsAll: true,
    notice: () => undefined,
  })
}

type Around = {
  readonly common: Shared
  readonly rules: PermissionRules
  readonly signal: AbortSignal
  readonly wiring: FileWiring
}

const reportOf = async (config: AgentConfig, around: Around): Promise<AgentReport> => {
  const { common, rules, signal, wiring } = around
  const open = toolboxOf(config, common, noModel)
  const { tools, instructions, stock } = await open({ agent: config.name, lane: 'root' }, signal)
  const delegation = delegationTools({ subAgents: config.sub_agents ?? [], handoffs: config.handoffs ?? [] })
  const placed = [...inPlaces(tools, stock), ...delegation.map(tool => ({ tool: { ...tool, readOnly: true }, place }))]
  const { text, tool, encoding, isExact, note } = sizesFor(modelNameOf(config, wiring))
  const reports = await Promise.all(placed.map(one => toolReport(one, { stock, rules, sizeOf: tool })))
  const instruction = await text(config.instruction ?? '')
  const toolsetInstructions = await text(instructions.join('\n\n'))
  const ofTools = reports.filter(report => report.place === place).reduce((sum, { tokens }) => sum + tokens, 0)
  return {
    agent: config.name,
    tools: reports,
    instruction,
    toolsetInstructions,
    tokens: instruction + toolsetInstructions + ofTools,
    counted: { encoding, isExact, note },
    notices: stock.notices,
    hasFailed: stock.notices.length > 0 && stock.sets.some(hasFailed),
  }
}

/** Where most tools are. */
const place: ToolReport['place'] = 'prompt'

type Placed = { readonly tool: ToolDefinition & { readonly origin?: string }; readonly place: ToolReport['place'] }

/** What is seen, and what is not there for now. */
const inPlaces = (tools: Toolbox['tools'], { held }: Stock): Placed[] => {
  const seen = new Set(tools.map(({ name }) => name))
  const inScript = new Set(tools.flatMap(tool => ('conduct' in tool ? tool.tools.map(({ name }) => name) : [])))
  const others = held.map(({ tool }) => tool).filter(({ name }) => !seen.has(name))
  return [
    ...tools.map(tool => ({ tool, place })),
    ...others.map((tool): Placed => ({ tool, place: inScript.has(tool.name) ? 'script' : 'deferred' })),
  ]
}

type Judging = { readonly stock: Stock; readonly rules: PermissionRules; readonly sizeOf: Sizes['tool'] }

const toolReport = async ({ tool, place }: Placed, { stock, rules, sizeOf }: Judging): Promise<ToolReport> => {
  const { held } = stock
  const { name, description, parameters, readOnly = false, origin } = tool
  const from = held.find(one => one.tool.name === name)?.from
  const permission = await outlookOf(rules, { name, readOnly, ...(origin !== undefined && { origin }) })
  return {
    ...{ name, description, parameters, permission, place },
    origin: from ? originOf(from) : 'reprise',
    tokens: await sizeOf(tool),
  }
}

/** Who speaks is no matter here. */
const noModel = (): never => {
  throw new Error('a report of tools asks no model')
}

/** Servers have names of their own; our toolsets are called by their type. */
const originOf = ({ name, config: { type } }: OpenSet): string =>
  name === type || type === 'skills' ? type : `${type} ${name}`

const hasFailed = ({ isOurs, tools }: OpenSet): boolean => !isOurs && tools.length === 0
