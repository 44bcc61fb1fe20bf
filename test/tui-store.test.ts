import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RunEvent } from '../runtime/core/event.ts'
import { noUsage, type ToolCall } from '../runtime/core/message.ts'
import { drawn, edits, emptyEditor, insert, paste, sent } from '../runtime/tui/input/editor.ts'
import { typed } from '../runtime/tui/input/pastes.ts'
import type { Act } from '../runtime/tui/state/state.ts'
import { after } from '../runtime/tui/state/store.ts'
import { blockLines } from '../runtime/tui/view/blocks.ts'
import { fitted, harmless, lineWidth } from '../runtime/tui/view/line.ts'
import { frameOf } from '../runtime/tui/view/live.ts'
import { completeLength, markdownRows } from '../runtime/tui/view/markdown.ts'
import { at, frame, play, scrollback, textOf } from './support/frames.ts'

const call = (name: string, input: ToolCall['input'], id = name): ToolCall => ({ type: 'tool-call', id, name, input })
const result = (name: string, text: string) => ({ callId: name, name, content: [{ type: 'text' as const, text }] })
const usage = { ...noUsage, input: 1000, output: 234 }

test('complete lines go to the scrollback, the last one stays until it is complete', () => {
  const begun = play([at([], { type: 'text-delta', text: 'One\nTw' }), at([], { type: 'text-delta', text: 'o\nThr' })])
  expect(scrollback(begun)).toBe('\nOne\nTwo')
  expect(frame(begun)).toContain('Thr\n\n>')
  const done = after(begun, at([], { type: 'part', part: { type: 'text', text: 'One\nTwo\nThr' } }))
  expect(scrollback(done)).toBe('\nOne\nTwo\nThr')
  expect(done.speeches).toEqual([])
})

test('however an answer is cut into deltas, the scrollback is that of the whole', () => {
  const answer = '# A\n\n| a | b |\n|---|---|\n| 1 | 22 |\n\n```\n| no | table |\n# no head\n```\n- *x*\n\nend'
  const whole = scrollback(play([at([], { type: 'part', part: { type: 'text', text: answer } })]), 40)
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 }), sizes => {
      const deltas: RunEvent[] = []
      for (let from = 0, index = 0; from < answer.length; from += sizes[index++ % sizes.length]!)
        deltas.push(at([], { type: 'text-delta', text: answer.slice(from, from + sizes[index % sizes.length]!) }))
      const state = play([...deltas, at([], { type: 'part', part: { type: 'text', text: answer } })])
      expect(scrollback(state, 40)).toBe(whole)
    }),
  )
})

test('a call is a card while it runs, and a block when it is over', () => {
  const read = call('read_file', { path: 'a.ts' })
  const running = play([at([1], { type: 'tool-call', call: read }), at([1], { type: 'tool-start', call: read })])
  expect(frame(running)).toContain('● read_file a.ts')
  const over = after(
    running,
    at([1], { type: 'tool-end', call: read, result: result('read_file', '1\n2\n3\n4\n5\n6\n7') }),
  )
  expect(frame(over)).not.toContain('read_file')
  expect(scrollback(over)).toBe('✓ read_file a.ts 7 lines')
  const listed = play([
    at([1], { type: 'tool-end', call: call('list', {}), result: result('list', '1\n2\n3\n4\n5\n6\n7') }),
  ])
  expect(scrollback(listed)).toBe('✓ list\n  1\n  2\n  3\n  4\n  … 3 more lines (Ctrl+O)')
})

test('an edit is shown as lines that go and lines that come', () => {
  const edit = call('edit_file', { path: 'a', edits: [{ oldText: 'x\nold\ny', newText: 'x\nnew\nnewer\ny' }] })
  const state = play([at([1], { type: 'tool-end', call: edit, result: result('edit_file', 'ok') })])
  expect(scrollback(state)).toBe('✓ edit_file a\n    x\n  - old\n  + new\n  + newer\n    y')
})

test('sub-agents are indented and named, and told as a whole', () => {
  const task = call('transfer_task', { agent: 'reader', task: 'Read it', expected_output: '' })
  const state = play([
    at([1], { type: 'tool-call', call: task }),
    at([1], { type: 'tool-start', call: task }),
    at([1], { type: 'text-delta', text: 'Line one\nline' }, 'reader'),
  ])
  expect(scrollback(state)).toBe('→ reader Read it')
  expect(frame(state)).toContain('│ reader: Line one line')
  const over = [
    at([1], { type: 'part', part: { type: 'text', text: 'Line one\nline two' } }, 'reader'),
    at([1], { type: 'tool-end', call: task, result: result('transfer_task', 'Line one\nline two') }),
  ].reduce(after, after(state, at([1], { type: 'text-delta', text: ' two' }, 'reader')))
  expect(scrollback(over)).toBe('→ reader Read it\n│\n│ reader\n│ Line one\n│ line two')
})

test('tokens and cost are added up by model; an unknown price is not nothing', () => {
  const state = play([
    at([], { type: 'finish', stop: 'end', usage, model: 'a', cost: 0.5 }),
    at([], { type: 'finish', stop: 'end', usage, model: 'a', cost: 0.25 }),
    at([1], { type: 'finish', stop: 'end', usage, model: 'b' }),
  ])
  expect(state.spent).toMatchObject([
    { model: 'a', cost: 0.75, calls: 2 },
    { model: 'b', cost: undefined, calls: 1 },
  ])
  expect(state.context).toBe(1234)
  expect(frame(state)).toContain('ask · root · 3.7k tokens · >$0.750')
})

test('reasoning is one line, what was cut off stays, and the turn says that it was interrupted', () => {
  const state = play([
    { type: 'queued', text: 'Hi' },
    { type: 'unqueued' },
    { type: 'turn', text: 'Hi' },
    at([], { type: 'reasoning-delta', text: 'First\nthis' }),
    at([], { type: 'text-delta', text: 'Half an' }),
    { type: 'turn-over', isCancelled: true },
  ])
  expect(scrollback(state)).toBe('\n> Hi\n∴ First this\n\nHalf an\nInterrupted.')
  expect(state.isBusy).toBe(false)
})

const anyEvent = fc.oneof(
  fc.string({ maxLength: 200, unit: 'grapheme' }).map(text => at([], { type: 'text-delta', text })),
  fc.string({ maxLength: 200 }).map(text => at([1], { type: 'text-delta', text }, 'sub')),
  fc.string({ maxLength: 80 }).map((text): Act => ({ type: 'queued', text })),
  fc
    .string({ maxLength: 90, unit: 'grapheme' })
    .map((text): Act => ({ type: 'edit', editor: insert(emptyEditor, text) })),
  fc.nat(9).map(
    (id): Act => ({
      type: 'asked',
      id,
      path: [id],
      call: call('write_file', { path: 'p', content: 'c\n'.repeat(id) }),
      why: 'w'.repeat(id * 20),
      rules: id % 2 ? ['write_file'] : [],
    }),
  ),
  fc.constantFrom('reason' as const, 'session' as const, 'arguments' as const).map(
    (what): Act => ({
      type: 'replying',
      what,
      text: 'some words\n'.repeat(12),
    }),
  ),
  fc.nat(30).map(n => at([n], { type: 'tool-call', call: call(`tool${n}`, { path: 'x'.repeat(n * 9) }) })),
)

test('whatever happens, the live part is lower than the screen and no line is wider', () => {
  fc.assert(
    fc.property(
      fc.array(anyEvent, { maxLength: 20 }),
      fc.integer({ min: 20, max: 200 }),
      fc.integer({ min: 5, max: 60 }),
      (events, columns, rows) => {
        const state = play(events)
        const { lines, cursor } = frameOf({ ...state, tapes: { records: 'x' } }, { columns, rows })
        expect(lines.length).toBeLessThan(rows)
        expect(cursor.y).toBeLessThan(lines.length)
        for (const line of [...lines, ...state.blocks.flatMap(block => blockLines(block, columns))])
          expect(lineWidth(line)).toBeLessThanOrEqual(columns)
      },
    ),
  )
})

test('fitting loses no word, and cuts only what is too long for a row', () => {
  expect(textOf(fitted({ spans: [{ text: 'one two three' }], hang: [{ text: '  ' }] }, 8))).toBe('one two\n  three')
  expect(textOf(fitted({ spans: [{ text: 'abcdefghij' }] }, 4))).toBe('abcd\nefgh\nij')
  expect(textOf(fitted({ spans: [{ text: '日本語' }] }, 4))).toBe('日本\n語')
})

test('what others wrote is harmless', () => {
  expect(harmless('a\x1b[31mb\x1b]0;t\x07c\r\nd\te\x07\u202ef')).toBe('abc\nd    e\ufffdf')
})

test('Markdown: heads, lists, quotes, tables, code, links, and what only looks like it', () => {
  const lines = (text: string) => textOf(markdownRows(text, { room: 60 }).map(({ spans }) => spans))
  expect(lines('## Head ##')).toBe('Head')
  expect(lines('- a\n  * b\n3. c\n- [x] d')).toBe('• a\n  • b\n3. c\n☑ d')
  expect(lines('> q\n---')).toBe('│ q\n────────')
  expect(lines('| a | bb |\n|---|:-:|\n| ccc | d |')).toBe('a    bb\n───  ──\nccc  d')
  expect(lines('| a | sum | mid |\n|---|--:|:-:|\n| b | 7 | x |')).toBe('a  sum  mid\n─  ───  ───\nb    7   x')
  expect(lines('[x](http://y) and <http://z>')).toBe('x (http://y) and http://z')
  expect(lines('snake_case_name 2 * 3 * 4 \\*no\\* `a*b`')).toBe('snake_case_name 2 * 3 * 4 *no* a*b')
  expect(markdownRows('**b** *i* ~~s~~ `c`', { room: 60 })[0]?.spans).toEqual([
    { text: 'b', bold: true },
    { text: ' ' },
    { text: 'i', italic: true },
    { text: ' ' },
    { text: 's', strike: true },
    { text: ' ' },
    { text: 'c', color: 'code' },
  ])
  expect(completeLength('a\n| t |\n', undefined)).toBe(2)
})

test('editing goes by what a reader takes for characters, and a long paste is one of them', () => {
  const family = insert(emptyEditor, 'a👨‍👩‍👧b')
  expect(edits.backspace(edits.left(family)).text).toBe('ab')
  const long = paste(insert(emptyEditor, 'see '), 'x\n'.repeat(100))
  expect(textOf(drawn(long, 40, 5).rows)).toBe('> see [pasted 101 lines]')
  expect(typed(long)).toBe(`see ${'x\n'.repeat(100)}`)
  expect(typed(edits.backspace(long))).toBe('see ')
  expect(edits.deleteWord(insert(emptyEditor, 'one two ')).text).toBe('one ')
  const again = edits.up(insert(sent(insert(emptyEditor, 'first')), 'draft'))
  expect(again.text).toBe('first')
  expect(edits.down(again).text).toBe('draft')
})
