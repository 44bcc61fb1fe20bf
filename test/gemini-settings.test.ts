import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../runtime/core/json.ts'
import type { ModelSettings } from '../runtime/core/protocol.ts'
import { gemini } from '../runtime/models/gemini.ts'
import { type Asked, now, sent } from './support/asked.ts'

const body = (asked: Asked): JsonObject => sent(gemini, { model: 'gemini-2.5-flash', ...asked })
const config = (model: string, settings: ModelSettings): Json | undefined =>
  body({ model, settings })['generationConfig']

const all: ModelSettings = { maxTokens: 9, temperature: 0.5, topP: 0.9, frequencyPenalty: 1, presencePenalty: 1 }

test('parameters are sent by their names here; penalties and one call at a time cannot be asked for', () => {
  expect(config('gemini-2.5-flash', all)).toEqual({ temperature: 0.5, topP: 0.9, maxOutputTokens: 9 })
  expect(body({ settings: { parallelToolCalls: false }, tools: [now] })).toEqual(body({ tools: [now] }))
  expect(body({})).not.toHaveProperty('generationConfig')
})

const tokens = (thinkingBudget: number) => ({ includeThoughts: true, thinkingBudget })
const level = (thinkingLevel: string) => ({ includeThoughts: true, thinkingLevel })
test.each<[string, NonNullable<ModelSettings['thinkingBudget']>, JsonObject | undefined]>([
  ['gemini-2.5-flash', 0, { thinkingBudget: 0 }],
  ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }],
  ['gemini-2.5-flash', -1, tokens(-1)],
  ['gemini-2.5-flash', 'adaptive', tokens(-1)],
  ['gemini-2.5-flash', 5000, tokens(5000)],
  ['gemini-2.5-flash', 90_000, tokens(24_576)],
  ['gemini-2.5-flash', 'low', tokens(2048)],
  ['gemini-2.5-flash-lite', 100, tokens(512)],
  ['gemini-2.5-pro', 0, { thinkingBudget: 128 }],
  ['gemini-2.5-pro', 'high', tokens(24_576)],
  ['gemini-3-pro-preview', 'high', level('high')],
  ['gemini-3-pro-preview', 'minimal', level('low')],
  ['gemini-3.1-pro-preview', 'medium', level('medium')],
  ['gemini-3-flash', 'minimal', level('minimal')],
  ['gemini-3-flash', 8192, level('medium')],
  ['gemini-3-flash', -1, { includeThoughts: true }],
  ['gemini-3-flash', 0, { thinkingLevel: 'minimal' }],
  ['gemini-4-argon', 'none', { thinkingLevel: 'low' }],
  ['gemini-pro-latest', 'minimal', level('low')],
  ['gemini-2.0-flash', 'high', undefined],
  ['gemma-3-27b-it', 'high', undefined],
])('%s with a thinking_budget of %s is told so in its own way', (model, thinkingBudget, thinkingConfig) => {
  expect(config(model, { thinkingBudget })).toEqual(thinkingConfig && { thinkingConfig })
})

test('options of the file have the last word, and those that are read here are not sent', () => {
  const options = { project: 'p', location: 'l', safetySettings: [], generationConfig: { topK: 3 } }
  expect(body({ settings: { temperature: 1, options } })).toEqual({
    contents: [{ role: 'user', parts: [{ text: 'Hello' }] }],
    generationConfig: { temperature: 1, topK: 3 },
    safetySettings: [],
  })
})

const output = { name: 'weather', schema: { $schema: 'x', type: 'object', properties: { sky: { type: 'string' } } } }
const json = {
  responseMimeType: 'application/json',
  responseJsonSchema: { type: 'object', properties: { sky: { type: 'string' } } },
}
test.each([
  ['gemini-2.5-flash', [], json],
  ['gemini-2.5-flash', [now], undefined],
  ['gemini-3-flash', [now], json],
])('%s beside the tools %j is asked for a fixed shape with %j', (model, tools, expected) => {
  const asked = body({ model, tools, output, system: ['Be brief.', 'Today is Monday.'], stable: 1 })
  expect(asked['generationConfig']).toEqual(expected)
  const told = (asked['systemInstruction'] as { parts: { text: string }[] }).parts.map(({ text }) => text)
  expect(told).toEqual(
    expected ? ['Be brief.', 'Today is Monday.'] : ['Be brief.', expect.stringContaining('"sky"'), 'Today is Monday.'],
  )
})
