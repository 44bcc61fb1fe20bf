import { expect, test } from 'vitest'
import { countTokens } from '../runtime/models/tokens.ts'

test('a text is counted in tokens', async () => {
  expect(await countTokens('')).toBe(0)
  expect(await countTokens('The sea is salty.')).toBe(5)
  expect(await countTokens('<|endoftext|>')).toBeGreaterThan(0)
})

test('a word without end is counted as well, piece by piece', async () => {
  const count = await countTokens(`begin ${'é'.repeat(400_000)} end`)
  expect(count).toBeGreaterThan(10_000)
  expect(count).toBeLessThan(410_000)
})
