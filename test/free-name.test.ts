import { expect, test } from 'vitest'
import { freeName } from '../runtime/core/free-name.ts'

test('the first name that nobody has is taken: as it is, then -2, -3 and so on, where the name wants it', () => {
  const free = (...taken: string[]) =>
    freeName(
      name => taken.includes(name),
      suffix => `run-failed${suffix}.yaml`,
    )
  expect(free()).toBe('run-failed.yaml')
  expect(free('run-failed.yaml')).toBe('run-failed-2.yaml')
  expect(free('run-failed.yaml', 'run-failed-2.yaml', 'run-failed-4.yaml')).toBe('run-failed-3.yaml')
})
