import type { AgentConfig, AgentFile, ModelConfig } from '../config/schema.ts'
import type { Border } from '../core/border.ts'
import { Failure } from '../core/errors.ts'
import type { Model } from '../core/model.ts'
import { fallingBack, priced, retrying, takingTurns } from '../models/compose.ts'
import { autoModel, type Endpoint, resolveEndpoint } from '../models/endpoint.ts'
import { type ImageRules, imageRulesOf } from '../models/images.ts'
import { type Gate, type GateOptions, gateOf, sharing } from '../models/limits.ts'
import { modelOf } from '../models/model.ts'
import { routed } from '../models/route.ts'
import type { Budget } from '../models/thinking.ts'
import { windowOf } from '../models/windows.ts'

/** A file, as its models are wired; nothing is asked yet. */
export type FileWiring = Pick<ModelWiring, 'file' | 'env' | 'overrides' | 'names' | 'thinking'>

export type ModelWiring = {
  readonly file: AgentFile
  readonly env: Readonly<Record<string, string | undefined>>
  /** `provider/model` or `agent=provider/model`, from the command line. */
  readonly overrides: readonly string[]
  /** How much all of them think, whatever the file says. */
  readonly thinking?: Budget | undefined
  /** All agents that the command line may name; those of the file where absent. */
  readonly names?: readonly string[]
  readonly border: Border
  /** Waits between two attempts; a replay does not wait. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  readonly now: () => number
  /** What holds back all who ask the provider of an endpoint. */
  readonly gateFor?: (endpoint: Endpoint) => Gate
}

/** Attempts at one model before the next is tried, or the run fails. */
const defaultAttempts = 3

/**
 * The model that an agent speaks with: its own or the one of the command line, or `chosen` in their place, with retries,
 * fallbacks and a price.
 */
export const modelFor = (agent: AgentConfig, wiring: ModelWiring, chosen?: string): Model => {
  const { fallback } = agent
  const { border, now } = wiring
  const attempts = fallback?.retries === -1 ? 1 : 1 + (fallback?.retries || defaultAttempts - 1)
  const references = referencesOf(agent, wiring, chosen)
  const models = references.map((reference, index) => ({
    name: reference,
    // Who has somebody to fall back on does not wait for a limit to be lifted.
    model: speaking(reference, wiring, { attempts, waitsForLimits: index === references.length - 1 }),
  }))
  const [only] = models
  if (only && models.length === 1) return only.model
  // The time decides whom to ask, so a replay must have the time of the recording.
  const clock = async () => Number(await border.perform('fact', { name: 'time' }, async () => now()))
  return fallingBack(models, { cooldown: cooldownOf(fallback?.cooldown), clock })
}

type Patience = { readonly attempts: number; readonly waitsForLimits: boolean }

/** A model by its name: one that is called, several in turns, or one of several by what was said. */
const speaking = (reference: string, wiring: ModelWiring, patience: Patience): Model => {
  const { file } = wiring
  const several = severalIn(reference, file)
  if (several) return takingTurns(several.map(one => speaking(one, wiring, patience)))
  const routes = file.models?.[reference]?.routing ?? []
  const own = patient(reference, wiring, patience)
  if (routes.length === 0) return own
  return routed(
    routes.map(({ model, examples }) => ({
      model: speaking(model, withoutRoutes(wiring, reference), patience),
      examples,
    })),
    own,
  )
}

/** The models of an alloy, by their names; nothing for what is one model. */
const severalIn = (reference: string, { models }: AgentFile): string[] | undefined => {
  const named = models?.[reference]
  const names = named ? (named.provider === '' ? named.model : '') : reference
  return names.includes(',') ? names.split(',').map(name => name.trim()) : undefined
}

/** A model that a route leads back to is meant itself. */
const withoutRoutes = <Wiring extends Pick<FileWiring, 'file'>>(wiring: Wiring, reference: string): Wiring => {
  const { routing: _, ...model } = wiring.file.models?.[reference] ?? { provider: '', model: '' }
  return { ...wiring, file: { ...wiring.file, models: { ...wiring.file.models, [reference]: model } } }
}

const patient = (reference: string, wiring: ModelWiring, patience: Patience): Model => {
  const { border, sleep, gateFor } = wiring
  const asking = (endpoint: Endpoint): Model => {
    const model = priced(modelOf(endpoint, border), `${endpoint.provider}/${endpoint.model}`)
    const gate = patience.waitsForLimits ? gateFor?.(endpoint) : undefined
    return retrying(gate ? sharing(model, gate) : model, { ...patience, sleep })
  }
  if (reference !== auto || wiring.file.models?.[auto]) return asking(endpointOf(reference, wiring))
  // The keys that are set decide whom to ask, and a replay has none: it must be told what they came to.
  let found: Promise<Model> | undefined
  const find = async (): Promise<Model> => {
    const { provider, model } = autoModel(wiring.env)
    const name = await border.perform('fact', { name: 'model' }, async () => `${provider}/${model}`)
    return asking(endpointOf(String(name), wiring))
  }
  return async function* (request, signal) {
    found ??= find()
    const model = await found
    yield* model(request, signal)
  }
}

/** Where an agent's calls may go: its model first, then its fallbacks. */
export const endpointsFor = (agent: AgentConfig, wiring: FileWiring): Endpoint[] =>
  referencesOf(agent, wiring).flatMap(reference => endpointsOf(reference, wiring))

/** The model that an agent speaks with first, as `provider/model`. */
export const modelNameOf = (agent: AgentConfig, wiring: FileWiring): string => {
  const [endpoint] = endpointsFor(agent, wiring)
  return endpoint ? `${endpoint.provider}/${endpoint.model}` : ''
}

/** Where the calls of a model go; those of an alloy, and those that routes lead to, with it. */
const endpointsOf = (reference: string, wiring: FileWiring): Endpoint[] => {
  const several = severalIn(reference, wiring.file)
  if (several) return several.flatMap(one => endpointsOf(one, wiring))
  const routes = wiring.file.models?.[reference]?.routing ?? []
  const others = routes.flatMap(({ model }) => endpointsOf(model, withoutRoutes(wiring, reference)))
  return [endpointOf(reference, wiring), ...others]
}

/** How much the model of an agent reads, as far as that is known; of several the one that reads the least. */
export const windowFor = (agent: AgentConfig, wiring: FileWiring): number | undefined => {
  const [own = auto] = referencesOf(agent, wiring)
  const known = endpointsOf(own, wiring).flatMap(endpoint => windowOf(endpoint, endpoint.settings.options) ?? [])
  return known.length === 0 ? undefined : Math.min(...known)
}

/** What becomes of images at the model of an agent; of several at the one that takes the least. */
export const imagesFor = (agent: AgentConfig, wiring: FileWiring): ImageRules => {
  const [own = auto] = referencesOf(agent, wiring)
  const rules = endpointsOf(own, wiring).map(imageRulesOf)
  return { isRead: rules.every(({ isRead }) => isRead), most: Math.min(...rules.map(({ most }) => most)) }
}

/** The variables of which one should hold a key for an agent's model, where none of them does. */
export const missingKeyFor = (agent: AgentConfig, wiring: FileWiring): string | undefined => {
  const [own = auto] = referencesOf(agent, wiring)
  const [endpoint] = endpointsOf(own, wiring)
  if (!endpoint || endpoint.key !== undefined || endpoint.keyOptional || endpoint.keyVariables.length === 0)
    return undefined
  return endpoint.keyVariables.join(' or ')
}

/** Gates by provider, address and key: those are counted together. */
export const gates = (options: GateOptions): NonNullable<ModelWiring['gateFor']> => {
  const all = new Map<string, Gate>()
  return ({ provider, baseUrl, key = '' }) => {
    const name = [provider, baseUrl, key].join(' ')
    const gate = all.get(name) ?? gateOf(options)
    all.set(name, gate)
    return gate
  }
}

/** Those, and where they may go since toolsets of the agent want a model of their own, or let it choose one. */
export const allEndpointsFor = (agent: AgentConfig, wiring: FileWiring): Endpoint[] => {
  const { toolsets = [] } = agent
  const defined = toolsets.flatMap(({ ref }) => (ref && wiring.file.mcps?.[ref]?.model) || [])
  const references = toolsets.flatMap(({ model, models = [] }) => [...(model ? [model] : []), ...models])
  const others = [...references, ...defined].flatMap(reference => endpointsOf(reference, wiring))
  return [...endpointsFor(agent, wiring), ...others]
}

/** What stands for the first provider whose key is set. */
const auto = 'auto'

const referencesOf = (
  agent: AgentConfig,
  wiring: Pick<FileWiring, 'file' | 'overrides' | 'names'>,
  chosen?: string,
): string[] => [chosen ?? overrideFor(agent.name, wiring) ?? agent.model ?? auto, ...(agent.fallback?.models ?? [])]

const endpointOf = (
  reference: string,
  { file, env, thinking }: Pick<FileWiring, 'file' | 'env' | 'thinking'>,
): Endpoint => {
  const endpoint = resolveEndpoint(configOf(reference, file, env), { env, custom: file.providers ?? {} })
  if (thinking === undefined) return endpoint
  return { ...endpoint, settings: { ...endpoint.settings, thinkingBudget: thinking } }
}

const configOf = (reference: string, file: AgentFile, env: ModelWiring['env']): ModelConfig => {
  const named = file.models?.[reference]
  if (named) return named
  if (reference === auto) return autoModel(env)
  const [provider, ...model] = reference.split('/')
  if (provider && model.join('/') !== '') return { provider, model: model.join('/') }
  throw new Failure('config', `There is no model ${reference}.`, {
    hint: 'Name a model of the file, or write provider/model.',
  })
}

/** The last word on the command line counts; one with the agent's name counts more than one without. */
const overrideFor = (
  agent: string,
  { file, overrides, names = file.agents.map(({ name }) => name) }: Pick<FileWiring, 'file' | 'overrides' | 'names'>,
): string | undefined => {
  const parsed = overrides.map(text => {
    const [name, reference] = text.includes('=') ? text.split(/=(.*)/s) : [undefined, text]
    if (name !== undefined && !names.includes(name)) {
      throw new Failure('usage', `--model ${text}: there is no agent ${name}.`, {
        hint: `The agents are: ${names.join(', ')}.`,
      })
    }
    return { name, reference: reference ?? '' }
  })
  const own = parsed.filter(({ name }) => name === agent).at(-1)
  return (own ?? parsed.filter(({ name }) => name === undefined).at(-1))?.reference
}

const cooldownOf = (cooldown: number | undefined): number => (cooldown ?? 60) * 1000
