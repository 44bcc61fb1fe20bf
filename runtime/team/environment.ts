import type { AgentFile } from '../config/schema.ts'
import { autoModel } from '../models/endpoint.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The variable by which `auto` can be told what it stands for. */
const automatic = 'DOCKER_AGENT_DEFAULT_MODEL'

/** Variables that a text names as `${env.NAME}`. */
const named = /\$\{[^}]*?\benv(?:\.(\w+)|\[['"`](\w+)['"`]\])/g

/**
 * What a recording has to say of the environment, so that a replay elsewhere reads the same agent file: the variables
 * that the file names, and the model that `auto` stood for, which hangs on the keys that were there.
 */
export const environmentOf = (
  { source, file, models }: { readonly source: string; readonly file: AgentFile; readonly models: readonly string[] },
  env: Environment,
): Record<string, string> => {
  const names = [...source.matchAll(named)].map(([, dotted, bracketed]) => dotted ?? bracketed ?? '')
  const values = [...new Set(names)].flatMap(name => (env[name] === undefined ? [] : [[name, env[name]] as const]))
  return { ...Object.fromEntries(values), ...(isAutomatic(file, models) && { [automatic]: chosen(env) }) }
}

const isAutomatic = ({ agents }: AgentFile, models: readonly string[]): boolean =>
  agents.some(({ model, fallback }) => [model ?? 'auto', ...(fallback?.models ?? [])].includes('auto')) ||
  models.some(model => /(^|=)auto$/.test(model))

const chosen = (env: Environment): string => {
  const { provider, model } = autoModel(env)
  return `${provider}/${model}`
}
