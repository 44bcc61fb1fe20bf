import schema from '../../agent-schema.json' with { type: 'json' }
import { isJsonObject, type Json } from '../core/json.ts'
import { fits, type JsonSchema } from '../core/json-schema.ts'
import type { Source } from './diagnose.ts'
import { findingsIn, type LoadOptions } from './findings.ts'
import { placesOf } from './paths.ts'
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
  if ([...first, ...others].some(({ warning }) => !warning) || isMeantOtherwise(value)) return undefined
  if (!fits(value, schema as JsonSchema)) return undefined
  const { agents, ...rest } = value as unknown as WrittenFile
  return { ...rest, agents: Object.entries(agents).map(([name, agent]) => ({ name, ...agent })) }
}

/** Where the schema makes something else of what is written. */
const transformed = ['agents.*.commands', 'agents.*.fallback.cooldown']

const isMeantOtherwise = (file: Json): boolean => transformed.some(pattern => placesOf(file, pattern).length > 0)
