import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { screensPage, screensPath } from '../docs/screens.ts'

test('the pictures in the documentation are what a user sees (node docs/screens.ts makes them anew)', async () => {
  expect(await screensPage()).toBe(readFileSync(screensPath, 'utf8'))
})
