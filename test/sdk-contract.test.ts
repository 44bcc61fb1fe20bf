import { expect, test } from 'vitest'
import { Failure } from '../runtime/core/errors.ts'
import { type ModelConfig, resolveEndpoint } from '../runtime/models/endpoint.ts'
import { loadProtocol } from '../runtime/models/protocols.ts'
import { post } from '../runtime/models/sdk.ts'
import { type Asked, assistant, call, files, now, readFile, results, sent, user } from './support/asked.ts'

type Left = { readonly url: string; readonly headers: Headers; readonly body: string; readonly redirect: string }

/** A network that keeps what left, and answers all alike. */
const network = (answer: () => Response | Promise<Response> = () => new Response('data: 1\n\n')) => {
  const left: Left[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { url, headers, redirect, signal } = new Request(input, init)
    left.push({ url, headers, body: String(init?.body), redirect })
    signal.throwIfAborted()
    return await answer()
  }
  return { left, fetch }
}

const never = new AbortController().signal

const key = 'key-of-a-test'

const endpointFor = (config: Partial<ModelConfig> & { readonly provider: string }, env = {}) =>
  resolveEndpoint(
    { model: 'some-model', ...config },
    {
      env: { OPENAI_API_KEY: key, ANTHROPIC_API_KEY: key, GOOGLE_API_KEY: key, AZURE_API_KEY: key, ...env },
      custom: { bare: { base_url: 'http://localhost:8080/v1' } },
    },
  )

const asked: Asked = {
  system: ['Be brief. — Ünïcödé \u2028 and 🎬'],
  messages: [
    user('Look:', files.image),
    assistant({ type: 'text', text: 'I look.' }, call('call_1', 'read_file', { path: 'a', odd: [null, 1.5e300] })),
    results(['call_1', 'read_file', 'three']),
  ],
  tools: [readFile, now],
  settings: { maxTokens: 99, options: { unheard_of: { by: ['the SDK'] }, stream: true } },
}

test.for([
  ['openai', 'gpt-4o', 'https://api.openai.com/v1/chat/completions'],
  ['openai', 'gpt-5', 'https://api.openai.com/v1/responses'],
  ['anthropic', 'claude-sonnet-4-5', 'https://api.anthropic.com/v1/messages'],
  ['google', 'g', 'https://generativelanguage.googleapis.com/v1beta/models/g:streamGenerateContent?alt=sse'],
  ['bare', 'm', 'http://localhost:8080/v1/chat/completions'],
] as const)(
  'what is encoded for %s/%s leaves byte for byte, to the right place, once',
  async ([provider, model, url]) => {
    const endpoint = endpointFor({ provider, model })
    const protocol = await loadProtocol(endpoint.protocol)
    const body = sent(protocol, { ...asked, model })
    const { left, fetch } = network()
    const response = await post(endpoint, { operation: protocol.operation(model), body }, fetch, never)
    expect(response.bodyUsed).toBe(false)
    expect(await response.text()).toBe('data: 1\n\n')
    expect(left.map(one => ({ url: one.url, body: one.body, redirect: one.redirect }))).toEqual([
      { url, body: JSON.stringify(body), redirect: 'manual' },
    ])
    expect(left[0]!.headers.get('content-type')).toBe('application/json')
  },
)

const operations: Readonly<Record<string, string>> = { 'anthropic-messages': '/v1/messages', gemini: '/models/m:x' }

const headersFor = async (config: Partial<ModelConfig> & { readonly provider: string }, env = {}): Promise<Headers> => {
  const endpoint = endpointFor(config, env)
  const { left, fetch } = network()
  await post(endpoint, { operation: operations[endpoint.protocol] ?? '/x', body: {} }, fetch, never)
  return left[0]!.headers
}

test.for([
  ['openai', { authorization: `Bearer ${key}` }],
  ['anthropic', { 'x-api-key': key }],
  ['google', { 'x-goog-api-key': key }],
  ['azure', { 'api-key': key }],
  ['bare', {}],
  ['ollama', {}],
] as const)('the key of %s travels in the header that it wants, and in no other', async ([provider, expected]) => {
  const headers = await headersFor({
    provider,
    ...(provider === 'azure' && { base_url: 'https://r.openai.azure.com' }),
  })
  const names = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key']
  const carried = names.flatMap(name => (headers.has(name) ? [[name, headers.get(name)]] : []))
  expect(Object.fromEntries(carried)).toEqual(expected)
})

test("a server that speaks Anthropic's API and wants no key gets none", async () => {
  const endpoint = endpointFor(
    { provider: 'anthropic', base_url: 'http://localhost:1' },
    { ANTHROPIC_API_KEY: undefined },
  )
  const { left, fetch } = network()
  await post(endpoint, { operation: '/v1/messages', body: {} }, fetch, never)
  expect(left[0]!.headers.has('x-api-key')).toBe(false)
  expect(left[0]!.headers.has('authorization')).toBe(false)
})

test('what the environment holds for OpenAI goes to OpenAI only', async () => {
  const env = { OPENAI_ORG_ID: 'org-1', OPENAI_PROJECT_ID: 'proj-1' }
  const openai = await headersFor({ provider: 'openai' }, env)
  expect([openai.get('openai-organization'), openai.get('openai-project')]).toEqual(['org-1', 'proj-1'])
  const bare = await headersFor({ provider: 'bare' }, env)
  expect([bare.get('openai-organization'), bare.get('openai-project')]).toEqual([null, null])
})

test('Anthropic is asked in the version whose requests we write, and for thinking between calls where that is wanted', async () => {
  const plain = await headersFor({ provider: 'anthropic', model: 'claude-sonnet-4-5' })
  expect([plain.get('anthropic-version'), plain.get('anthropic-beta')]).toEqual(['2023-06-01', null])
  const thinking = await headersFor({ provider: 'anthropic', model: 'claude-sonnet-4-5', thinking_budget: 2048 })
  expect(thinking.get('anthropic-beta')).toBe('interleaved-thinking-2025-05-14')
})

const doors = ['openai', 'anthropic', 'google'] as const

const posted = (provider: string, fetch: typeof globalThis.fetch, signal: AbortSignal = never) => {
  const endpoint = endpointFor({ provider })
  return post(endpoint, { operation: operations[endpoint.protocol] ?? '/x', body: {} }, fetch, signal)
}

test.for(
  doors.flatMap(provider => [301, 400, 401, 408, 409, 429, 500, 529].map(status => [provider, status] as const)),
)('a %s answer with %i comes back as it is, unread, and is not asked for again', async ([provider, status]) => {
  const headers = { 'retry-after': '7', 'x-should-retry': 'true', location: 'https://elsewhere.example' }
  const { left, fetch } = network(() => new Response('{"error":"no"}', { status, headers }))
  const response = await posted(provider, fetch)
  expect([response.status, response.headers.get('retry-after'), response.bodyUsed]).toEqual([status, '7', false])
  expect(await response.text()).toBe('{"error":"no"}')
  expect(left).toHaveLength(1)
})

test.for(doors)('an abort of %s stays an abort', async provider => {
  const before = AbortSignal.abort(new Error('enough'))
  await expect(posted(provider, network().fetch, before)).rejects.toThrow('enough')
  const controller = new AbortController()
  const during: typeof fetch = (_input, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
      controller.abort(new Error('enough'))
    })
  await expect(posted(provider, during, controller.signal)).rejects.toThrow('enough')
})

test.for(doors)('an abort while %s is speaking reaches the connection', async provider => {
  const controller = new AbortController()
  const signals: AbortSignal[] = []
  const speaking: typeof fetch = async (_input, init) => {
    if (init?.signal) signals.push(init.signal)
    return new Response(new ReadableStream({ pull: stream => stream.enqueue(Buffer.from('data: 1\n\n')) }))
  }
  const response = await posted(provider, speaking, controller.signal)
  controller.abort()
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  await response.body?.cancel()
})

test.for(doors)('a Failure of the border behind %s is passed on, not wrapped', async provider => {
  const failure = new Failure('cassette-miss', 'nothing recorded')
  const { fetch } = network(() => Promise.reject(failure))
  await expect(posted(provider, fetch)).rejects.toBe(failure)
})

test.for(doors)('nothing is said on the terminal for %s, whatever the environment asks of the SDK', async provider => {
  const said: unknown[] = []
  const original = { ...console }
  const listen = (...words: unknown[]) => void said.push(words)
  Object.assign(console, { log: listen, info: listen, warn: listen, error: listen, debug: listen })
  try {
    await posted(provider, network(() => new Response('no', { status: 500 })).fetch)
  } finally {
    Object.assign(console, original)
  }
  expect(said).toEqual([])
})
