import { isDeepStrictEqual } from 'node:util'
import type { McpConfig, McpWorld } from '../../../tools/mcp/config.ts'
import { mcpToolset } from '../../../tools/mcp/toolset.ts'
import type { OfferingToolset } from '../../core/tool.ts'
import { loadTeamFile } from '../check.ts'
import type { OpenOptions } from '../open.ts'
import { redactionFor } from '../settings/redaction.ts'
import { variablesOf } from '../settings/secrets.ts'
import { mcpConfig, servers } from './mcp.ts'

/** An MCP server of an agent file, with the agents that use it; nothing of it is started. */
export type McpServer = {
  readonly config: McpConfig
  readonly agents: readonly string[]
  readonly world: McpWorld
  readonly toolset: () => OfferingToolset
}

export type McpOptions = Pick<OpenOptions, 'source' | 'env' | 'home' | 'workingDirectory' | 'fetch' | 'log'>

/** All MCP servers of an agent file, each once. Throws a Failure for a wrong file. */
export const mcpServersIn = async (options: McpOptions): Promise<readonly McpServer[]> => {
  const { source, env } = options
  const file = await loadTeamFile(source, { env })
  const { secrets, clean } = redactionFor(options, {}, [{ file }])
  const surroundings = servers(file, { ...options, clean }, () => variablesOf(secrets()))
  const world = surroundings.worldFor('')
  const all = file.agents.flatMap(({ name, toolsets = [] }) =>
    toolsets
      .filter(({ type }) => type === 'mcp')
      .map(toolset => ({ agent: name, config: mcpConfig(toolset, surroundings) })),
  )
  const different = all.filter(
    ({ config }, index) => all.findIndex(other => isDeepStrictEqual(other.config, config)) === index,
  )
  return different.map(({ config }) => ({
    config,
    agents: [...new Set(all.filter(other => isDeepStrictEqual(other.config, config)).map(({ agent }) => agent))],
    world,
    toolset: () => mcpToolset(config, world),
  }))
}
