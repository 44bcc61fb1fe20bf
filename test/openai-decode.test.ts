import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../runtime/core/json.ts'
import { openaiChat } from '../runtime/models/openai-chat.ts'
import { decoded, replyOf } from './support/decoded.ts'

const chunk = (delta: JsonObject, rest: JsonObject = {}): JsonObject => ({ choices: [{ index: 0, delta, ...rest }] })
const ended = (finish_reason: string): JsonObject => chunk({}, { finish_reason })
const stream = (...messages: Json[]): string =>
  messages.map(message => `data: ${typeof message === 'string' ? message : JSON.stringify(message)}\n\n`).join('')
const heard = (...messages: Json[]) => decoded(openaiChat, replyOf(stream(...messages)))

const piece = (index: number | null, name: string, json: Json, id?: string): JsonObject => ({
  tool_calls: [
    {
      ...(index !== null && { index }),
      ...(id !== undefined && { id }),
      type: 'function',
      function: { ...(name !== '' && { name }), arguments: json },
    },
  ],
})

test('calls come in pieces, several at once', async () => {
  const { parts, finish, events } = await heard(
    chunk(piece(0, 'read', '', 'a')),
    chunk(piece(1, 'write', '{"to"', 'b')),
    chunk(piece(0, '', '{"from":1}')),
    chunk(piece(1, '', ':2}')),
    ended('tool_calls'),
  )
  expect(parts).toEqual([
    { type: 'tool-call', id: 'a', name: 'read', input: { from: 1 } },
    { type: 'tool-call', id: 'b', name: 'write', input: { to: 2 } },
  ])
  expect(finish?.stop).toBe('tool-calls')
  expect(events.slice(0, 2)).toEqual([
    { type: 'tool-input-delta', id: 'b', name: 'write', text: '{"to"' },
    { type: 'tool-input-delta', id: 'a', name: 'read', text: '{"from":1}' },
  ])
})

const namesAndInputs = async (...deltas: JsonObject[]) => {
  const { parts } = await heard(...deltas.map(delta => chunk(delta)), ended('stop'))
  return parts.map(part => (part.type === 'tool-call' ? [part.id, part.name, part.input] : part))
}

test.for<[what: string, deltas: JsonObject[], calls: Json]>([
  [
    'all numbered 0, under different ids',
    [piece(0, 'f', '{}', 'a'), piece(0, 'g', '{}', 'b')],
    [
      ['a', 'f', {}],
      ['b', 'g', {}],
    ],
  ],
  [
    'all numbered 0, without ids',
    [piece(0, 'f', '{"x":1}'), piece(0, 'f', '{"x":2}')],
    [
      ['call_1', 'f', { x: 1 }],
      ['call_2', 'f', { x: 2 }],
    ],
  ],
  ['without numbers', [piece(null, 'f', '{"x"', 'a'), piece(null, '', ':1}')], [['a', 'f', { x: 1 }]]],
  ['with name and id in each piece', [piece(0, 'f', '{"x"', 'a'), piece(0, 'f', ':1}', 'a')], [['a', 'f', { x: 1 }]]],
  [
    'under one id',
    [piece(0, 'f', '{}', 'call_0'), piece(1, 'g', '{}', 'call_0')],
    [
      ['call_0', 'f', {}],
      ['call_0_2', 'g', {}],
    ],
  ],
  [
    'with empty ids',
    [piece(0, 'f', '{}', ''), piece(1, 'g', '{}', '')],
    [
      ['call_1', 'f', {}],
      ['call_2', 'g', {}],
    ],
  ],
  ['with arguments as an object', [piece(0, 'f', { x: 1 }, 'a')], [['a', 'f', { x: 1 }]]],
  ['without arguments', [piece(0, 'f', null, 'a')], [['a', 'f', {}]]],
])('calls are told apart: %s', async ([, deltas, calls]) => {
  expect(await namesAndInputs(...deltas)).toEqual(calls)
})

test('arguments that are no JSON are kept as they were written', async () => {
  const { parts, finish } = await heard(chunk(piece(0, 'f', '{"x": "cut o', 'a')), ended('length'))
  expect(parts).toEqual([{ type: 'tool-call', id: 'a', name: 'f', input: {}, invalid: '{"x": "cut o' }])
  expect(finish?.stop).toBe('length')
})

test('the signature of a call stays with it', async () => {
  const extra_content = { google: { thought_signature: 'AAAA' } }
  const signed = { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' }, extra_content }] }
  expect((await heard(chunk(signed), ended('stop'))).parts[0]).toHaveProperty('providerData', {
    protocol: 'openai-chat',
    value: { extra_content },
  })
})

test.for(['reasoning_content', 'reasoning', 'reasoning_text'])('%s is what the model thinks', async field => {
  const { parts, events } = await heard(chunk({ [field]: 'Let ' }), chunk({ [field]: 'me see.' }), ended('stop'))
  expect(events[0]).toEqual({ type: 'reasoning-delta', text: 'Let ' })
  const providerData = { protocol: 'openai-chat', value: { field } }
  expect(parts).toEqual([{ type: 'reasoning', text: 'Let me see.', providerData }])
})

test('details of reasoning are put together, to be sent back', async () => {
  const text = (words: string, rest: JsonObject = {}) => ({ type: 'reasoning.text', index: 0, text: words, ...rest })
  const { parts } = await heard(
    chunk({ reasoning: 'Let ', reasoning_details: [text('Let ', { signature: null })] }),
    chunk({ reasoning: 'me.', reasoning_details: [text('me.', { signature: 'AAAA' })] }),
    chunk({ reasoning_details: [{ type: 'reasoning.encrypted', index: 1, data: 'BBBB' }] }),
    ended('stop'),
  )
  const reasoning_details = [
    text('Let me.', { signature: 'AAAA' }),
    { type: 'reasoning.encrypted', index: 1, data: 'BBBB' },
  ]
  const providerData = { protocol: 'openai-chat', value: { field: 'reasoning', reasoning_details } }
  expect(parts).toEqual([{ type: 'reasoning', text: 'Let me.', providerData }])
})

test('a refusal is told in its words', async () => {
  const { parts, finish } = await heard(chunk({ refusal: 'I must ' }), chunk({ refusal: 'not.' }), ended('stop'))
  expect(parts).toEqual([{ type: 'text', text: 'I must not.' }])
  expect(finish?.stop).toBe('refusal')
})

test.for([
  ['stop', 'end'],
  ['eos', 'end'],
  ['length', 'length'],
  ['model_length', 'length'],
  ['content_filter', 'content-filter'],
  ['tool_calls', 'end'],
] as const)('%s without a call is %s', async ([reason, stop]) => {
  expect((await heard(chunk({ content: 'Yes.' }), ended(reason))).finish?.stop).toBe(stop)
})

const usage = (usage: JsonObject): JsonObject => ({ choices: [], usage })

test.for<[who: string, said: JsonObject, counted: JsonObject]>([
  [
    'OpenAI',
    {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 15,
      prompt_tokens_details: { cached_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 3 },
    },
    { input: 6, cacheRead: 4, output: 5, reasoning: 3 },
  ],
  [
    'DeepSeek',
    { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, prompt_cache_hit_tokens: 4 },
    { input: 6, cacheRead: 4, output: 5 },
  ],
  [
    'Moonshot',
    { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, cached_tokens: 4 },
    { input: 6, cacheRead: 4, output: 5 },
  ],
  [
    'OpenRouter',
    {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 15,
      prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 5 },
    },
    { input: 1, cacheRead: 4, cacheWrite: 5, output: 5 },
  ],
  [
    'xAI',
    { prompt_tokens: 10, completion_tokens: 5, total_tokens: 22, completion_tokens_details: { reasoning_tokens: 7 } },
    { input: 10, output: 12, reasoning: 7 },
  ],
  ['nobody', {}, {}],
])('tokens are counted once: %s', async ([, said, counted]) => {
  const { finish } = await heard(chunk({ content: 'Yes.' }), ended('stop'), usage(said))
  expect(finish?.usage).toEqual({ input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0, ...counted })
})

test('Groq counts in a place of its own, and OpenRouter tells the price', async () => {
  const groq = await heard(chunk({ content: 'Yes.' }), {
    ...ended('stop'),
    x_groq: { usage: { prompt_tokens: 3, completion_tokens: 1 } },
  })
  expect(groq.finish?.usage).toMatchObject({ input: 3, output: 1 })
  const openRouter = await heard(chunk({ content: 'Yes.' }), ended('stop'), usage({ prompt_tokens: 3, cost: 0.25 }))
  expect(openRouter.finish?.cost).toBe(0.25)
})

test('nobody needs [DONE] after a reason, nor a reason before [DONE]', async () => {
  expect((await heard(chunk({ content: 'Yes.' }), ended('stop'))).finish?.stop).toBe('end')
  expect((await heard(chunk({ content: 'Yes.' }), '[DONE]')).finish?.stop).toBe('end')
  expect((await heard('[DONE]')).failure?.code).toBe('stream-broken')
})

test('an empty reason with each piece is none', async () => {
  const begun = chunk({ content: 'Ye' }, { finish_reason: '' })
  expect((await heard(begun)).failure?.code).toBe('stream-broken')
  expect((await heard(begun, chunk({ content: 's.' }, { finish_reason: 'stop' }))).parts).toEqual([
    { type: 'text', text: 'Yes.' },
  ])
})

test('an answer that is no stream says the same', async () => {
  const message = { role: 'assistant', content: 'Yes.', ...piece(0, 'f', '{}', 'a') }
  const { events } = await decoded(openaiChat, replyOf(JSON.stringify({ model: 'm', choices: [{ message }] })))
  expect(events.map(({ type }) => type)).toEqual(['text-delta', 'tool-input-delta', 'part', 'part', 'finish'])
})

test.for<[who: string, message: Json, code: string, words: string]>([
  [
    'OpenRouter',
    { ...chunk({ content: '' }, { finish_reason: 'error' }), error: { code: 502, message: 'Upstream is gone' } },
    'model-unavailable',
    'Upstream is gone',
  ],
  ['OpenRouter, by choice', chunk({}, { error: { code: 429, message: 'Slow down' } }), 'rate-limited', 'Slow down'],
  [
    'Groq',
    { error: { message: 'No such tool', code: 'tool_use_failed', status_code: 400 } },
    'model-request',
    'No such tool',
  ],
  [
    'vLLM',
    { object: 'error', message: "This model's maximum context length is 8 tokens", code: 400 },
    'context-overflow',
    'maximum context length',
  ],
  ['a text', { error: 'out of memory' }, 'model-unavailable', 'out of memory'],
  [
    'MiniMax',
    { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } },
    'model-auth',
    'insufficient balance',
  ],
  ['DeepSeek', ended('insufficient_system_resource'), 'model-unavailable', 'too little capacity'],
])('an error after 200 is a failure: %s', async ([, message, code, words]) => {
  const { failure, finish } = await heard(chunk({ content: 'Well, ' }), message, '[DONE]')
  expect(failure?.code).toBe(code)
  expect(failure?.message).toContain(words)
  expect(finish).toBeUndefined()
})

test('a connection that breaks is a broken stream, and who cancels gets his own reason back', async () => {
  const breaking = (error: Error) => ({
    ...replyOf(''),
    body: (async function* () {
      yield Buffer.from(stream(chunk({ content: 'Well, ' })))
      throw error
    })(),
  })
  const { failure } = await decoded(openaiChat, breaking(new TypeError('terminated')))
  expect(failure?.code).toBe('stream-broken')
  const aborted = new DOMException('cancelled', 'AbortError')
  await expect(decoded(openaiChat, breaking(aborted))).rejects.toBe(aborted)
})

test('who leaves early closes the connection', async () => {
  let closed = false
  const body = (async function* () {
    try {
      for (;;) yield Buffer.from(stream(chunk({ content: 'and on ' })))
    } finally {
      closed = true
    }
  })()
  for await (const _ of openaiChat.decode({ ...replyOf(''), body })) break
  expect(closed).toBe(true)
})
