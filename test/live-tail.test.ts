import xterm from '@xterm/headless'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyTail, type Tail, tailAfter, tailLines } from '../runtime/core/tail.ts'

const after = (...pieces: readonly string[]): Tail => pieces.reduce(tailAfter, emptyTail)
const lines = (...pieces: readonly string[]): string[] => tailLines(after(...pieces), 100)

/** What a terminal of many columns shows, without its blank lines. */
const shownByTerminal = async (text: string): Promise<string[]> => {
  const terminal = new xterm.Terminal({ cols: 500, rows: 24, scrollback: 0, convertEol: true, allowProposedApi: true })
  await new Promise<void>(resolve => terminal.write(text, resolve))
  const buffer = terminal.buffer.active
  const all = Array.from({ length: 24 }, (_, row) => buffer.getLine(row)?.translateToString(true).trimEnd() ?? '')
  terminal.dispose()
  return all.filter(line => line !== '')
}

const moves = ['A', '3A', 'B', '2B', 'C', '4C', 'D', '9D', 'G', '7G', 'E', 'F', 'H', '2;3H', 'f']
const erasures = ['K', '0K', '1K', '2K', 'J', '1J', '2J']
const quiet = ['31m', '1;4m', '?25l', '?25h', '0m', '6n', '>4;2m']
const written = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-z0-9 %]{1,12}$/) },
  { weight: 2, arbitrary: fc.constantFrom('漢字', 'naïve', 'ü', '한글', '…') },
  { weight: 4, arbitrary: fc.constantFrom('\n', '\r', '\r\n', '\b', '\t') },
  { weight: 3, arbitrary: fc.constantFrom(...[...moves, ...erasures, ...quiet].map(rest => `\x1b[${rest}`)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('\x1b]0;a title\x07', '\x1b]8;;https://a.example\x1b\\', '\x1b(B', '\0', '\x07'),
  },
)

test('the end of what a command writes is what a terminal would show', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(written, { maxLength: 60 }), async pieces => {
      expect(lines(...pieces)).toEqual(await shownByTerminal(pieces.join('')))
    }),
    { numRuns: 200 },
  )
})

test('in which pieces it comes makes no difference', () => {
  const text = fc.array(written, { maxLength: 40 }).map(pieces => pieces.join(''))
  fc.assert(
    fc.property(text, fc.array(fc.nat(300), { maxLength: 8 }), (text, cuts) => {
      const places = [0, ...cuts.map(cut => Math.min(cut, text.length)).sort((a, b) => a - b), text.length]
      const pieces = places.map((place, index) => text.slice(place, places[index + 1] ?? text.length))
      expect(lines(...pieces)).toEqual(lines(text))
    }),
  )
})

test('whatever comes, it is soon read and little of it is kept', () => {
  const sizeOf = (tail: Tail): number => JSON.stringify(tail).length
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 10 }), pieces => {
      expect(sizeOf(after(...pieces))).toBeLessThan(1_000_000)
    }),
    { numRuns: 20 },
  )
  for (const begins of ['\x1b]1337;File=:', '\x1bPq', '\x1b[', '\x1b', '', '\x1b[9999999C', '\u0301', '\x1b[99B'])
    for (const rest of [
      'A'.repeat(100_000),
      '1;'.repeat(50_000),
      '\u0301'.repeat(50_000),
      '漢'.repeat(50_000),
      `${begins}x`.repeat(9999),
    ]) {
      const pieces = Array.from({ length: 5 }, (_, index) => (index === 0 ? begins + rest : rest))
      expect(sizeOf(after(...pieces)), JSON.stringify(begins)).toBeLessThan(300_000)
    }
})
