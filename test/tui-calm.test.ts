import { expect, test } from 'vitest'
import type { Path } from '../runtime/core/event.ts'
import { noUsage, type ToolCall, type ToolResult } from '../runtime/core/message.ts'
import type { Act } from '../runtime/tui/state/state.ts'
import { lookOf } from '../runtime/tui/view/look.ts'
import { painted } from '../runtime/tui/view/paint.ts'
import { at, frame, play, scrollback } from './support/frames.ts'

const call = (name: string, input: ToolCall['input']): ToolCall => ({ type: 'tool-call', id: name, name, input })
const result = (name: string, text: string, error?: ToolResult['error']): ToolResult => ({
  ...{ callId: name, name, content: [{ type: 'text', text }] },
  ...(error && { error }),
})
const asked = (path: Path, call: ToolCall, id = 1): Act => ({ type: 'asked', id, path, call, why: '', rules: [] })

test('what somebody was asked about is not shown again when it has been done', () => {
  const edit = call('edit_file', { path: 'a', edits: [{ oldText: 'x\nold', newText: 'x\nnew\nnewer' }] })
  const done = (call: ToolCall) =>
    play([
      at([1], { type: 'tool-call', call: edit }),
      asked([1], edit),
      { type: 'decided', id: 1 },
      at([1], { type: 'tool-start', call }),
      at([1], { type: 'tool-end', call, result: result('edit_file', 'ok') }),
    ])
  expect(scrollback(done(edit))).toMatch(/would run with\n {2}path: a\n[\s\S]*\+ newer\n✓ edit_file a \+2 -1$/)
  // Other arguments than those that were asked about are news.
  const other = call('edit_file', { path: 'b', edits: [{ oldText: 'p', newText: 'q' }] })
  expect(scrollback(done(other))).toMatch(/✓ edit_file b\n {2}- p\n {2}\+ q$/)
})

test('a question says whose call it is, and how much of it stands above the screen', () => {
  const write = call('write_file', { path: 'a', content: 'line\n'.repeat(50) })
  const state = play([at([2, 1], { type: 'tool-call', call: write }, 'writer'), asked([2, 1], write)])
  expect(scrollback(state)).toContain('│ ? writer write_file would run with')
  expect(frame(state)).toMatch(
    /Run write_file for writer\? all 52 lines of it stand above\n {2}y once {2}a all \(yolo\)/,
  )
  const small = call('shell', { cmd: 'ls' })
  expect(frame(play([asked([1], small)]))).toMatch(/Run shell\?\n/)
})

test('calls that wait for an answer are counted, and more calls than there is room for are, too', () => {
  const calls = Array.from({ length: 14 }, (_, index) => call(`tool${index}`, {}))
  const begun = play(calls.map((call, index) => at([index], { type: 'tool-call', call })))
  expect(frame(begun, 40, 15)).toMatch(/○ tool0\n[\s\S]*… 5 more\n\n>/)
  const waiting = play(
    calls.flatMap((call, index) => [at([index], { type: 'question', call }), asked([index], call, index)]),
    begun,
  )
  expect(frame(waiting, 40, 15)).toMatch(/^\nRun tool0\? \(13 more waiting\)\n/)
})

test('however long the arguments, what came of a call is told', () => {
  const long = call('shell', { cmd: 'echo '.repeat(50) })
  const state = play([
    at([1], { type: 'tool-end', call: long, result: result('shell', 'The user rejected the tool call.', 'denied') }),
  ])
  expect(scrollback(state)).toMatch(/^✗ shell echo echo [^\n]*… \(denied\)$/)
})

test('of what a command wrote the end is shown, and of a list of things to do what has changed', () => {
  const lines = Array.from({ length: 9 }, (_, index) => `line ${index}`).join('\n')
  const todos = {
    updated: [{ id: 'todo_2', status: 'completed' }],
    all_todos: ['one', 'two', 'three'].map((description, index) => ({
      ...{ id: `todo_${index + 1}`, description },
      status: index === 1 ? 'completed' : 'pending',
    })),
  }
  const state = play([
    at([1], { type: 'tool-end', call: call('shell', { cmd: 'make' }), result: result('shell', lines) }),
    at([2], {
      type: 'tool-end',
      call: call('update_todos', {}),
      result: result('update_todos', JSON.stringify(todos)),
    }),
    at([3], {
      type: 'tool-end',
      call: call('think', { thought: 'Hm.\nSo.' }),
      result: result('think', 'Thoughts:\nHm.'),
    }),
  ])
  expect(scrollback(state)).toBe(
    '✓ shell make\n  line 0\n  … 5 more lines (Ctrl+O)\n  line 6\n  line 7\n  line 8\n' +
      '✓ update_todos 1 of 3 done\n  ☑ two\n∴ Hm. So.',
  )
})

test('a provider that wants to be left alone is waited for visibly, and what was cut off is not mixed with what follows', () => {
  const state = play([
    { type: 'turn', text: 'Hi' },
    at([], { type: 'text-delta', text: 'Half an ans' }),
    at([], { type: 'retry', reason: 'openai asks to wait (429): Slow', attempt: 1, waited: 2400 }),
  ])
  expect(frame(state)).toContain('asking again in 3s, Esc interrupts · ask')
  const next = play([at([], { type: 'text-delta', text: 'Half an answer' })], state)
  expect(scrollback(next)).toBe('\n> Hi\n\nHalf an ans\nopenai asks to wait (429): Slow. Asking again in 3s.')
  expect(frame(next)).toContain('\nHalf an answer\n')
})

test('on a narrow screen the status leaves out what matters least', () => {
  const usage = { ...noUsage, input: 190_000, output: 234 }
  const state = play([
    { type: 'settings', agent: 'root', model: 'anthropic/claude-sonnet-4-0', window: 200_000 },
    at([], { type: 'finish', stop: 'end', usage, model: 'anthropic/claude-sonnet-4-0', cost: 0.5 }),
    { type: 'turn', text: 'Hi' },
  ])
  const status = (columns: number): string => frame(state, columns).split('\n').at(-1) ?? ''
  expect(status(120)).toBe(
    'working, Esc interrupts · ask · root · anthropic/claude-sonnet-4-0 · 190.2k tokens · $0.500 · context 96%',
  )
  expect(status(81)).toBe('working, Esc interrupts · ask · root · claude-sonnet-4-0 · $0.500 · context 96%')
  expect(status(60)).toBe('working, Esc interrupts · ask · root · $0.500 · context 96%')
  expect(status(41)).toBe('working · ask · context 96%')
})

test('who works in the background is seen while he is silent, too', () => {
  const give = call('run_background_agent', { agent: 'writer', task: 'Write it' })
  const state = play([
    at([1], {
      type: 'tool-end',
      call: give,
      result: result('run_background_agent', 'started with ID: task_1\nAgent: x'),
    }),
    at([-1], { type: 'agent-start' }, 'writer'),
  ])
  expect(scrollback(state)).toBe('✓ run_background_agent writer: Write it')
  expect(frame(state)).toMatch(/^● writer in the background\n\n>/)
  const both = play([at([-2], { type: 'agent-start' }, 'reader')], state)
  expect(frame(both)).toMatch(/^● writer in the background\n● reader in the background\n\n>/)
  const speaking = play([at([-1], { type: 'text-delta', text: 'Once' }, 'writer')], state)
  expect(frame(speaking)).toMatch(/^● writer in the background\n│ writer: Once\n/)
  const over = play([at([-1], { type: 'agent-end', reason: 'done' }, 'writer')], speaking)
  expect(frame(over)).toMatch(/^\n>/)
})

test('why a provider is asked again is told once', () => {
  const retry = at([], { type: 'retry', reason: 'openai failed (500): Oops.', attempt: 1, waited: 2000 })
  const state = play([{ type: 'turn', text: 'Hi' }, retry, retry])
  expect(scrollback(state)).toBe('\n> Hi\nopenai failed (500): Oops. Asking again in 2s.')
  expect(frame(state)).toContain('asking again in 2s')
})

test('a long address begins on a row of its own, and a row of a table that is being written is one of it', () => {
  const address = 'https://example.com/a/long/path/to/somewhere'
  const told = play([
    at([], { type: 'part', part: { type: 'text', text: `See ${address} and 日本語の長い文章がここにあります` } }),
  ])
  expect(scrollback(told, 30)).toBe(
    '\nSee\nhttps://example.com/a/long/pat\nh/to/somewhere and 日本語の長\nい文章がここにあります',
  )
  const writing = play([at([], { type: 'text-delta', text: '| a | b |\n|---|---|\n| one | tw' })])
  expect(frame(writing)).toContain('a    b\n───  ──\none  tw\n')
})

test('a terminal without Unicode is shown none of our signs', () => {
  const look = lookOf({ LANG: 'C', NO_COLOR: '1' })
  const own = '★ «title» ▸ ✓ ✗ ∴ → ● ○ │ ─ ☐ ☑ █ · … › ×'
  expect(painted([{ text: own }], look)).toMatch(/^[ -~]+$/)
})
