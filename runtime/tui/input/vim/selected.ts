import type { Editor } from '../editor.ts'
import type { Acts, How } from './acts.ts'
import { joined, mapped, put, swapped } from './change.ts'
import type { Range } from './objects.ts'
import type { Operator } from './parse.ts'
import type { Mode, Vim, Work } from './state.ts'
import { graphemeAt, lineEnd, lineStart } from './text.ts'
import { worked } from './work.ts'

/** What is selected, from its first grapheme to its last, or in whole lines. */
export const selection = ({ mode, anchor }: Vim, { text, cursor }: Editor): Range | undefined => {
  if (mode !== 'visual' && mode !== 'lines') return undefined
  const from = Math.min(anchor, cursor, text.length)
  const to = Math.min(Math.max(anchor, cursor), text.length)
  if (mode === 'lines') return { from: lineStart(text, from), to: lineEnd(text, to), isLines: true }
  return { from: graphemeAt(text, from).start, to: graphemeAt(text, to).end }
}

const onSelection =
  (operator: Operator, isLines = false) =>
  (work: Work): Work => {
    const range = selection(work.vim, work.editor)
    if (!range) return work
    const { text } = work.editor
    const all: Range = isLines
      ? { from: lineStart(text, range.from), to: lineEnd(text, range.to), isLines: true }
      : range
    return worked(work, operator, all)
  }

const mappedSelection =
  (map: (one: string, char: string) => string) =>
  ({ vim, editor }: Work, { char }: How): Work => {
    const range = selection(vim, editor)
    if (!range) return { vim, editor }
    const next = mapped(editor, range, one => map(one, char))
    return { vim: { ...vim, mode: 'normal' }, editor: { ...next, cursor: range.from } }
  }

const mode =
  (wanted: Mode) =>
  ({ vim, editor }: Work): Work => ({ vim: { ...vim, mode: vim.mode === wanted ? 'normal' : wanted }, editor })

/** What is selected goes, and what was cut before comes in its place. */
const putOver = (work: Work): Work => {
  const { killed } = work.editor
  const { lines } = work.vim
  const cutOut = onSelection('d')(work)
  const kept = { ...cutOut.editor, killed }
  const isAtEnd = cutOut.editor.cursor >= lineEnd(kept.text, kept.cursor)
  const placed = put({ vim: { ...cutOut.vim, ...(lines !== undefined && { lines }) }, editor: kept }, !isAtEnd, 1)
  return { vim: cutOut.vim, editor: { ...placed.editor, killed: cutOut.editor.killed } }
}

/** What keys do to what is selected. */
export const actsSelected: Acts = {
  ...{ d: onSelection('d'), x: onSelection('d'), c: onSelection('c'), s: onSelection('c'), y: onSelection('y') },
  ...{ X: onSelection('d', true), D: onSelection('d', true), C: onSelection('c', true), S: onSelection('c', true) },
  ...{ Y: onSelection('y', true), p: putOver, P: putOver, v: mode('visual'), V: mode('lines') },
  u: mappedSelection(one => one.toLowerCase()),
  U: mappedSelection(one => one.toUpperCase()),
  '~': mappedSelection(swapped),
  r: mappedSelection((_, char) => char),
  J: ({ vim, editor }) => {
    const range = selection(vim, editor)
    if (!range) return { vim, editor }
    const count = editor.text.slice(range.from, range.to).split('\n').length
    return { vim: { ...vim, mode: 'normal' }, editor: joined({ ...editor, cursor: range.from }, count) }
  },
  o: ({ vim, editor }) => ({ vim: { ...vim, anchor: editor.cursor }, editor: { ...editor, cursor: vim.anchor } }),
}
