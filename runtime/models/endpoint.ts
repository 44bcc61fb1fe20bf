import { Failure } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import type { ModelSettings, Quirks } from '../core/protocol.ts'
import { azureAddress, azureVersion } from './azure.ts'
import { baseUrlOf, checkedUrl } from './base-url.ts'
import { type Provider, providerNames, providers } from './providers.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** A model as agent files set it up. */
export type ModelConfig = {
  readonly provider: string
  readonly model: string
  readonly temperature?: number
  readonly top_p?: number
  readonly max_tokens?: number
  readonly frequency_penalty?: number
  readonly presence_penalty?: number
  readonly base_url?: string
  readonly token_key?: string
  readonly parallel_tool_calls?: boolean
  readonly thinking_budget?: NonNullable<ModelSettings['thinkingBudget']>
  readonly track_usage?: boolean
  readonly provider_opts?: JsonObject
}

/** An entry of an agent file's `providers`. */
export type CustomProvider = { readonly base_url: string; readonly token_key?: string; readonly api_type?: string }

/** Everything there is to know for calling a model. The key may be missing: a replay needs none. */
export type Endpoint = {
  readonly provider: string
  readonly model: string
  readonly protocol: string
  readonly baseUrl: string
  /** The environment variable that would hold the base URL, where nothing does. */
  readonly missingUrl?: string
  /** Between the base URL and an operation's path, and behind it. */
  readonly prefix?: string
  readonly query?: string
  readonly key?: string
  /** Where the key is looked for; none where no key is wanted. */
  readonly keyVariables: readonly string[]
  readonly keyOptional?: true
  readonly keyHeader?: 'api-key'
  readonly headers: Readonly<Record<string, string>>
  readonly settings: ModelSettings
  readonly quirks: Quirks
  readonly start?: string
}

export type Surroundings = { readonly env: Environment; readonly custom: Readonly<Record<string, CustomProvider>> }

/** Where a model is called, and how. Throws `config` for a provider that nobody knows. */
export const resolveEndpoint = (config: ModelConfig, { env, custom }: Surroundings): Endpoint => {
  const own = custom[config.provider]
  const provider = own ? customProvider(config.provider, own) : knownProvider(config.provider)
  const variables = config.token_key ? [config.token_key] : provider.keyVariables
  const key = variables.map(name => env[name]?.trim()).find(Boolean)
  return {
    provider: provider.name,
    model: config.model,
    protocol: protocolFor(provider, config, own !== undefined),
    ...addressOf(provider, config, env),
    ...(key !== undefined && { key }),
    keyVariables: variables,
    ...(provider.keyOptional && !config.token_key && { keyOptional: true }),
    ...(provider.keyHeader && { keyHeader: provider.keyHeader }),
    headers: headersFrom(provider, env),
    settings: settingsOf(config),
    quirks: provider.quirks ?? {},
    ...(provider.start !== undefined && { start: provider.start }),
  }
}

const knownProvider = (name: string): Provider => {
  const known = providers.find(provider => provider.name === name.toLowerCase())
  if (known) return known
  throw new Failure('config', `There is no provider ${name}.`, {
    hint: `The providers are ${providerNames.join(', ')}; others are declared under providers, with a base_url.`,
  })
}

/** Without a token_key no key is sent, as in cagent: a key of somebody else's is not for this server. */
const customProvider = (name: string, { base_url, token_key, api_type }: CustomProvider): Provider => ({
  name,
  protocol: protocols[api_type ?? ''] ?? 'openai-chat',
  baseUrl: checkedUrl(base_url, `base_url of provider ${name}`),
  keyVariables: token_key ? [token_key] : [],
  urlVariables: [],
})

const protocols: Readonly<Record<string, string>> = {
  openai_chatcompletions: 'openai-chat',
  openai_responses: 'openai-responses',
}

/** cagent's rule for OpenAI's own models; newer ones are like the last that it knows. */
const wantsResponses = /^(gpt-4\.1|gpt-([5-9]|\d\d)|o[134]|codex)|-codex/i

const protocolFor = (provider: Provider, { model, provider_opts }: ModelConfig, isCustom: boolean): string => {
  const asked = protocols[`${provider_opts?.['api_type']}`]
  if (asked !== undefined && provider.protocol.startsWith('openai-')) return asked
  if (!isCustom && provider.name === 'openai' && wantsResponses.test(model)) return 'openai-responses'
  return provider.protocol
}

type Address = Pick<Endpoint, 'baseUrl' | 'missingUrl' | 'prefix' | 'query'>

const addressOf = (provider: Provider, { base_url, model, provider_opts }: ModelConfig, env: Environment): Address => {
  const baseUrl = base_url ? checkedUrl(base_url, `base_url of ${provider.name}/${model}`) : baseUrlOf(provider, env)
  if (provider.name !== 'azure') return { baseUrl }
  const address = azureAddress(baseUrl, model, azureVersion(provider_opts?.['api_version'], env))
  return baseUrl === '' ? { ...address, missingUrl: provider.urlVariables[0]?.name ?? '' } : address
}

const headersFrom = ({ headerVariables = {} }: Provider, env: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headerVariables).flatMap(([header, variable]) => {
      const value = env[variable]?.trim()
      return value ? [[header, value]] : []
    }),
  )

const settingsOf = (config: ModelConfig): ModelSettings => {
  const settings = {
    temperature: config.temperature,
    topP: config.top_p,
    maxTokens: config.max_tokens,
    frequencyPenalty: config.frequency_penalty,
    presencePenalty: config.presence_penalty,
    thinkingBudget: config.thinking_budget,
    parallelToolCalls: config.parallel_tool_calls,
    trackUsage: config.track_usage,
    options: config.provider_opts,
  }
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}

/** What `auto` stands for, provider by provider: cagent's choice, in cagent's order. */
const automatic: readonly (readonly [provider: string, model: string])[] = [
  ['anthropic', 'claude-sonnet-4-5'],
  ['openai', 'gpt-5-mini'],
  ['google', 'gemini-2.5-flash'],
  ['mistral', 'mistral-small-latest'],
]

/**
 * The model of agents that name none, or `auto`: that of DOCKER_AGENT_DEFAULT_MODEL or CAGENT_DEFAULT_MODEL, else of the
 * first provider with a key, else a local one.
 */
export const autoModel = (env: Environment): ModelConfig => {
  const named = env['DOCKER_AGENT_DEFAULT_MODEL'] || env['CAGENT_DEFAULT_MODEL']
  const [provider, ...model] = named?.split('/') ?? []
  if (provider && model.length > 0) return { provider, model: model.join('/') }
  const found = automatic.find(([name]) => knownProvider(name).keyVariables.some(variable => env[variable]?.trim()))
  return found ? { provider: found[0], model: found[1] } : { provider: 'dmr', model: 'ai/qwen3:latest' }
}
