import { expect, test } from 'vitest'
import { noUsage } from '../runtime/core/message.ts'
import type { Model } from '../runtime/core/model.ts'
import { priced } from '../runtime/models/compose.ts'
import { costOf } from '../runtime/models/price.ts'
import { user } from './support/asked.ts'

const million = 1_000_000
const usage = { input: million, cacheRead: million, cacheWrite: million, output: million, reasoning: 500_000 }

test('each kind of token has its price, and reasoning is part of the output', () => {
  const short = { input: 1000, cacheRead: 2000, cacheWrite: 3000, output: 4000, reasoning: 4000 }
  expect(costOf(short, 'anthropic/claude-sonnet-4-5')).toBe((1000 * 3 + 2000 * 0.3 + 3000 * 3.75 + 4000 * 15) / million)
  expect(costOf(short, 'openai/gpt-5-mini')).toBe((1000 * 0.25 + 2000 * 0.025 + 3000 * 0.25 + 4000 * 2) / million)
})

test.for([
  ['openai/gpt-4o-2024-08-06', 'openai/gpt-4o'],
  ['openai/gpt-5-2025-08-07', 'openai/gpt-5'],
  ['openai/gpt-5.2-chat-latest', 'openai/gpt-5.2-chat'],
  ['anthropic/claude-sonnet-4-20250514', 'anthropic/claude-sonnet-4-0'],
  ['anthropic/claude-haiku-4-5-20251001', 'anthropic/claude-haiku-4-5'],
  ['google/gemini-2.0-flash-001', 'google/gemini-2.0-flash'],
  ['google/gemini-3-pro-preview', 'google/gemini-3-pro'],
  ['google/gemini-2.5-pro-preview-05-06', 'google/gemini-2.5-pro'],
  ['mistral/mistral-small-latest', 'mistral/mistral-small'],
  ['azure/gpt-4o', 'openai/gpt-4o'],
] as const)('%s costs what %s does', ([name, same]) => {
  expect(costOf(usage, name)).toBeGreaterThan(0)
  expect(costOf(usage, name)).toBe(costOf(usage, same))
})

test.for([
  'openai/gpt-99',
  'ollama/gpt-oss:20b',
  'dmr/ai/qwen3',
  'own/gpt-4o',
  'mistral/mistral-large-2407',
  'nonsense',
  '',
])('the price of %s is not known', name => {
  expect(costOf(usage, name)).toBeUndefined()
})

test('a call that tells no usage has no cost', () => {
  expect(costOf(noUsage, 'openai/gpt-4o')).toBeUndefined()
})

test('a prompt that is long for its model costs more, all of it and its answer', () => {
  const at = (input: number, name: string) => costOf({ ...noUsage, input, output: 1000 }, name)
  expect(at(200_000, 'google/gemini-2.5-pro')).toBe((200_000 * 1.25 + 1000 * 10) / million)
  expect(at(200_001, 'google/gemini-2.5-pro')).toBe((200_001 * 2.5 + 1000 * 15) / million)
  const cached = { ...noUsage, cacheRead: 200_001, output: 1000 }
  expect(costOf(cached, 'google/gemini-2.5-pro')).toBe((200_001 * 0.25 + 1000 * 15) / million)
})

test('a cost has no noise of binary fractions', () => {
  expect(`${costOf({ ...noUsage, input: 3, output: 1 }, 'openai/gpt-4o-mini')}`).toBe('0.00000105')
})

const finishing = (event: { readonly cost?: number; readonly model?: string }): Model =>
  async function* () {
    yield { type: 'finish', stop: 'end', usage: { ...noUsage, input: million }, ...event }
  }

const costOfTurn = async (model: Model): Promise<number | undefined> => {
  const caller = { agent: 'root', lane: 'root' }
  const request = { caller, system: [], stable: 0, messages: [user('Hi')], tools: [] }
  for await (const event of model(request, new AbortController().signal)) {
    if (event.type === 'finish') return event.cost
  }
  return undefined
}

test('a turn costs what its provider says, else its list price, else that of the model that answered', async () => {
  expect(await costOfTurn(priced(finishing({ cost: 0.5 }), 'openai/gpt-4o'))).toBe(0.5)
  expect(await costOfTurn(priced(finishing({}), 'openai/gpt-4o'))).toBe(2.5)
  expect(await costOfTurn(priced(finishing({ model: 'gpt-4o-2024-08-06' }), 'openai/chatgpt'))).toBe(2.5)
  expect(await costOfTurn(priced(finishing({}), 'ollama/llama3.2'))).toBeUndefined()
})
