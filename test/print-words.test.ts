import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wordsPrinter } from '../runtime/cli/print-words.ts'
import type { RunEvent } from '../runtime/core/event.ts'

const at = (event: object): RunEvent => ({ path: [], agent: 'root', ...event }) as unknown as RunEvent
const call = { type: 'tool-call', id: '1', name: 'write_file', input: { path: 'a', content: 'one\ntwo' } }

/** All that is printed of these events. */
const printed = (events: readonly object[], options = {}): string => {
  const print = wordsPrinter({ hideToolCalls: false, hideToolResults: false, ...options })
  return events.map(event => print(at(event))).join('')
}

test('calls, questions and results are words in order, without signs', () => {
  const content = [{ type: 'text', text: Array.from({ length: 30 }, (_, index) => `row ${index}`).join('\n') }]
  const text = printed([
    { type: 'text-delta', text: 'I wri' },
    { type: 'text-delta', text: 'te.' },
    { type: 'question', call, rule: 'ask: write_file' },
    { type: 'answer', call, answer: { verdict: 'yes' } },
    { type: 'tool-start', call },
    { type: 'tool-end', call, result: { callId: '1', name: 'write_file', content } },
    { type: 'text-delta', agent: 'helper', path: [1], text: 'So I \x1b[31mdid.' },
    { type: 'message', message: { role: 'assistant', content: [] } },
  ])
  expect(text).toBe(
    `
root says:
I write.

root wants to call write_file.
  path: a
  content:
    one
    two
Asked because of the rule "ask: write_file".
May it? y for yes, n for no, a for yes to all Yes.
write_file answers:
${Array.from({ length: 20 }, (_, index) => `  row ${index}\n`).join('')}  and 10 more lines.

helper says:
So I \\x1b[31mdid.
`,
  )
})

test('however a text comes in pieces, it is told whole, and no word in two', () => {
  const words = fc.array(fc.constantFrom('a', 'word', 'sentence.', '\n', '漢字', 'x'.repeat(70)), { maxLength: 60 })
  fc.assert(
    fc.property(words, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (parts, sizes) => {
      const text = parts.join(' ')
      const pieces: string[] = []
      for (let index = 0, place = 0; place < text.length; index++) {
        const size = sizes[index % sizes.length] ?? 1
        pieces.push(text.slice(place, place + size))
        place += size
      }
      const print = wordsPrinter({ hideToolCalls: false, hideToolResults: false })
      const told = pieces.map(piece => print(at({ type: 'text-delta', text: piece })))
      for (const piece of told.slice(1)) expect(piece).toMatch(/^$|\s$/)
      const all = told.join('') + print(at({ type: 'message', message: { role: 'assistant', content: [] } }))
      if (text !== '') expect(all).toBe(`\nroot says:\n${text}${text.endsWith('\n') ? '' : '\n'}`)
    }),
  )
})
