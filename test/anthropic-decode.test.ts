import { expect, test } from 'vitest'
import type { JsonObject } from '../runtime/core/json.ts'
import { anthropicMessages } from '../runtime/models/anthropic-messages.ts'
import { awkward } from './support/awkward.ts'
import { decoded, replyOf } from './support/decoded.ts'

const hear = (body: string | Uint8Array | Iterable<Uint8Array>, status = 200, headers = {}) =>
  decoded(anthropicMessages, replyOf(body, status, headers))

const stream = (...events: readonly JsonObject[]): string =>
  events.map(event => `event: ${event['type']}\ndata: ${JSON.stringify(event)}\n\n`).join('')

const start = (usage: JsonObject = {}): JsonObject => ({
  type: 'message_start',
  message: {
    type: 'message',
    model: 'claude-sonnet-4-5',
    content: [],
    usage: { input_tokens: 3, output_tokens: 1, ...usage },
  },
})
const block = (index: number, content_block: JsonObject, ...deltas: readonly JsonObject[]): JsonObject[] => [
  { type: 'content_block_start', index, content_block },
  ...deltas.map(delta => ({ type: 'content_block_delta', index, delta })),
  { type: 'content_block_stop', index },
]
const words = (index: number, ...pieces: readonly string[]): JsonObject[] =>
  block(index, { type: 'text', text: '' }, ...pieces.map(text => ({ type: 'text_delta', text })))
const asks = (index: number, id: string, ...pieces: readonly string[]): JsonObject[] =>
  block(
    index,
    { type: 'tool_use', id, name: 'now', input: {} },
    ...pieces.map(partial_json => ({ type: 'input_json_delta', partial_json })),
  )
const stop = (stop_reason: string | null, usage: JsonObject = { output_tokens: 9 }): JsonObject[] => [
  { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage },
  { type: 'message_stop' },
]

const rich = stream(
  start({ cache_read_input_tokens: 20, cache_creation_input_tokens: 4 }),
  { type: 'ping' },
  ...block(
    0,
    { type: 'thinking', thinking: '', signature: '' },
    { type: 'thinking_delta', thinking: 'Wie spät' },
    { type: 'thinking_delta', thinking: ' ist es? 🕰️' },
    { type: 'signature_delta', signature: 'c2lnbmVk' },
  ),
  ...block(1, { type: 'redacted_thinking', data: 'c2VjcmV0' }),
  ...block(
    2,
    { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
    { type: 'input_json_delta', partial_json: '{"query":"zeit"}' },
  ),
  ...block(3, { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] }),
  { type: 'a_new_event', anything: true },
  ...block(
    4,
    { type: 'text', text: '' },
    { type: 'text_delta', text: 'Ich ' },
    { type: 'citations_delta', citation: { type: 'web_search_result_location' } },
    { type: 'text_delta', text: 'schaue nach.' },
  ),
  ...asks(5, 'toolu_1', '', '{"zone": "Euro', 'pe/Zürich"}'),
  ...asks(6, 'toolu_2', ''),
  ...stop('tool_use', { input_tokens: null, output_tokens: 40, output_tokens_details: { thinking_tokens: 12 } }),
)

test('an answer is heard block by block', async () => {
  const { parts, finish, events } = await hear(rich)
  expect(parts).toEqual([
    {
      type: 'reasoning',
      text: 'Wie spät ist es? 🕰️',
      providerData: { protocol: 'anthropic-messages', value: { type: 'thinking', signature: 'c2lnbmVk' } },
    },
    {
      type: 'reasoning',
      text: '',
      providerData: { protocol: 'anthropic-messages', value: { type: 'redacted_thinking', data: 'c2VjcmV0' } },
    },
    {
      type: 'reasoning',
      text: '',
      providerData: {
        protocol: 'anthropic-messages',
        value: { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'zeit' } },
      },
    },
    {
      type: 'reasoning',
      text: '',
      providerData: {
        protocol: 'anthropic-messages',
        value: { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
      },
    },
    { type: 'text', text: 'Ich schaue nach.' },
    { type: 'tool-call', id: 'toolu_1', name: 'now', input: { zone: 'Europe/Zürich' } },
    { type: 'tool-call', id: 'toolu_2', name: 'now', input: {} },
  ])
  expect(finish).toEqual({
    type: 'finish',
    stop: 'tool-calls',
    model: 'claude-sonnet-4-5',
    usage: { input: 3, cacheRead: 20, cacheWrite: 4, output: 40, reasoning: 12 },
  })
  const shown = events.flatMap(event => ('text' in event ? `${event.type} ${event.text}` : []))
  expect(shown).toEqual([
    'reasoning-delta Wie spät',
    'reasoning-delta  ist es? 🕰️',
    'text-delta Ich ',
    'text-delta schaue nach.',
    'tool-input-delta {"zone": "Euro',
    'tool-input-delta pe/Zürich"}',
  ])
})

test.each(Object.entries(awkward))('an answer is heard the same %s', async (_how, cut) => {
  expect((await hear(cut(Buffer.from(rich)))).events).toEqual((await hear(rich)).events)
})

test('an answer that is cut off anywhere is broken, or whole', async () => {
  const whole = await hear(rich)
  const bytes = Buffer.from(rich)
  const enough = rich.indexOf('event: message_stop')
  for (let length = 0; length < bytes.length; length += 7) {
    const { parts, failure } = await hear(bytes.subarray(0, length))
    if (failure) expect({ length, code: failure.code }).toEqual({ length, code: 'stream-broken' })
    else expect({ length, parts }).toEqual({ length, parts: whole.parts })
  }
  expect((await hear(rich.slice(0, enough))).finish).toEqual(whole.finish)
  expect((await hear(rich.slice(0, rich.indexOf('event: message_delta')))).failure?.code).toBe('stream-broken')
})

test.each([
  ['end_turn', 'end'],
  ['stop_sequence', 'end'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['pause_turn', 'length'],
  ['refusal', 'refusal'],
  ['something_new', 'end'],
])('%s means %s', async (reason, expected) => {
  expect((await hear(stream(start(), ...words(0, 'So.'), ...stop(reason)))).finish?.stop).toBe(expected)
})

test('a server that gives no reason is understood by what it asks for', async () => {
  expect((await hear(stream(start(), ...words(0, 'So.'), ...stop(null)))).finish?.stop).toBe('end')
  expect((await hear(stream(start(), ...asks(0, 'toolu_1'), ...stop(null)))).finish?.stop).toBe('tool-calls')
})

test('a call that the limit of tokens cuts off is told as it was written, and does not run', async () => {
  const half = await hear(stream(start(), ...asks(0, 'toolu_1', '{"zone": "Eu'), ...stop('max_tokens')))
  expect(half.parts).toEqual([{ type: 'tool-call', id: 'toolu_1', name: 'now', input: {}, invalid: '{"zone": "Eu' }])
  const none = await hear(stream(start(), ...asks(0, 'toolu_1', ''), ...stop('max_tokens')))
  expect(none.parts).toEqual([{ type: 'tool-call', id: 'toolu_1', name: 'now', input: {}, invalid: '' }])
  const other = await hear(stream(start(), ...asks(0, 'toolu_1', ''), ...words(1, 'And'), ...stop('max_tokens')))
  expect(other.parts[0]).toEqual({ type: 'tool-call', id: 'toolu_1', name: 'now', input: {} })
})

test('a message that is no stream says the same', async () => {
  const content = [
    { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
    { type: 'text', text: 'I look.' },
    { type: 'tool_use', id: 'toolu_1', name: 'now', input: { zone: 'UTC' } },
  ]
  const usage = { input_tokens: 3, output_tokens: 9 }
  const body = {
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5',
    content,
    stop_reason: 'tool_use',
    usage,
  }
  const streamed = stream(
    start(),
    ...block(
      0,
      { type: 'thinking', thinking: '' },
      { type: 'thinking_delta', thinking: 'Hm.' },
      { type: 'signature_delta', signature: 'c2ln' },
    ),
    ...words(1, 'I look.'),
    ...asks(2, 'toolu_1', '{"zone":"UTC"}'),
    ...stop('tool_use'),
  )
  expect((await hear(JSON.stringify(body))).events).toEqual((await hear(streamed)).events)
})

test('blocks that are announced whole, or never closed, are heard', async () => {
  const { parts, events } = await hear(
    stream(
      start(),
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'So' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: '.' } },
      {
        type: 'content_block_start',
        index: 1,
        content_block: { type: 'tool_use', id: 't', name: 'now', input: { a: 1 } },
      },
      ...stop('tool_use'),
    ),
  )
  expect(parts).toEqual([
    { type: 'text', text: 'So.' },
    { type: 'tool-call', id: 't', name: 'now', input: { a: 1 } },
  ])
  expect(events[0]).toEqual({ type: 'text-delta', text: 'So' })
})

const error = (type: string, message: string): JsonObject => ({
  type: 'error',
  error: { type, message },
  request_id: 'req_1',
})

test.each([
  ['overloaded_error', 'Overloaded', 'model-unavailable'],
  ['api_error', 'Internal server error', 'model-unavailable'],
  ['rate_limit_error', 'Too many tokens', 'rate-limited'],
  ['invalid_request_error', 'Output blocked by content filtering policy', 'content-filter'],
])('%s in the middle of a stream ends it', async (type, message, code) => {
  const { parts, finish, failure } = await hear(stream(start(), ...words(0, 'So'), error(type, message)))
  expect(parts).toEqual([{ type: 'text', text: 'So' }])
  expect(finish).toBeUndefined()
  expect(failure).toMatchObject({ code, message: expect.stringContaining(message) })
})

test.each<[number, JsonObject, object, object]>([
  [401, error('authentication_error', 'invalid x-api-key'), {}, { code: 'model-auth' }],
  [404, error('not_found_error', 'model: claude-9'), {}, { code: 'model-not-found' }],
  [400, error('invalid_request_error', 'max_tokens: must be greater'), {}, { code: 'model-request' }],
  [
    400,
    error('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
    {},
    { code: 'context-overflow' },
  ],
  [429, error('rate_limit_error', 'slow down'), { 'retry-after': '7' }, { code: 'rate-limited', retryAfter: 7000 }],
  [529, error('overloaded_error', 'Overloaded'), {}, { code: 'model-unavailable' }],
])('a refusal with %i is told in words', async (status, body, headers, expected) => {
  const { events, failure } = await hear(JSON.stringify(body), status, headers)
  expect(events).toEqual([])
  expect(failure).toMatchObject(expected)
})

test('an answer without a single event is broken', async () => {
  expect((await hear('')).failure?.code).toBe('stream-broken')
  expect((await hear(': keepalive\n\n')).failure?.code).toBe('stream-broken')
})
