import { expect, test } from 'vitest'
import { fieldsOf } from '../runtime/core/form-fields.ts'
import type { JsonObject } from '../runtime/core/json.ts'

/** A form with one field of this kind. */
const field = (schema: JsonObject, required: readonly string[] = []) => {
  const [only] = fieldsOf({ type: 'object', properties: { it: schema }, required })
  return only!
}

const oneOf = [
  { const: 'b', title: 'Bass' },
  { const: 'd', title: 'Drums' },
]

test.each<[string, JsonObject, string, unknown]>([
  ['text', { type: 'string' }, '  Ann ', 'Ann'],
  ['a number', { type: 'number' }, '-1.5', -1.5],
  ['a whole number', { type: 'integer', minimum: 1 }, '3', 3],
  ['a switch', { type: 'boolean' }, 'Y', true],
  ['a switch that is off', { type: 'boolean' }, 'no', false],
  ['a word of several', { enum: ['north', 'south'] }, 'south', 'south'],
  ['its number', { enum: ['north', 'south'] }, '2', 'south'],
  ['a word with a name', { enum: ['n', 's'], enumNames: ['North', 'South'] }, 'South', 's'],
  ['a choice with a title', { type: 'string', oneOf }, 'Drums', 'd'],
  ['several choices', { type: 'array', items: { anyOf: oneOf } }, '1, Drums', ['b', 'd']],
  ['several words', { type: 'array', items: { type: 'string', enum: ['x', 'y'] } }, 'y', ['y']],
  ['nothing, where that may be', { type: 'string' }, ' ', undefined],
  ['nothing, where something stands for it', { type: 'integer', default: 7 }, '', 7],
  ['an address', { type: 'string', format: 'email' }, 'ann@example.com', 'ann@example.com'],
  ['something of a kind that is not known', { type: 'hologram' }, 'x', 'x'],
])('%s', (_, schema, typed, value) => {
  expect(field(schema).read(typed)).toEqual(value)
})

test.each<[JsonObject, string, string]>([
  [{ type: 'number' }, 'many', 'Type a number.'],
  [{ type: 'number', maximum: 5 }, '6', 'The number is at most 5.'],
  [{ type: 'integer' }, '1.5', 'Type a whole number.'],
  [{ type: 'boolean' }, 'perhaps', 'Type yes or no.'],
  [{ type: 'string', minLength: 3 }, 'ab', 'The number of letters is at least 3.'],
  [{ type: 'string', format: 'email' }, 'ann', 'Type an address such as ann@example.com.'],
  [{ type: 'string', format: 'uri' }, 'example', 'Type an address such as https://example.com.'],
  [{ type: 'string', format: 'date' }, 'today', 'Type a date such as 2025-12-24.'],
  [{ enum: ['north'] }, 'west', 'Choose one of north, or its number.'],
  [{ type: 'array', items: { enum: ['x', 'y'] }, maxItems: 1 }, 'x,y', 'The number of choices is at most 1.'],
])('%j refuses %s', (schema, typed, words) => {
  expect(() => field(schema).read(typed)).toThrow(words)
})

test('what is needed cannot be left out', () => {
  expect(() => field({ type: 'string' }, ['it']).read('')).toThrow('This is needed.')
})

test('a field says what it means and what may be chosen', () => {
  expect(
    field({ type: 'string', title: 'Instrument', description: 'What you play', oneOf, default: 'b' }, ['it']).prompt,
  ).toBe('Instrument (needed; empty: b)\n  What you play\n  1. Bass\n  2. Drums')
})
