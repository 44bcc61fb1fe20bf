import type { AgentConfig, AgentFile, ModelConfig } from '../config/schema.ts'
import type { Border } from '../core/border.ts'
import { Failure } from '../core/errors.ts'
import type { Model } from '../core/model.ts'
import { fallingBack, priced, retrying } from '../models/compose.ts'
import { autoModel, type Endpoint, resolveEndpoint } from '../models/endpoint.ts'
import { modelOf } from '../models/model.ts'

export type ModelWiring = {
  readonly file: AgentFile
  readonly env: Readonly<Record<string, string | undefined>>
  /** `provider/model` or `agent=provider/model`, from the command line. */
  readonly overrides: readonly string[]
  readonly border: Border
  /** Waits between two attempts; a replay does not wait. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  readonly now: () => number
}

/** Attempts at one model before the next is tried, or the run fails. */
const defaultAttempts = 3

/** The model that an agent speaks with: its own or the one of the command line, with retries, fallbacks and a price. */
export const modelFor = (agent: AgentConfig, wiring: ModelWiring): Model => {
  const { fallback } = agent
  const { border, sleep, now } = wiring
  const attempts = fallback?.retries === -1 ? 1 : 1 + (fallback?.retries || defaultAttempts - 1)
  const endpoints = endpointsFor(agent, wiring)
  const models = endpoints.map((endpoint, index) => {
    const name = `${endpoint.provider}/${endpoint.model}`
    // Who has somebody to fall back on does not wait for a limit to be lifted.
    const waitsForLimits = index === endpoints.length - 1
    return { name, model: retrying(priced(modelOf(endpoint, border), name), { attempts, sleep, waitsForLimits }) }
  })
  const [only] = models
  if (only && models.length === 1) return only.model
  // The time decides whom to ask, so a replay must have the time of the recording.
  const clock = async () => Number(await border.perform('fact', { name: 'time' }, async () => now()))
  return fallingBack(models, { cooldown: cooldownOf(fallback?.cooldown), clock })
}

/** Where an agent's calls may go: its model first, then its fallbacks. */
export const endpointsFor = (
  agent: AgentConfig,
  wiring: Pick<ModelWiring, 'file' | 'env' | 'overrides'>,
): Endpoint[] => {
  const reference = overrideFor(agent.name, wiring) ?? agent.model ?? 'auto'
  return [reference, ...(agent.fallback?.models ?? [])].map(name => endpointOf(name, wiring))
}

const endpointOf = (reference: string, { file, env }: Pick<ModelWiring, 'file' | 'env'>): Endpoint =>
  resolveEndpoint(configOf(reference, file, env), { env, custom: file.providers ?? {} })

const configOf = (reference: string, file: AgentFile, env: ModelWiring['env']): ModelConfig => {
  const named = file.models?.[reference]
  if (named) return named
  if (reference === 'auto') return autoModel(env)
  const [provider, ...model] = reference.split('/')
  if (provider && model.join('/') !== '') return { provider, model: model.join('/') }
  throw new Failure('config', `There is no model ${reference}.`, {
    hint: 'Name a model of the file, or write provider/model.',
  })
}

/** The last word on the command line counts; one with the agent's name counts more than one without. */
const overrideFor = (
  agent: string,
  { file, overrides }: Pick<ModelWiring, 'file' | 'overrides'>,
): string | undefined => {
  const parsed = overrides.map(text => {
    const [name, reference] = text.includes('=') ? text.split(/=(.*)/s) : [undefined, text]
    if (name !== undefined && !file.agents.some(agent => agent.name === name)) {
      throw new Failure('usage', `--model ${text}: there is no agent ${name}.`, {
        hint: `The agents are: ${file.agents.map(agent => agent.name).join(', ')}.`,
      })
    }
    return { name, reference: reference ?? '' }
  })
  const own = parsed.filter(({ name }) => name === agent).at(-1)
  return (own ?? parsed.filter(({ name }) => name === undefined).at(-1))?.reference
}

const cooldownOf = (cooldown: number | undefined): number => (cooldown ?? 60) * 1000
