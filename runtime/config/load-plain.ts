import schema from '../../agent-schema.json' with { type: 'json' }
import { isJsonObject } from '../core/json.ts'
import { fits, type JsonSchema } from '../core/json-schema.ts'
import type { Source } from './diagnose.ts'
import { findingsIn, type LoadOptions } from './findings.ts'
import { commandsOf, seconds } from './meant.ts'
import { readPlainYaml } from './plain-yaml.ts'
import type { AgentFile, WrittenFile } from './schema.ts'

/**
 * An agent file in which nothing is wrong and nothing unusual, read without js-yaml and zod: to load them takes a third of
 * the time in which bare Node starts. Undefined for all other files. `loadAgentFile` reads those, and reads these alike.
 */
export const loadPlainAgentFile = ({ text }: Source, options: LoadOptions): AgentFile | undefined => {
  const value = readPlainYaml(text)
  if (value === undefined || !isJsonObject(value)) return undefined
  const { first, others } = findingsIn(value, options)
  if ([...first, ...others].some(({ warning }) => !warning)) return undefined
  if (!fits(value, schema as JsonSchema)) return undefined
  const { agents, ...rest } = value as unknown as Written
  return { ...rest, agents: Object.entries(agents).map(([name, agent]) => ({ name, ...meant(agent) })) }
}

/** Of these keys the schema makes something else than what is written. */
type WrittenAgent = Omit<WrittenFile['agents'][string], 'commands' | 'fallback'> & {
  readonly commands?: Parameters<typeof commandsOf>[0]
  readonly fallback?: { readonly cooldown?: Parameters<typeof seconds>[0] }
}
type Written = Omit<WrittenFile, 'agents'> & { readonly agents: Readonly<Record<string, WrittenAgent>> }

const meant = ({ commands, fallback, ...agent }: WrittenAgent): WrittenFile['agents'][string] => {
  const { cooldown, ...others } = fallback ?? {}
  return {
    ...agent,
    ...(commands && { commands: commandsOf(commands) }),
    ...(fallback && { fallback: { ...others, ...(cooldown !== undefined && { cooldown: seconds(cooldown) }) } }),
  }
}
