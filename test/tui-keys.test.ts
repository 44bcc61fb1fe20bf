import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Stroke, strokesIn } from '../runtime/tui/input/keys.ts'

const namesOf = (input: string): string[] =>
  strokesIn(input).strokes.map(stroke => (stroke.type === 'key' ? stroke.name : JSON.stringify(stroke)))

test.each([
  ['\r', 'enter'],
  ['\n', 'ctrl+j'],
  ['\t', 'tab'],
  ['\x7f', 'backspace'],
  ['\x01', 'ctrl+a'],
  ['\x1f', 'ctrl+_'],
  ['\x1b[A', 'up'],
  ['\x1bOA', 'up'],
  ['\x1b[1;5C', 'ctrl+right'],
  ['\x1b[1;3D', 'alt+left'],
  ['\x1b\x1b[D', 'alt+left'],
  ['\x1b[3~', 'delete'],
  ['\x1b[Z', 'shift+tab'],
  ['\x1bb', 'alt+b'],
  ['\x1b\r', 'alt+enter'],
  ['\x1b\x7f', 'alt+backspace'],
  ['\x1b[13;2u', 'shift+enter'],
  ['\x1b[99;5u', 'ctrl+c'],
  ['\x1b[27u', 'escape'],
  ['\x1b[27;2;13~', 'shift+enter'],
])('%j is %s', (input, name) => {
  expect(namesOf(input)).toEqual([name])
})

test('what is no key is nothing: answers of the terminal, the mouse', () => {
  expect(namesOf('\x1b[?1u\x1b[<0;3;4Mx')).toEqual(['{"type":"text","text":"x"}'])
  expect(strokesIn('\x1b[I\x1b[O').strokes).toEqual([
    { type: 'focus', is: true },
    { type: 'focus', is: false },
  ])
})

test('keys that came at once are keys each: Enter ends a line, whatever follows', () => {
  expect(strokesIn('hello\rworld\r\x04').strokes).toEqual([
    { type: 'text', text: 'hello' },
    { type: 'key', name: 'enter' },
    { type: 'text', text: 'world' },
    { type: 'key', name: 'enter' },
    { type: 'key', name: 'ctrl+d' },
  ])
})

const pieces = fc.constantFrom(
  'a',
  '日本',
  '👩‍👧',
  '\r',
  '\x1b[A',
  '\x1b[1;5D',
  '\x1bOB',
  '\x1b[200~x\ry\x1b[201~',
  '\x1b[3~',
)

/** Text may come in pieces; what it is in sum does not change. */
const joined = (strokes: readonly Stroke[]): Stroke[] => {
  const all: Stroke[] = []
  for (const stroke of strokes) {
    const last = all.at(-1)
    if (stroke.type === 'text' && last?.type === 'text')
      all.splice(-1, 1, { type: 'text', text: last.text + stroke.text })
    else all.push(stroke)
  }
  return all
}

test('however the bytes are cut, the keys are the same', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 5 })), (parts, sizes) => {
      const input = `${parts.join('')}.`
      const strokes: Stroke[] = []
      let rest = ''
      let at = 0
      for (let index = 0; at < input.length; index++) {
        const size = sizes[index] ?? input.length
        const read = strokesIn(rest + input.slice(at, at + size))
        strokes.push(...read.strokes)
        rest = read.rest
        at += size
      }
      expect(rest).toBe('')
      expect(joined(strokes)).toEqual(joined(strokesIn(input).strokes))
    }),
  )
})
