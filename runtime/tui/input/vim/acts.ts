import { changed, edits } from '../editor.ts'
import { joined, mapped, put, some, swapped } from './change.ts'
import type { Range } from './objects.ts'
import type { Operator } from './parse.ts'
import type { Mode, Work } from './state.ts'
import { firstWord, graphemeAt, lineEnd, lineStart, linesFrom, onto } from './text.ts'
import { inserting, operated, worked } from './work.ts'

export type How = { readonly count: number | undefined; readonly char: string }
export type Acts = Readonly<Record<string, (work: Work, how: How) => Work>>

const before = (work: Work, range: Range | undefined, operator: Operator): Work =>
  range ? worked(work, operator, range) : work

const toLineEnd = (work: Work, operator: Operator, count: number | undefined): Work =>
  operated(work, {
    type: 'operator',
    operator,
    target: { type: 'motion', motion: { name: '$' } },
    ...(count && { count }),
  })

/** A line of its own, to be written. */
const opened = ({ vim, editor }: Work, at: number, cursor: number): Work =>
  inserting({ vim, editor: changed(editor, { from: at, to: at, text: '\n' }) }, cursor)

const turnedInto =
  (mode: Mode) =>
  ({ vim, editor }: Work): Work => ({ vim: { ...vim, mode, anchor: editor.cursor }, editor })

const undo = ({ vim, editor }: Work, { count = 1 }: How): Work => {
  let [at, undone] = [editor, vim.undone]
  for (let left = count; left > 0 && at.past.length > 0; left--) {
    const { text, cursor, past } = at
    at = edits.undo(at)
    undone = [...undone, { from: at.text, text, cursor, past }]
  }
  return { vim: { ...vim, undone }, editor: at }
}

const redo = ({ vim, editor }: Work): Work => {
  const last = vim.undone.at(-1)
  if (last?.from !== editor.text) return { vim: { ...vim, undone: [] }, editor }
  const { text, cursor } = last
  const past = [...editor.past, { text: editor.text, cursor: editor.cursor }]
  return { vim: { ...vim, undone: vim.undone.slice(0, -1) }, editor: { ...editor, text, cursor, past } }
}

/** Commands of one key, and those that want one behind it. */
export const acts: Acts = {
  x: (work, { count = 1 }) => before(work, some(work.editor, count, false), 'd'),
  X: (work, { count }) =>
    operated(work, { type: 'operator', operator: 'd', target: motionTo('h'), ...(count && { count }) }),
  s: (work, { count = 1 }) => {
    const range = some(work.editor, count, false)
    return range && range.to > range.from ? worked(work, 'c', range) : inserting(work, work.editor.cursor)
  },
  S: (work, { count = 1 }) =>
    worked(work, 'c', { ...linesFrom(work.editor.text, work.editor.cursor, count), isLines: true }),
  D: (work, { count }) => toLineEnd(work, 'd', count),
  C: (work, { count }) =>
    work.editor.cursor === lineEnd(work.editor.text, work.editor.cursor)
      ? inserting(work, work.editor.cursor)
      : toLineEnd(work, 'c', count),
  Y: (work, { count = 1 }) =>
    worked(work, 'y', { ...linesFrom(work.editor.text, work.editor.cursor, count), isLines: true }),
  p: (work, { count = 1 }) => put(work, false, count),
  P: (work, { count = 1 }) => put(work, true, count),
  u: undo,
  redo,
  J: ({ vim, editor }, { count = 1 }) => ({ vim, editor: joined(editor, count) }),
  '~': ({ vim, editor }, { count = 1 }) => {
    const range = some(editor, count, false)
    return { vim, editor: range && range.to > range.from ? mapped(editor, range, swapped) : editor }
  },
  i: work => inserting(work, work.editor.cursor),
  a: work => inserting(work, graphemeAt(work.editor.text, work.editor.cursor).end),
  I: work => inserting(work, firstWord(work.editor.text, work.editor.cursor)),
  A: work => inserting(work, lineEnd(work.editor.text, work.editor.cursor)),
  o: work => {
    const end = lineEnd(work.editor.text, work.editor.cursor)
    return opened(work, end, end + 1)
  },
  O: work => {
    const start = lineStart(work.editor.text, work.editor.cursor)
    return opened(work, start, start)
  },
  v: turnedInto('visual'),
  V: turnedInto('lines'),
  r: ({ vim, editor }, { count = 1, char }) => {
    const range = some(editor, count, true)
    if (!range || range.to === range.from) return { vim, editor }
    const next = mapped(editor, range, () => char)
    return { vim, editor: { ...next, cursor: onto(next.text, char === '\n' ? next.cursor : next.cursor - 1) } }
  },
}

const motionTo = (name: string) => ({ type: 'motion', motion: { name } }) as const
