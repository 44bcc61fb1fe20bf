import { expect, test } from 'vitest'
import type { ModelEvent } from '../runtime/core/model.ts'
import { retrying } from '../runtime/models/compose.ts'
import type { ModelConfig } from '../runtime/models/endpoint.ts'
import { user } from './support/asked.ts'
import { asked, modelAt, type Outcome, tellingOf } from './support/model-call.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'

const models = [
  { provider: 'openai', model: 'gpt-4o' },
  { provider: 'openai', model: 'gpt-5' },
  { provider: 'anthropic', model: 'claude-sonnet-4-5' },
  { provider: 'google', model: 'gemini-2.5-flash' },
] as const

/** One call to a server that answers so. */
const answeredWith = async (config: ModelConfig, step: ProviderStep): Promise<Outcome> => {
  await using server = await providerServer([step])
  return await asked(modelAt(config, server.env))
}

test.for([
  ['openai', 'OPENAI_API_KEY'],
  ['anthropic', 'ANTHROPIC_API_KEY'],
  ['google', 'GOOGLE_API_KEY or GEMINI_API_KEY'],
  ['mistral', 'MISTRAL_API_KEY'],
] as const)('without a key for %s nothing is sent, and the variable is named', async ([provider, variable]) => {
  await using server = await providerServer([])
  const { OPENAI_BASE_URL, ANTHROPIC_BASE_URL, GOOGLE_GEMINI_BASE_URL } = server.env
  const env = { OPENAI_BASE_URL, ANTHROPIC_BASE_URL, GOOGLE_GEMINI_BASE_URL, MISTRAL_BASE_URL: OPENAI_BASE_URL }
  expect(tellingOf(await asked(modelAt({ provider, model: 'm' }, env)))).toEqual({
    code: 'missing-key',
    message: `${provider} needs a key, and ${variable} is not set.`,
    hint: `Set ${variable} to your key, or play a recording back with --fake.`,
  })
})

test('without the address of an Azure resource nothing is sent, and the variable is named', async () => {
  expect(tellingOf(await asked(modelAt({ provider: 'azure', model: 'gpt-4o' }, { AZURE_API_KEY: 'k' })))).toEqual({
    code: 'config',
    message: 'azure has no address of its own.',
    hint: 'Set base_url of the model, or AZURE_OPENAI_ENDPOINT.',
  })
})

test('a key that no header can hold is told before it is sent, and not shown', async () => {
  await using server = await providerServer([])
  const env = { ...server.env, OPENAI_API_KEY: '“sk-secret”' }
  const { code, message } = tellingOf(await asked(modelAt({ provider: 'openai', model: 'gpt-4o' }, env)))
  expect(code).toBe('model-auth')
  expect(message).toContain('OPENAI_API_KEY')
  expect(message).not.toContain('sk-secret')
})

test.for(models)('$provider/$model: a wrong key', async config => {
  const message = 'Incorrect API key provided: sk-test-openai-0123456789.'
  const told = tellingOf(await answeredWith(config, { status: 401, message }))
  expect(told.code).toBe('model-auth')
  expect(told.hint).toMatch(new RegExp(`^Check the key in ${config.provider.toUpperCase()}_API_KEY\\b`))
  expect(told.message).toMatch(
    new RegExp(`^${config.provider} refused the key \\(401\\): Incorrect API key provided: `),
  )
  expect(told.message).not.toContain('0123456789')
})

test('a wrong key that is refused with 400, as xAI and Google do', async () => {
  const xai = { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: ab***yz.' }
  expect(tellingOf(await answeredWith(models[0], { status: 400, body: xai })).code).toBe('model-auth')
  const google = {
    error: {
      code: 400,
      message: 'API key not valid. Please pass a valid API key.',
      status: 'INVALID_ARGUMENT',
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }],
    },
  }
  expect(tellingOf(await answeredWith(models[3], { status: 400, body: google })).code).toBe('model-auth')
})

test.for(models)('$provider/$model: no such model', async config => {
  const message = `The model ${config.model} does not exist.`
  expect(tellingOf(await answeredWith(config, { status: 404, message }))).toEqual({
    code: 'model-not-found',
    message: `${config.provider} does not know the model (404): ${message}`,
    hint: 'Check the name of the model and the base URL.',
  })
})

test.for(models)('$provider/$model: a rate limit, with the time that it lasts', async config => {
  const step = { status: 429, message: 'Slow down.', headers: { 'retry-after': '7' } }
  expect(tellingOf(await answeredWith(config, step))).toEqual({
    code: 'rate-limited',
    message: `${config.provider} asks to wait (429): Slow down.`,
    hint: 'It wants to be asked again in 7 seconds.',
    retryAfter: 7000,
  })
})

test.for(models.flatMap(config => [500, 502, 503, 529].map(status => ({ ...config, status }))))(
  '$provider/$model: failed with $status',
  async ({ status, ...config }) => {
    expect(tellingOf(await answeredWith(config, { status, message: 'Overloaded.' }))).toEqual({
      code: 'model-unavailable',
      message: `${config.provider} failed (${status}): Overloaded.`,
      hint: 'Try again in a while; the request was not at fault.',
    })
  },
)

test.for(models)('$provider/$model: an error page of a proxy is told in a line', async config => {
  const body = '<html><head><title>502 Bad Gateway</title></head><body><h1>nginx</h1></body></html>'
  expect(tellingOf(await answeredWith(config, { status: 502, body })).message).toBe(
    `${config.provider} failed (502): 502 Bad Gateway`,
  )
})

const overlong = [
  "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.",
  'Your input exceeds the context window of this model. The maximum context length is 272000 tokens.',
  'prompt is too long: 210000 tokens > 200000 maximum',
  'The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).',
]

test.for(models.map((config, index) => ({ ...config, message: overlong[index]! })))(
  '$provider/$model: a conversation that is too long',
  async ({ message, ...config }) => {
    const told = tellingOf(await answeredWith(config, { status: 400, message }))
    expect(told.code).toBe('context-overflow')
    expect(told.message).toContain(message)
  },
)

test.for(models)('$provider/$model: a request that is refused as it is', async config => {
  const told = tellingOf(await answeredWith(config, { status: 400, message: 'temperature must be at most 2' }))
  expect(told.code).toBe('model-request')
  expect(told.message).toBe(`${config.provider} refused the request (400): temperature must be at most 2`)
})

test('a content filter that refuses the request', async () => {
  const body = { error: { message: 'Your request was rejected.', code: 'content_filter', innererror: {} } }
  expect(tellingOf(await answeredWith(models[0], { status: 400, body })).code).toBe('content-filter')
})

test.for(models)('$provider/$model: an answer that a filter ended is told as such', async config => {
  const { events, error } = await answeredWith(config, { text: 'I', stop: 'content-filter' })
  const stop = events.flatMap(event => (event.type === 'finish' ? [event.stop] : []))
  if (error) expect(error).toMatchObject({ code: 'content-filter' })
  else expect(stop[0]).toMatch(/^(content-filter|refusal)$/)
})

test.for(models)('$provider/$model: a redirect is told and not followed', async config => {
  const step = { status: 308, body: 'Moved', headers: { location: 'https://elsewhere.example/' } }
  const { code, message } = tellingOf(await answeredWith(config, step))
  expect({ code, message }).toEqual({
    code: 'model-request',
    message: `${config.provider} points to another address (308): Moved`,
  })
})

test.for(models.flatMap(config => [0, 150, 400].map(cutAfter => ({ ...config, cutAfter }))))(
  '$provider/$model: a connection that breaks after $cutAfter bytes',
  async ({ cutAfter, ...config }) => {
    const { code, message } = tellingOf(await answeredWith(config, { text: 'A long answer '.repeat(50), cutAfter }))
    expect({ code, message }).toEqual({
      code: 'stream-broken',
      message: 'The connection to the provider broke before its answer was complete.',
    })
  },
)

test.for(models)('$provider/$model: an answer that simply stops', async config => {
  const head: Readonly<Record<string, string>> = {
    'gpt-4o': 'data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n',
    'gpt-5': 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"Hi"}\n\n',
    'claude-sonnet-4-5':
      'event: message_start\ndata: {"type":"message_start","message":{"id":"m","usage":{"input_tokens":1}}}\n\n',
    'gemini-2.5-flash': 'data: {"candidates":[{"content":{"parts":[{"text":"Hi"}]}}]}\n\n',
  }
  expect(tellingOf(await answeredWith(config, { raw: head[config.model] ?? '' })).code).toBe('stream-broken')
})

test.for(models.slice(0, 3))(
  '$provider/$model: arguments that are no JSON are kept for the model to see',
  async config => {
    const { events, error } = await answeredWith(config, { toolCalls: [{ name: 'read_file', input: '{"path": "a' }] })
    expect(error).toBeUndefined()
    const calls = events.flatMap(event =>
      event.type === 'part' && event.part.type === 'tool-call' ? [event.part] : [],
    )
    expect(calls).toMatchObject([{ name: 'read_file', input: {}, invalid: '{"path": "a' }])
  },
)

test.for(models)('$provider/$model: asked again after a rate limit and a broken stream, it answers', async config => {
  await using server = await providerServer([
    { status: 429, headers: { 'retry-after': '2' } },
    { text: 'A long answer '.repeat(50), cutAfter: 300 },
    { text: 'Hello.' },
  ])
  const waits: number[] = []
  const model = retrying(modelAt(config, server.env), {
    attempts: 3,
    sleep: async milliseconds => void waits.push(milliseconds),
  })
  const { events, error } = await asked(model)
  expect(error).toBeUndefined()
  expect(events.flatMap(event => (event.type === 'part' ? [event.part] : []))).toMatchObject([
    { type: 'text', text: 'Hello.' },
  ])
  expect(waits).toEqual([2000, 1000])
  expect(server.requests.map(({ body }) => body)).toEqual(Array(3).fill(server.requests[0]!.body))
})

test.for(models)('$provider/$model: an interrupt while it speaks ends the answer, and is no failure', async config => {
  await using server = await providerServer([{ text: 'word '.repeat(500), delayMs: 5 }])
  const controller = new AbortController()
  const said: ModelEvent[] = []
  const model = modelAt(config, server.env)
  const reading = async () => {
    const caller = { agent: 'root', lane: 'root' }
    const request = { caller, system: [], stable: 0, messages: [user('Hi')], tools: [] }
    for await (const event of model(request, controller.signal)) {
      said.push(event)
      if (said.length === 3) controller.abort(new Error('Ctrl-C'))
    }
  }
  await expect(reading()).rejects.toThrow('Ctrl-C')
  expect(said).toHaveLength(3)
})

test.for(models)('$provider/$model: a web page in place of an answer is not asked for again', async config => {
  const raw = '<!doctype html><html><head><title>Welcome</title></head></html>'
  expect(tellingOf(await answeredWith(config, { raw }))).toEqual({
    code: 'model-request',
    message: `${config.provider} answered with something else than its API does: Welcome`,
    hint: 'Check the base URL: it often ends in /v1.',
  })
})

test.for([
  ['Ollama is running', 'model-request'],
  ['', 'stream-broken'],
  [': PROCESSING\n\n: PROCESSING\n', 'stream-broken'],
] as const)('an answer that is no more than %j is told as %s', async ([raw, code]) => {
  expect(tellingOf(await answeredWith({ provider: 'openai', model: 'gpt-4o' }, { raw })).code).toBe(code)
})
