import { expect, test } from 'vitest'
import { Failure } from '../runtime/core/errors.ts'
import { autoModel, type CustomProvider, type ModelConfig, resolveEndpoint } from '../runtime/models/endpoint.ts'
import { modelOf } from '../runtime/models/model.ts'
import { loadProtocol } from '../runtime/models/protocols.ts'
import { providers } from '../runtime/models/providers.ts'
import { originOf } from '../runtime/team/tapes/origin.ts'
import { user } from './support/asked.ts'

type Environment = Readonly<Record<string, string>>

const resolved = (config: ModelConfig, env: Environment = {}, custom: Record<string, CustomProvider> = {}) =>
  resolveEndpoint(config, { env, custom })

/** Where a call really goes, whatever holds its parts. */
const calledAt = async (config: ModelConfig, env: Environment = {}, custom: Record<string, CustomProvider> = {}) => {
  const seen: { provider: string; operation: string; url: string }[] = []
  const model = modelOf(resolved(config, env, custom), {
    exchange: async ({ provider, operation, url }) => {
      seen.push({ provider, operation, url })
      throw new Failure('interrupted', 'enough was seen')
    },
    perform: (_kind, _ask, live) => live(),
  })
  const request = { caller: { agent: 'a', lane: 'root' }, system: [], stable: 0, messages: [user('Hi')], tools: [] }
  await expect(async () => {
    for await (const _ of model(request, new AbortController().signal));
  }).rejects.toThrow('enough was seen')
  return seen[0]!
}

const failing = (run: () => unknown): Failure => {
  try {
    run()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test('every provider of the table is called where its documentation says', async () => {
  const called = await Promise.all(
    providers
      .filter(({ baseUrl }) => baseUrl !== '')
      .map(async ({ name }) => `${name} ${(await calledAt({ provider: name, model: 'some-model' })).url}`),
  )
  expect(called.join('\n')).toMatchInlineSnapshot(`
    "openai https://api.openai.com/v1/chat/completions
    anthropic https://api.anthropic.com/v1/messages
    google https://generativelanguage.googleapis.com/v1beta/models/some-model:streamGenerateContent?alt=sse
    mistral https://api.mistral.ai/v1/chat/completions
    xai https://api.x.ai/v1/chat/completions
    nebius https://api.tokenfactory.nebius.com/v1/chat/completions
    groq https://api.groq.com/openai/v1/chat/completions
    openrouter https://openrouter.ai/api/v1/chat/completions
    deepseek https://api.deepseek.com/chat/completions
    ollama http://localhost:11434/v1/chat/completions
    dmr http://localhost:12434/engines/v1/chat/completions
    github https://models.github.ai/inference/chat/completions
    requesty https://router.requesty.ai/v1/chat/completions
    minimax https://api.minimax.io/v1/chat/completions
    cerebras https://api.cerebras.ai/v1/chat/completions"
  `)
})

test('every provider of the table has a name of its own and a protocol that is there', async () => {
  expect(new Set(providers.map(({ name }) => name)).size).toBe(providers.length)
  for (const { name, protocol, baseUrl } of providers) {
    expect((await loadProtocol(protocol)).id, name).toBe(protocol)
    expect(baseUrl, name).not.toMatch(/\/$/)
  }
})

test.for([
  ['gpt-4o', 'openai-chat'],
  ['gpt-3.5-turbo', 'openai-chat'],
  ['gpt-4.1-mini', 'openai-responses'],
  ['gpt-5-mini', 'openai-responses'],
  ['gpt-5.1-codex', 'openai-responses'],
  ['gpt-6-sol', 'openai-responses'],
  ['o3-mini', 'openai-responses'],
  ['codex-mini-latest', 'openai-responses'],
] as const)('openai/%s is spoken to in %s', ([model, protocol]) => {
  expect(resolved({ provider: 'openai', model }).protocol).toBe(protocol)
})

test('api_type chooses between the two APIs of OpenAI, and means nothing to other protocols', () => {
  const asked = (provider: string, model: string, api_type: string) =>
    resolved({ provider, model, provider_opts: { api_type } }).protocol
  expect(asked('openai', 'gpt-4o', 'openai_responses')).toBe('openai-responses')
  expect(asked('openai', 'gpt-5', 'openai_chatcompletions')).toBe('openai-chat')
  expect(asked('xai', 'grok-4', 'openai_responses')).toBe('openai-responses')
  expect(asked('anthropic', 'claude-sonnet-4-5', 'openai_responses')).toBe('anthropic-messages')
})

test("other providers' models are asked for chat completions, whatever they are called", () => {
  expect(resolved({ provider: 'openrouter', model: 'openai/gpt-5' }).protocol).toBe('openai-chat')
  expect(resolved({ provider: 'github', model: 'gpt-5' }).protocol).toBe('openai-chat')
})

test.for([
  ['openai', 'OPENAI_API_KEY'],
  ['anthropic', 'ANTHROPIC_API_KEY'],
  ['google', 'GOOGLE_API_KEY'],
  ['google', 'GEMINI_API_KEY'],
  ['mistral', 'MISTRAL_API_KEY'],
  ['xai', 'XAI_API_KEY'],
  ['nebius', 'NEBIUS_API_KEY'],
  ['groq', 'GROQ_API_KEY'],
  ['openrouter', 'OPENROUTER_API_KEY'],
  ['deepseek', 'DEEPSEEK_API_KEY'],
  ['github', 'GITHUB_TOKEN'],
  ['requesty', 'REQUESTY_API_KEY'],
  ['minimax', 'MINIMAX_API_KEY'],
  ['cerebras', 'CEREBRAS_API_KEY'],
] as const)('%s takes its key from %s, without blanks around it', ([provider, variable]) => {
  expect(resolved({ provider, model: 'm' }, { [variable]: ' the-key\n' }).key).toBe('the-key')
  expect(resolved({ provider, model: 'm' }, { [variable]: ' ' }).key).toBeUndefined()
})

test('token_key names another variable, and no other is looked at', () => {
  const env = { OPENAI_API_KEY: 'usual', MY_KEY: 'mine' }
  expect(resolved({ provider: 'openai', model: 'm', token_key: 'MY_KEY' }, env).key).toBe('mine')
  expect(resolved({ provider: 'openai', model: 'm', token_key: 'UNSET' }, env).key).toBeUndefined()
})

test.for([
  ['openai', { OPENAI_BASE_URL: 'http://h:1/v1/' }, 'http://h:1/v1/chat/completions'],
  ['anthropic', { ANTHROPIC_BASE_URL: 'http://h:1' }, 'http://h:1/v1/messages'],
  ['google', { GOOGLE_GEMINI_BASE_URL: 'http://h:1' }, 'http://h:1/v1beta/models/m:streamGenerateContent?alt=sse'],
  ['google', { GOOGLE_GEMINI_BASE_URL: 'http://h:1/v1' }, 'http://h:1/v1/models/m:streamGenerateContent?alt=sse'],
  ['groq', { GROQ_BASE_URL: 'http://h:1' }, 'http://h:1/openai/v1/chat/completions'],
  ['groq', { GROQ_BASE_URL: 'http://h:1/openai/v1' }, 'http://h:1/openai/v1/chat/completions'],
  ['mistral', { MISTRAL_BASE_URL: 'http://h:1/v1' }, 'http://h:1/v1/chat/completions'],
  ['ollama', { OLLAMA_HOST: '10.0.0.5' }, 'http://10.0.0.5:11434/v1/chat/completions'],
  ['ollama', { OLLAMA_HOST: '0.0.0.0:9999' }, 'http://localhost:9999/v1/chat/completions'],
  ['ollama', { OLLAMA_HOST: ':9999' }, 'http://localhost:9999/v1/chat/completions'],
  ['ollama', { OLLAMA_HOST: '[::1]:9999' }, 'http://[::1]:9999/v1/chat/completions'],
  ['ollama', { OLLAMA_HOST: 'https://gpu.example' }, 'https://gpu.example/v1/chat/completions'],
  ['ollama', { OLLAMA_BASE_URL: 'http://h:1/v1' }, 'http://h:1/v1/chat/completions'],
  ['dmr', { MODEL_RUNNER_HOST: 'http://172.17.0.1:12434' }, 'http://172.17.0.1:12434/engines/v1/chat/completions'],
  ['dmr', { MODEL_RUNNER_HOST: 'http://h:1/engines/v1' }, 'http://h:1/engines/v1/chat/completions'],
] as const)('%s is called where %o says', async ([provider, env, url]) => {
  expect((await calledAt({ provider, model: 'm' }, env)).url).toBe(url)
})

test("base_url of the model counts more than the environment's, and keeps the provider's name", async () => {
  const config = { provider: 'openai', model: 'gpt-4o', base_url: 'https://proxy.example/openai/v1/' }
  const { url, provider } = await calledAt(config, { OPENAI_BASE_URL: 'http://h:1/v1' })
  expect({ url, provider }).toEqual({ url: 'https://proxy.example/openai/v1/chat/completions', provider: 'openai' })
})

test.for([
  ['https://r.openai.azure.com', {}, undefined, 'https://r.openai.azure.com/openai/v1/chat/completions'],
  ['https://r.openai.azure.com/openai/v1/', {}, undefined, 'https://r.openai.azure.com/openai/v1/chat/completions'],
  [
    'https://r.openai.azure.com',
    {},
    '2024-12-01-preview',
    'https://r.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-12-01-preview',
  ],
  [
    'https://r.openai.azure.com/openai',
    { OPENAI_API_VERSION: '2024-10-21' },
    undefined,
    'https://r.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
  ],
  [
    'https://r.openai.azure.com/openai/deployments/mine',
    {},
    '2024-10-21',
    'https://r.openai.azure.com/openai/deployments/mine/chat/completions?api-version=2024-10-21',
  ],
  ['https://gateway.example/azure', {}, undefined, 'https://gateway.example/azure/chat/completions'],
] as const)('azure at %s, %o, %s', async ([base_url, env, version, url]) => {
  const config = {
    provider: 'azure',
    model: 'gpt-4o',
    base_url,
    ...(version && { provider_opts: { api_version: version } }),
  }
  const called = await calledAt(config, env)
  expect(called.url).toBe(url)
  // What is recorded now must be found in a recording of somebody else's.
  if (url.includes('.azure.com/')) {
    expect(originOf(url)).toMatchObject({ provider: 'azure', operation: called.operation })
  }
})

test('azure takes its address from AZURE_OPENAI_ENDPOINT too', async () => {
  const { url } = await calledAt(
    { provider: 'azure', model: 'gpt-4o' },
    { AZURE_OPENAI_ENDPOINT: 'https://r.openai.azure.com/' },
  )
  expect(url).toBe('https://r.openai.azure.com/openai/v1/chat/completions')
})

test("a file's own provider brings its address, key and API", async () => {
  const custom = {
    gateway: { base_url: 'https://g.example/v1/', token_key: 'G_KEY', api_type: 'openai_responses' },
    bare: { base_url: 'http://localhost:8080/v1' },
  }
  const env = { G_KEY: 'g', OTHER: 'o', OPENAI_API_KEY: 'never sent there' }
  expect(resolved({ provider: 'gateway', model: 'm' }, env, custom)).toMatchObject({
    provider: 'gateway',
    protocol: 'openai-responses',
    baseUrl: 'https://g.example/v1',
    key: 'g',
  })
  const own = { provider: 'gateway', model: 'm', base_url: 'https://other.example/v1', token_key: 'OTHER' }
  expect(resolved(own, env, custom)).toMatchObject({ baseUrl: 'https://other.example/v1', key: 'o' })
  expect(resolved({ provider: 'bare', model: 'gpt-5' }, env, custom)).toMatchObject({ protocol: 'openai-chat' })
  expect(resolved({ provider: 'bare', model: 'gpt-5' }, env, custom).key).toBeUndefined()
})

test("a file's own provider may have the name of one in the table", () => {
  const custom = { openai: { base_url: 'https://mine.example/v1' } }
  const endpoint = resolved({ provider: 'openai', model: 'gpt-5' }, { OPENAI_API_KEY: 'not for mine' }, custom)
  expect(endpoint).toMatchObject({ baseUrl: 'https://mine.example/v1', protocol: 'openai-chat' })
  expect(endpoint.key).toBeUndefined()
})

test('an unknown provider and an address that is none are mistakes of the file', () => {
  const unknown = failing(() => resolved({ provider: 'opnai', model: 'm' }))
  expect({ code: unknown.code, message: unknown.message }).toEqual({
    code: 'config',
    message: 'There is no provider opnai.',
  })
  expect(unknown.hint).toContain('openai, anthropic, google')
  const address = failing(() => resolved({ provider: 'openai', model: 'm', base_url: 'api.example/v1' }))
  expect({ code: address.code, message: address.message }).toEqual({
    code: 'config',
    message: 'base_url of openai/m is no URL: api.example/v1',
  })
  const variable = failing(() => resolved({ provider: 'openai', model: 'm' }, { OPENAI_BASE_URL: 'ftp://x' }))
  expect(variable.message).toBe('OPENAI_BASE_URL is no URL: ftp://x')
})

test('settings are taken from the snake case of agent files, and only those that are set', () => {
  const config = {
    provider: 'openai',
    model: 'm',
    temperature: 0,
    top_p: 0.5,
    max_tokens: 9,
    frequency_penalty: 1,
    presence_penalty: -1,
    thinking_budget: 'low',
    parallel_tool_calls: false,
    track_usage: false,
    provider_opts: { seed: 1 },
  } as const
  expect(resolved(config).settings).toEqual({
    temperature: 0,
    topP: 0.5,
    maxTokens: 9,
    frequencyPenalty: 1,
    presencePenalty: -1,
    thinkingBudget: 'low',
    parallelToolCalls: false,
    trackUsage: false,
    options: { seed: 1 },
  })
  expect(resolved({ provider: 'openai', model: 'm' }).settings).toEqual({})
})

test.for([
  [{ ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k' }, 'anthropic/claude-sonnet-4-5'],
  [{ OPENAI_API_KEY: 'k', GOOGLE_API_KEY: 'k' }, 'openai/gpt-5-mini'],
  [{ GEMINI_API_KEY: 'k', MISTRAL_API_KEY: 'k' }, 'google/gemini-2.5-flash'],
  [{ MISTRAL_API_KEY: 'k' }, 'mistral/mistral-small-latest'],
  [{ ANTHROPIC_API_KEY: ' ' }, 'dmr/ai/qwen3:latest'],
  [{ OPENAI_API_KEY: 'k', CAGENT_DEFAULT_MODEL: 'openrouter/openai/gpt-5' }, 'openrouter/openai/gpt-5'],
] as const)('auto with %o is %s', ([env, expected]) => {
  const { provider, model } = autoModel(env)
  expect(`${provider}/${model}`).toBe(expected)
})
