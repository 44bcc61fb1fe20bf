import fc from 'fast-check'
import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { folded, unfolded } from '../runtime/cassette/file/marks.ts'
import { isSame } from '../runtime/cassette/file/own.ts'
import { NotOurs, readBlock } from '../runtime/cassette/file/yaml-read.ts'
import { mappingText } from '../runtime/cassette/file/yaml-write.ts'
import type { Json } from '../runtime/core/json.ts'
import { anyJson, anyText, deepJson } from './support/json-values.ts'

const ours = (text: string): Json =>
  readBlock(text, {
    here: new Map(),
    elsewhere: name => {
      throw new NotOurs(name)
    },
  })

test('any value is read as it was written, by our reader and by any YAML parser', () => {
  fc.assert(
    fc.property(anyJson, value => {
      const text = `${mappingText({ value, after: 1 }, 0)}\n`
      const expected = { value, after: 1 }
      expect(isSame(ours(text), expected)).toBe(true)
      expect(isSame(load(text) as Json, expected)).toBe(true)
    }),
    { numRuns: 3000 },
  )
})

test('texts of several lines keep their lines, so that a changed word is a changed line', () => {
  const write = (text: string) => mappingText({ text }, 0)
  expect(write('one\n two\n')).toBe('text: |\n  one\n   two')
  expect(write('one\ntwo')).toBe('text: |-\n  one\n  two')
  expect(write(' one\n\n')).toBe('text: |2+\n   one\n')
  expect(write('blank at the end \n "q"\r\n')).toBe('text: "blank at the end \\n\\\n  \\ \\"q\\"\\r\\n\\\n  "')
})

test('what a hand or a formatter changed is left to a general parser, never read otherwise than by it', () => {
  fc.assert(
    fc.property(
      anyJson,
      fc.array(fc.tuple(fc.nat(), fc.constantFrom(...' \n#-:"\'|*&[{x\t'), fc.boolean())),
      (value, edits) => {
        const letters = Array.from(`${mappingText({ value, after: 1 }, 0)}\n`)
        for (const [place, letter, replace] of edits) {
          letters.splice(place % (letters.length + 1), replace ? 1 : 0, letter)
        }
        const text = letters.join('')
        let read: Json
        try {
          read = ours(text)
        } catch (error) {
          expect(error).toBeInstanceOf(NotOurs)
          return
        }
        expect(isSame(load(text) as Json, read)).toBe(true)
      },
    ),
    { numRuns: 30000 },
  )
})

test('values deeper than parsers go, and JSON in a string, come back as they were', () => {
  for (const value of [deepJson(61), deepJson(200, -0), deepJson(1000)]) {
    const text = mappingText({ value: folded(value) }, 0)
    expect(isSame(unfolded((ours(text) as { value: Json }).value), value)).toBe(true)
    expect(isSame(unfolded((load(text) as { value: Json }).value), value)).toBe(true)
  }
  fc.assert(
    fc.property(anyJson, anyText, (value, known) => {
      const tree = folded(value, text => text === known)
      expect(isSame(unfolded(tree), value)).toBe(true)
      expect(isSame(unfolded(ours(`${mappingText({ tree }, 0)}\n`)), { tree: value })).toBe(true)
    }),
    { numRuns: 2000 },
  )
})
