import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { generated } from '../docs/generate.ts'

test.each(generated)('$path says what the code does (npm run docs makes it anew)', ({ path, content }) => {
  expect(readFileSync(path, 'utf8')).toBe(content())
})
