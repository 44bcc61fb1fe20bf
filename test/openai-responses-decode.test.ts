import { expect, test } from 'vitest'
import type { JsonObject } from '../runtime/core/json.ts'
import { noUsage } from '../runtime/core/message.ts'
import { openaiResponses } from '../runtime/models/openai-responses.ts'
import { call, results, sent, user } from './support/asked.ts'
import { decoded, replyOf } from './support/decoded.ts'

const stream = (...events: JsonObject[]): string =>
  events.map(event => `event: ${event['type']}\ndata: ${JSON.stringify(event)}\n\n`).join('')
const heard = (...events: JsonObject[]) => decoded(openaiResponses, replyOf(stream(...events)))

const event = (type: string, rest: JsonObject = {}): JsonObject => ({ type: `response.${type}`, ...rest })
const added = (output_index: number, item: JsonObject) => event('output_item.added', { output_index, item })
const done = (output_index: number, item: JsonObject) => event('output_item.done', { output_index, item })
const completed = (response: JsonObject = {}) => event('completed', { response: { status: 'completed', ...response } })

const message = (text: string, rest: JsonObject = {}): JsonObject => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  content: [{ type: 'output_text', text }],
  ...rest,
})
const asked = (id: string, name: string, json: string): JsonObject => ({
  type: 'function_call',
  id: `fc_${id}`,
  call_id: id,
  name,
  arguments: json,
})
const own = (value: JsonObject) => ({ providerData: { protocol: 'openai-responses', value } })

test('words, thoughts and calls come in pieces, and whole in the end', async () => {
  const reasoning = {
    type: 'reasoning',
    id: 'rs_1',
    summary: [
      { type: 'summary_text', text: 'One.' },
      { type: 'summary_text', text: 'Two.' },
    ],
    encrypted_content: 'BBBB',
  }
  const summary = (summary_index: number, delta: string) => [
    event('reasoning_summary_part.added', { output_index: 0, summary_index }),
    event('reasoning_summary_text.delta', { output_index: 0, summary_index, delta }),
  ]
  const { events, parts, finish } = await heard(
    event('created', { response: { model: 'gpt-5', status: 'in_progress' } }),
    added(0, { ...reasoning, summary: [], encrypted_content: 'AAAA' }),
    ...summary(0, 'One.'),
    ...summary(1, 'Two.'),
    done(0, { ...reasoning, status: 'completed' }),
    added(1, message('', { content: [] })),
    event('output_text.delta', { output_index: 1, delta: 'I ' }),
    event('output_text.delta', { output_index: 1, delta: 'look.' }),
    done(1, message('I look.', { phase: 'commentary' })),
    added(2, asked('a', 'read', '')),
    added(3, asked('b', 'write', '')),
    event('function_call_arguments.delta', { output_index: 3, delta: '{"to":2}' }),
    event('function_call_arguments.delta', { output_index: 2, delta: '{"from":1}' }),
    done(3, asked('b', 'write', '{"to":2}')),
    done(2, asked('a', 'read', '{"from":1}')),
    completed({ model: 'gpt-5-2025' }),
  )
  expect(events.filter(({ type }) => type.endsWith('delta'))).toEqual([
    { type: 'reasoning-delta', text: 'One.' },
    { type: 'reasoning-delta', text: '\n\n' },
    { type: 'reasoning-delta', text: 'Two.' },
    { type: 'text-delta', text: 'I ' },
    { type: 'text-delta', text: 'look.' },
    { type: 'tool-input-delta', id: 'b', name: 'write', text: '{"to":2}' },
    { type: 'tool-input-delta', id: 'a', name: 'read', text: '{"from":1}' },
  ])
  expect(parts).toEqual([
    { type: 'reasoning', text: 'One.\n\nTwo.', ...own(reasoning) },
    { type: 'text', text: 'I look.', ...own({ id: 'msg_1', phase: 'commentary' }) },
    { ...call('a', 'read', { from: 1 }), ...own({ id: 'fc_a' }) },
    { ...call('b', 'write', { to: 2 }), ...own({ id: 'fc_b' }) },
  ])
  expect(finish).toEqual({ type: 'finish', stop: 'tool-calls', usage: noUsage, model: 'gpt-5-2025' })
})

test('what was said goes back as it came', async () => {
  const reasoning = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'AAAA' }
  const search = { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'x' } }
  const { parts } = await heard(
    done(0, { ...reasoning, status: 'completed', content: null }),
    done(1, search),
    done(2, message('Found.')),
    done(3, asked('a', 'read', '{}')),
    completed(),
  )
  const said = { role: 'assistant', content: parts, stop: 'tool-calls', usage: noUsage } as const
  expect(sent(openaiResponses, { messages: [user('Go.'), said, results(['a', 'read', 'text'])] })['input']).toEqual([
    { role: 'user', content: 'Go.' },
    reasoning,
    search,
    { type: 'message', role: 'assistant', id: 'msg_1', content: [{ type: 'output_text', text: 'Found.' }] },
    { type: 'function_call', id: 'fc_a', call_id: 'a', name: 'read', arguments: '{}' },
    { type: 'function_call_output', call_id: 'a', output: 'text' },
  ])
})

test('open models think in the open, and hidden thoughts that cannot go back are no part', async () => {
  const open = { type: 'reasoning', id: 'rs_1', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] }
  const hidden = { type: 'reasoning', id: 'rs_2', summary: [] }
  const summary = { type: 'reasoning', id: 'rs_3', summary: [{ type: 'summary_text', text: 'In short.' }] }
  const { parts } = await heard(done(0, open), done(1, hidden), done(2, summary), done(3, message('Yes.')), completed())
  expect(parts.slice(0, -1)).toEqual([
    { type: 'reasoning', text: 'Hm.', ...own(open) },
    { type: 'reasoning', text: 'In short.' },
  ])
})

test('a refusal is told in its words', async () => {
  const { parts, finish } = await heard(
    event('refusal.delta', { output_index: 0, delta: 'No.' }),
    done(0, message('', { content: [{ type: 'refusal', refusal: 'No.' }] })),
    completed(),
  )
  expect(parts).toMatchObject([{ type: 'text', text: 'No.' }])
  expect(finish?.stop).toBe('refusal')
})

test.for([
  ['max_output_tokens', 'length'],
  ['content_filter', 'content-filter'],
] as const)('an answer cut off for %s is %s, with what there is of it', async ([reason, stop]) => {
  const response = { status: 'incomplete', incomplete_details: { reason }, output: [message('Once upon')] }
  const { parts, finish } = await heard(
    added(0, message('', { content: [] })),
    event('output_text.delta', { output_index: 0, delta: 'Once upon' }),
    event('incomplete', { response }),
  )
  expect(parts).toMatchObject([{ type: 'text', text: 'Once upon' }])
  expect(finish?.stop).toBe(stop)
})

test('what no delta told is told at its end', async () => {
  const { events } = await heard(done(0, message('Whole.')), completed({ output: [message('Whole.')] }))
  expect(events.map(event => (event.type === 'text-delta' ? event.text : event.type))).toEqual([
    'Whole.',
    'part',
    'finish',
  ])
})

test('items that came under other places in the end are not taken twice', async () => {
  const { parts } = await heard(done(1, message('Once.')), completed({ output: [message('Once.')] }))
  expect(parts).toHaveLength(1)
})

test('an answer that is no stream says the same', async () => {
  const response = {
    object: 'response',
    status: 'completed',
    model: 'm',
    output: [message('Yes.'), asked('a', 'f', '{')],
    usage: {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 4 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 3 },
      total_tokens: 15,
    },
  }
  const { events, parts, finish } = await decoded(openaiResponses, replyOf(JSON.stringify(response)))
  expect(events.map(({ type }) => type)).toEqual(['text-delta', 'tool-input-delta', 'part', 'part', 'finish'])
  expect(parts[1]).toMatchObject({ input: {}, invalid: '{' })
  expect(finish?.usage).toEqual({ input: 6, cacheRead: 4, cacheWrite: 0, output: 5, reasoning: 3 })
})

const failed = (error: JsonObject | null) => event('failed', { response: { status: 'failed', error } })

test.for<[what: string, last: JsonObject, code: string, words: string]>([
  ['the response failed', failed({ code: 'server_error', message: 'Oh no' }), 'model-unavailable', 'Oh no'],
  ['too fast', failed({ code: 'rate_limit_exceeded', message: 'Try again in 2s' }), 'rate-limited', 'Try again in 2s'],
  ['too long', failed({ code: 'context_length_exceeded', message: 'Too long' }), 'context-overflow', 'Too long'],
  ['a picture that is none', failed({ code: 'invalid_image', message: 'No picture' }), 'model-request', 'No picture'],
  ['no reason given', failed(null), 'model-unavailable', 'no reason'],
  [
    'an event',
    { type: 'error', code: 'invalid_prompt', message: 'Not this', param: null },
    'model-request',
    'Not this',
  ],
  [
    'an event with the error inside',
    { type: 'error', error: { code: 'server_error', message: 'Oh' } },
    'model-unavailable',
    'Oh',
  ],
  ['a gateway', { error: { code: 502, message: 'Bad gateway' } }, 'model-unavailable', 'Bad gateway'],
])('an error after 200 is a failure: %s', async ([, last, code, words]) => {
  const { failure, finish } = await heard(event('output_text.delta', { output_index: 0, delta: 'Well, ' }), last)
  expect(failure?.code).toBe(code)
  expect(failure?.message).toContain(words)
  expect(finish).toBeUndefined()
})

test('an answer without its last event is broken, also one that goes on in the background', async () => {
  expect((await heard(done(0, message('Yes.')))).failure?.code).toBe('stream-broken')
  const background = JSON.stringify({ object: 'response', status: 'queued', output: [] })
  expect((await decoded(openaiResponses, replyOf(background))).failure?.code).toBe('stream-broken')
})
