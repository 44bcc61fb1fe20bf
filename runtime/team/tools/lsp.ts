import { basename } from 'node:path'
import { handles, type LspConfig, type LspWorld } from '../../../tools/lsp/config.ts'
import { type Backend, sideBySide } from '../../../tools/lsp/several.ts'
import type { ToolsetConfig } from '../../config/schema.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Toolset } from '../../core/tool.ts'
import type { Servers } from './mcp.ts'

/** A toolset of type lsp as its client wants it. */
export const lspConfig = (toolset: ToolsetConfig): LspConfig => {
  const { command = '', args = [], env = {}, file_types: fileTypes = [], config, version, timeout } = toolset
  return {
    ...{ name: nameOf(toolset), command, args, env, fileTypes },
    ...(config !== undefined && isJsonObject(config) && { settings: config }),
    ...(version !== undefined && { version }),
    ...(timeout !== undefined && { timeout }),
  }
}

/** What language servers get of their surroundings: the same as MCP servers. */
export const lspWorld = (servers: Servers, agent: string): LspWorld => {
  const { env, groups, version, log } = servers.worldFor(agent)
  return { env, groups, version, log }
}

/** Several language servers as one toolset, each with what the agent file says of it; `dressed` are in the same order. */
export const together = (configs: readonly ToolsetConfig[], dressed: readonly Toolset[]): Toolset =>
  sideBySide(
    dressed.map((toolset, index): Backend => {
      const { file_types: fileTypes = [] } = configs[index] ?? {}
      return { name: nameOf(configs[index] ?? {}), handles: file => handles(fileTypes, file), toolset }
    }),
  )

/** For people: the program, or what a program such as npx is told to run. */
const nameOf = ({ command = '', args = [] }: Pick<ToolsetConfig, 'command' | 'args'>): string => {
  const program = basename(command)
  if (!/^(npx|bunx|node|python3?|uvx?|sh|bash|env)$/.test(program)) return program
  const argument = args.find(arg => !/^-|\s/.test(arg))
  return argument === undefined ? program : basename(argument).replace(/\.(js|mjs|cjs|ts|py)$/, '')
}
