import { deepest, isDeeperThan, isJsonObject, type Json, type JsonObject } from '../../runtime/core/json.ts'
import type { Offer, PromptDefinition, ToolDefinition } from '../../runtime/core/tool.ts'
import { unfit } from '../schema/unfit.ts'
import type { McpConfig } from './config.ts'
import { plainName, prefixed } from './names.ts'
import { plain } from './words.ts'

/** A tool as its server calls it. `isRepeatable` promises that calling it twice is as good as once. */
export type ServerTool = {
  readonly name: string
  readonly description: string
  readonly parameters: JsonObject
  readonly isReadOnly: boolean
  readonly isRepeatable: boolean
  readonly needsTask: boolean
  /** A tool of ours, which reads what the server has: the list of it, or one. */
  readonly reads?: 'list' | 'one'
}

/** What a server listed. */
export type Listed = {
  readonly tools: readonly ServerTool[]
  readonly prompts: readonly PromptDefinition[]
  readonly notices: readonly string[]
  readonly instructions?: string
}

/** Tools of one server, and characters of one tool: more would leave no room in a prompt for anything else. */
const mostTools = 1000
const largestTool = 65_536
const longestInstructions = 30_000
/** Characters of what is wrong that a notice shows. */
const longestName = 80
/** Sentences about one server. */
const mostNotices = 6

/** The tools in what a server listed; what is none is told in `notices`. */
export const toolsIn = (listed: readonly Json[]): { tools: ServerTool[]; notices: string[] } => {
  const tools: ServerTool[] = []
  const notices: string[] = []
  for (const item of listed.slice(0, mostTools)) {
    const tool = toolIn(item)
    const why = tool && unfit(tool, largestTool)
    if (!tool) notices.push(`It lists something that is no tool: ${shown(item)}.`)
    else if (tools.some(({ name }) => name === tool.name)) notices.push(`It lists the tool ${tool.name} twice.`)
    else if (why !== undefined) notices.push(`Its tool ${tool.name.slice(0, longestName)} is left out: ${why}.`)
    else tools.push(tool)
  }
  if (listed.length > mostTools) notices.push(`It lists ${listed.length} tools; only ${mostTools} are offered.`)
  return { tools, notices }
}

const shown = (item: Json): string =>
  isDeeperThan(item, deepest) ? 'a value that is nested very deep' : JSON.stringify(item).slice(0, longestName)

const toolIn = (item: Json): ServerTool | undefined => {
  if (!isJsonObject(item) || typeof item['name'] !== 'string' || item['name'] === '') return undefined
  const { name, description, inputSchema, annotations, execution } = item
  const hints: JsonObject = isJsonObject(annotations) ? annotations : {}
  const isReadOnly = hints['readOnlyHint'] === true
  return {
    name,
    description: typeof description === 'string' ? description : '',
    parameters: schemaOf(inputSchema),
    isReadOnly,
    isRepeatable: isReadOnly || hints['idempotentHint'] === true,
    needsTask: isJsonObject(execution) && execution['taskSupport'] === 'required',
  }
}

/** Providers want an object with properties, even if there are none. */
const schemaOf = (schema: Json | undefined): JsonObject => {
  if (!isJsonObject(schema) || schema['type'] !== 'object') return { type: 'object', properties: {} }
  const { $schema: _, ...plain } = schema
  return { properties: {}, ...plain }
}

const mostPrompts = 200

/** The prompts in what a server listed; what is none is left out. */
export const promptsIn = (listed: readonly Json[]): PromptDefinition[] =>
  listed.slice(0, mostPrompts).flatMap(item => {
    if (!isJsonObject(item) || typeof item['name'] !== 'string' || item['name'] === '') return []
    const { name, description } = item
    const gaps = Array.isArray(item['arguments']) ? (item['arguments'] as readonly Json[]).filter(isJsonObject) : []
    return [
      {
        name,
        ...(typeof description === 'string' && { description: description.slice(0, 1000) }),
        arguments: gaps.map(gap => ({
          name: String(gap['name'] ?? ''),
          ...(gap['required'] === true && { required: true as const }),
        })),
      },
    ]
  })

/** What a server offers, and which of its tools stands behind each name. */
export type Listing = { readonly offer: Offer; readonly byName: ReadonlyMap<string, ServerTool> }

/** The tools under the names by which they are offered, as the agent file wants them. */
export const listingOf = (config: McpConfig, { tools, prompts, notices, instructions }: Listed): Listing => {
  const byName = new Map<string, ServerTool>()
  const told = [...notices]
  for (const tool of tools.filter(tool => isWanted(tool, config))) {
    const name = nameOf(tool, config)
    if (byName.has(name)) told.push(`Two of its tools would be called ${name}, so one is left out.`)
    else byName.set(name, tool)
  }
  told.push(...absent(config, tools))
  const offer: Offer = {
    tools: [...byName].map(([name, tool]) => definitionOf(name, tool)),
    ...(prompts.length > 0 && { prompts: prompts.map(prompt => ({ ...prompt, name: offered(prompt.name, config) })) }),
    ...(instructions && { instructions: instructions.slice(0, longestInstructions) }),
    ...(told.length > 0 && { notices: some(told).map(text => plain(`MCP server ${config.name}: ${text}`)) }),
  }
  return { offer, byName }
}

/** A server that lists a thousand things that are none says the same a thousand times. */
const some = (notices: readonly string[]): readonly string[] =>
  notices.length <= mostNotices
    ? notices
    : [...notices.slice(0, mostNotices), `And ${notices.length - mostNotices} more of this kind.`]

/** The name by which a tool or a prompt of the server is offered. */
export const offered = (name: string, { prefix }: McpConfig): string =>
  prefix === undefined ? plainName(name) : prefixed(prefix, name)

/** Tools of ours have the server's name in front in any case: many servers have them. */
const nameOf = ({ name, reads }: ServerTool, config: McpConfig): string =>
  reads && config.prefix === undefined ? prefixed(config.name, name) : offered(name, config)

const isWanted = (tool: ServerTool, config: McpConfig): boolean =>
  config.only?.some(name => name === tool.name || name === nameOf(tool, config)) ?? true

const absent = (config: McpConfig, tools: readonly ServerTool[]): string[] => {
  const known = tools.flatMap(tool => [tool.name, nameOf(tool, config)])
  const missing = config.only?.filter(name => !known.includes(name)) ?? []
  if (missing.length === 0) return []
  return [`It has no tool ${missing.join(', ')}. Its tools are: ${tools.map(({ name }) => name).join(', ')}.`]
}

const definitionOf = (name: string, { description, parameters, isReadOnly }: ServerTool): ToolDefinition => ({
  name,
  description,
  parameters,
  ...(isReadOnly && { readOnly: true }),
})
