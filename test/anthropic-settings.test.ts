import { expect, test } from 'vitest'
import { Failure } from '../runtime/core/errors.ts'
import type { JsonObject } from '../runtime/core/json.ts'
import type { AssistantPart, Message } from '../runtime/core/message.ts'
import type { ModelSettings } from '../runtime/core/protocol.ts'
import { betasOf } from '../runtime/models/anthropic-messages/thinking.ts'
import { anthropicMessages } from '../runtime/models/anthropic-messages.ts'
import { type Asked, assistant, call, lines, now, results, sent, user } from './support/asked.ts'

const messages = (asked: Asked): JsonObject => sent(anthropicMessages, { model: 'claude-sonnet-4-5', ...asked })

/** What is sent beside the conversation. */
const parameters = (model: string, settings: ModelSettings): JsonObject => {
  const { model: _model, messages: _messages, stream: _stream, ...rest } = messages({ model, settings })
  return rest
}

test.each([
  ['claude-3-haiku-20240307', 4096],
  ['claude-3-5-sonnet-latest', 8192],
  ['claude-3-7-sonnet-20250219', 64_000],
  ['claude-opus-4-20250514', 32_000],
  ['claude-opus-4-1', 32_000],
  ['claude-sonnet-4-0', 64_000],
  ['claude-sonnet-4@20250514', 64_000],
  ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 64_000],
  ['claude-opus-4-6', 128_000],
  ['claude-sonnet-5', 128_000],
  ['claude-mythos-preview', 128_000],
  ['MiniMax-M2', 32_000],
])('%s may write %d tokens unless the file says otherwise', (model, tokens) => {
  expect(parameters(model, {})['max_tokens']).toBe(tokens)
  expect(parameters(model, { maxTokens: 5 })['max_tokens']).toBe(5)
})

const all: ModelSettings = { maxTokens: 9, temperature: 0.5, topP: 0.9, frequencyPenalty: 1, presencePenalty: 1 }
const budget2000 = { thinking: { type: 'enabled', budget_tokens: 2000 } }
test.each<[string, ModelSettings, JsonObject]>([
  ['claude-sonnet-4-0', all, { max_tokens: 9, temperature: 0.5, top_p: 0.9 }],
  ['claude-sonnet-4-5', all, { max_tokens: 9, temperature: 0.5 }],
  ['claude-sonnet-4-5', { maxTokens: 9, topP: 0.9 }, { max_tokens: 9, top_p: 0.9 }],
  ['claude-opus-4-7', all, { max_tokens: 9 }],
  ['claude-haiku-5-5', all, { max_tokens: 9 }],
  ['claude-sonnet-4-0', { ...all, maxTokens: 3000, thinkingBudget: 2000 }, { max_tokens: 3000, ...budget2000 }],
  [
    'claude-sonnet-4-0',
    { maxTokens: 3000, topP: 0.95, thinkingBudget: 2000 },
    { max_tokens: 3000, top_p: 0.95, ...budget2000 },
  ],
])('%s is sent only what it takes of %j', (model, settings, expected) => {
  expect(parameters(model, settings)).toEqual(expected)
})

const tokens = (budget_tokens: number) => ({ thinking: { type: 'enabled', budget_tokens } })
const adaptive = { type: 'adaptive' }
const summarized = { type: 'adaptive', display: 'summarized' }
test.each<[string, ModelSettings['thinkingBudget'], JsonObject]>([
  ['claude-sonnet-4-0', undefined, {}],
  ['claude-sonnet-4-0', 0, {}],
  ['claude-sonnet-4-0', 'none', {}],
  ['claude-sonnet-4-0', 500, tokens(1024)],
  ['claude-sonnet-4-0', 16_000, tokens(16_000)],
  ['claude-sonnet-4-0', 'low', tokens(2048)],
  ['claude-sonnet-4-0', 'adaptive', tokens(8192)],
  ['claude-sonnet-4-0', -1, tokens(8192)],
  ['claude-3-5-haiku-latest', 'high', {}],
  ['claude-opus-4-6', 4000, tokens(4000)],
  ['claude-opus-4-6', 'medium', { thinking: adaptive, output_config: { effort: 'medium' } }],
  ['claude-opus-4-6', 'adaptive', { thinking: adaptive }],
  ['claude-opus-4-8', 'minimal', { thinking: summarized, output_config: { effort: 'low' } }],
  ['claude-opus-4-8', 30_000, { thinking: summarized, output_config: { effort: 'high' } }],
  ['claude-opus-4-8', 'none', {}],
  ['claude-sonnet-5', -1, { thinking: summarized }],
  ['claude-sonnet-5', 'none', { thinking: { type: 'disabled' } }],
  ['claude-fable-5-1', 'none', { output_config: { effort: 'low' } }],
  ['claude-opus-5-5', 0, { output_config: { effort: 'low' } }],
  ['glm-5', 'low', tokens(2048)],
])('%s with a thinking_budget of %s is told so in its own way', (model, thinkingBudget, expected) => {
  const { max_tokens: _tokens, ...rest } = parameters(model, thinkingBudget === undefined ? {} : { thinkingBudget })
  expect(rest).toEqual(expected)
})

test.each([
  ['high', 8000, 4000],
  ['adaptive', 8000, 4000],
  [-1, 40_000, 8192],
  ['low', 1500, 1024],
] as const)('the word %s leaves half of %d tokens to the answer', (thinkingBudget, maxTokens, budget) => {
  expect(parameters('claude-sonnet-4-0', { maxTokens, thinkingBudget })).toMatchObject(tokens(budget))
})

test('a budget that max_tokens leaves no room for is a mistake in the agent file', () => {
  const act = () => messages({ settings: { thinkingBudget: 8000, maxTokens: 8000 } })
  expect(act).toThrow(Failure)
  expect(act).toThrow(expect.objectContaining({ code: 'config', hint: expect.stringContaining('max_tokens') }))
})

test('a turn that began without thoughts is not made to end with them', () => {
  const thought: AssistantPart = {
    type: 'reasoning',
    text: 'Hm.',
    providerData: { protocol: 'anthropic-messages', value: { type: 'thinking', signature: 'c2ln' } },
  }
  const turn = (...parts: AssistantPart[]): Message[] => [
    user('Go.'),
    assistant(...parts, call('toolu_1', 'now')),
    results(['toolu_1', 'now', 'noon']),
    assistant(call('toolu_2', 'now')),
    results(['toolu_2', 'now', 'noon']),
  ]
  const settings = { thinkingBudget: 2000, temperature: 0 }
  expect(messages({ settings, messages: turn() })).not.toHaveProperty('thinking')
  // Whether a turn can think or not, all turns of a conversation are sampled alike.
  expect(messages({ settings, messages: turn() })).not.toHaveProperty('temperature')
  expect(messages({ settings, messages: turn(thought) })).toHaveProperty('thinking')
  expect(messages({ settings, messages: [...turn(), user('And?')] })).toHaveProperty('thinking')
})

test.each<[string, ModelSettings, string[]]>([
  ['claude-sonnet-4-0', { thinkingBudget: 2000 }, ['interleaved-thinking-2025-05-14']],
  ['claude-sonnet-4-0', { thinkingBudget: 2000, options: { interleaved_thinking: false } }, []],
  ['claude-sonnet-4-0', { thinkingBudget: 'none' }, []],
  ['claude-sonnet-4-0', {}, []],
  ['claude-opus-4-6', { thinkingBudget: 'high' }, []],
  ['claude-sonnet-5', { thinkingBudget: 2000 }, []],
])('%s with %j asks in its header for %j', (model, settings, expected) => {
  expect(betasOf(model, settings)).toEqual(expected)
})

test('one call at a time is asked for only beside tools', () => {
  const settings = { parallelToolCalls: false }
  expect(messages({ settings, tools: [now] })['tool_choice']).toEqual({ type: 'auto', disable_parallel_tool_use: true })
  expect(messages({ settings })).not.toHaveProperty('tool_choice')
  expect(messages({ settings: { parallelToolCalls: true }, tools: [now] })).not.toHaveProperty('tool_choice')
})

test('options of the file have the last word, and those that are read here are not sent', () => {
  const options = {
    top_k: 3,
    output_config: { task_budget: 1 },
    interleaved_thinking: true,
    thinking_display: 'omitted',
    disable_prompt_caching: true,
  }
  expect(parameters('claude-opus-4-8', { thinkingBudget: 'low', options })).toEqual({
    max_tokens: 128_000,
    thinking: { type: 'adaptive', display: 'omitted' },
    output_config: { effort: 'low', task_budget: 1 },
    top_k: 3,
  })
})

const output = {
  name: 'weather',
  description: 'How it is.',
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    description: 'The weather.',
    properties: {
      // A property may have the name of a rule.
      minimum: { type: 'number', minimum: -90, description: 'In Celsius.' },
      days: { type: 'array', minItems: 2, items: { $ref: '#/$defs/day' } },
      sky: { oneOf: [{ enum: ['clear', 'grey'] }, { type: 'null' }] },
      at: { type: 'string', format: 'date-time' },
      by: { type: 'string', format: 'phone' },
    },
    required: ['minimum'],
    $defs: { day: { type: 'object', properties: {}, additionalProperties: true } },
  },
}

test('an answer in a fixed shape is asked for with objects closed and limits told', () => {
  const body = messages({ output, settings: { thinkingBudget: 'low' }, model: 'claude-opus-4-8' })
  const { format, effort } = body['output_config'] as { format: { schema: JsonObject }; effort: string }
  expect(effort).toBe('low')
  const { properties, ...rest } = format.schema
  expect(rest).toEqual({
    type: 'object',
    description: 'The weather.',
    required: ['minimum'],
    $defs: { day: { type: 'object', properties: {}, additionalProperties: false } },
    additionalProperties: false,
  })
  expect(lines(properties)).toMatchInlineSnapshot(`
    "minimum: {"type":"number","description":"In Celsius.\\n\\n(minimum: -90)"}
    days: {"type":"array","items":{"$ref":"#/$defs/day"},"description":"(minItems: 2)"}
    sky: {"anyOf":[{"enum":["clear","grey"]},{"type":"null"}]}
    at: {"type":"string","format":"date-time"}
    by: {"type":"string","description":"(format: \\"phone\\")"}"
  `)
})

test('a model without structured output is told the shape in words, before what changes from day to day', () => {
  const system = ['Be brief.', 'Today is Monday.']
  const body = messages({ output, model: 'claude-sonnet-4-0', system, stable: 1 })
  expect(body).not.toHaveProperty('output_config')
  expect(body['system']).toMatchObject([
    { text: 'Be brief.' },
    { text: expect.stringContaining('"sky"'), cache_control: { type: 'ephemeral' } },
    { text: 'Today is Monday.' },
  ])
})
