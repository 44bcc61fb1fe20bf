import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { clippedTo, wrapped } from '../runtime/cassette/view/layout.ts'
import { printProblem } from '../runtime/config/diagnose.ts'
import { graphemes, widthOf } from '../runtime/core/width.ts'
import { cut } from '../runtime/tui/view/line.ts'

test.each([
  ['plain', 5],
  ['│ … → —', 7],
  ['漢字', 4],
  ['ｶﾞ', 2],
  ['한국', 4],
  ['\u1112\u1161\u11ab', 2],
  ['é', 1],
  ['e\u0301', 1],
  ['กำ', 2],
  ['👍', 2],
  ['👍🏽', 2],
  ['👩‍👩‍👧', 2],
  ['🇩🇪', 2],
  ['🇩', 1],
  ['1️⃣', 2],
  ['❤️', 2],
  ['❤', 1],
  ['☰', 2],
  ['\u200b\u200d\ufeff', 0],
  ['\ud83d', 0],
] as const)('«%s» takes %i columns', (text, columns) => {
  expect(widthOf(text)).toBe(columns)
})

test('a picture is never cut in two, in a recording and on the screen', () => {
  const family = '👩‍👩‍👧'
  expect(clippedTo(family.repeat(4), 6)).toBe(`${family.repeat(2)}…`)
  expect(wrapped(family.repeat(3), 4)).toEqual([family.repeat(2), family])
  expect(cut([{ text: family.repeat(4) }], 6)).toEqual([{ text: family.repeat(2) }, { text: '…' }])
})

test('a caret stands under what it means, whatever stands before', () => {
  const text = '漢字: x'
  const [, line, carets] = printProblem({ path: 'a.yaml', text }, { start: 4, end: 5, what: 'Wrong.' }).split('\n')
  expect([line, carets]).toEqual(['  1 | 漢字: x', '    |       ^'])
})

test('whatever a text holds, its width is that of its letters together', () => {
  void fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), text => {
      expect(widthOf(text)).toBe(graphemes(text).reduce((sum, letter) => sum + widthOf(letter), 0))
      expect(graphemes(text).join('')).toBe(text)
    }),
  )
})
