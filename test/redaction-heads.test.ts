import fc from 'fast-check'
import { expect, test } from 'vitest'
import { headsOf } from '../runtime/cassette/redact/heads.ts'
import { shapes, shapesOf } from '../runtime/cassette/redact/shapes.ts'

test('the beginnings of a pattern are read from it', () => {
  expect(headsOf('sk-ant-[\\w-]{16,}')).toEqual(['sk-ant-'])
  expect(headsOf('gh[op]_[A-Za-z0-9]{30,}')).toEqual(['gho_', 'ghp_'])
  expect(headsOf('(?:AT|GT)X?[0-9]{9}')).toEqual(['AT', 'GT'])
  expect(headsOf('(?:1//0[\\w]{3}|ya29\\.[ab]c+)')).toEqual(['1//0', 'ya29.a', 'ya29.b'])
  expect(headsOf('a.b')).toEqual(['a'])
  expect(headsOf('[A-Z]b')).toEqual([''])
})

/** A credential of the shape. What must not follow it is no part of it. */
const madeAs = (pattern: string): fc.Arbitrary<string> =>
  fc.stringMatching(new RegExp(`^${pattern.replace(/\(\?![^)]*\)/g, '')}$`))

test.each(shapes())('%s: a credential is found in a short text as in a long one', (_, pattern, heads) => {
  fc.assert(
    fc.property(madeAs(pattern), secret => {
      expect(heads.some(head => secret.startsWith(head))).toBe(true)
      const found = (text: string) => shapesOf()(text).map(({ text, start, end }) => ({ text, start, end }))
      const short = `so: ${secret} `
      // Such a text is looked through with the whole pattern.
      expect(found(short)).toEqual(found(short.padEnd(3000)))
      expect(found(short)).not.toEqual([])
    }),
    { numRuns: 20 },
  )
})
