import type { AgentConfig, AgentFile, ToolsetConfig } from '../config/schema.ts'
import type { ImageRules } from '../models/images.ts'
import { type FileWiring, imagesFor, missingKeyFor, modelNameOf, windowFor } from './models.ts'

/** An agent as a person may want to know it; `model` is `provider/model`, `commands` are said as `/name`. */
type Member = {
  readonly name: string
  readonly description: string
  readonly model: string
  /** How many tokens that model reads, where that is known. */
  readonly window?: number
  readonly images?: ImageRules
  /** The variable that should hold the key of its model, where it does not. */
  readonly missingKey?: string
  readonly commands: readonly { readonly name: string; readonly description: string }[]
  /** Its MCP servers, by name, or by what starts them. */
  readonly servers: readonly string[]
}

/** Who can be spoken to: the agents in the order of the file, and the name of the one that is spoken to first. */
export type Cast = {
  readonly welcome: string | undefined
  readonly speaker: string
  readonly agents: readonly Member[]
}

export const castOf = (file: AgentFile, speaker: string, wiring: FileWiring): Cast => ({
  welcome: file.agents.find(({ name }) => name === speaker)?.welcome_message,
  speaker,
  get agents() {
    return file.agents.map(agent => memberOf(agent, wiring))
  },
})

const memberOf = (agent: AgentConfig, wiring: FileWiring): Member => {
  const window = windowFor(agent, wiring)
  const missingKey = missingKeyFor(agent, wiring)
  return {
    name: agent.name,
    description: agent.description ?? '',
    model: modelNameOf(agent, wiring),
    images: imagesFor(agent, wiring),
    ...(window !== undefined && { window }),
    ...(missingKey !== undefined && { missingKey }),
    commands: Object.entries(agent.commands ?? {}).map(([name, { description = '' }]) => ({ name, description })),
    servers: (agent.toolsets ?? []).filter(({ type }) => type === 'mcp').map(serverName),
  }
}

const serverName = ({ name, ref, command, remote }: ToolsetConfig): string =>
  name ?? ref ?? command ?? remote?.url ?? 'mcp'
