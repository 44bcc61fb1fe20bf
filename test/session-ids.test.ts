import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fingerprint } from '../runtime/team/fingerprint.ts'
import { idsFrom } from '../runtime/team/sessions/id.ts'

test('ids of many processes at one time are all different, and tell neighbours apart early', () => {
  const ids = Array.from({ length: 500 }, (_, pid) => idsFrom(() => new Date(1_795_000_000_000), 4000 + pid))
  const made = ids.flatMap(next => [next(), next(), next()])
  expect(new Set(made).size).toBe(1500)
  expect(made.every(id => /^[0-9a-f]{12}$/.test(id))).toBe(true)
  expect(new Set(made.map(id => id.slice(0, 6))).size).toBeGreaterThan(1490)
})

test('a text that differs has another fingerprint', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      expect(fingerprint(one) === fingerprint(other)).toBe(one === other)
    }),
  )
})
