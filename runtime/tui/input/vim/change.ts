import { changed, type Editor } from '../editor.ts'
import type { Range } from './objects.ts'
import type { Operator } from './parse.ts'
import type { Vim, Work } from './state.ts'
import { cellsOf, firstWord, graphemeAt, indexAt, lineEnd, lineStart, linesFrom, onto, placeOf } from './text.ts'

/** Cuts, changes or copies. What is changed is to be written anew, where the cursor is then. */
export const operate = ({ vim, editor }: Work, operator: Operator, range: Range): Work => {
  const { text } = editor
  const from = graphemeAt(text, range.from).start
  const to = Math.max(from, wholeEnd(text, range.to))
  const cutOut = text.slice(from, to)
  if (cutOut === '' && (!range.isLines || text === '')) return { vim, editor }
  const next: Vim = range.isLines ? { ...vim, lines: cutOut } : without(vim)
  const kept = { ...editor, killed: cutOut }
  if (operator === 'y')
    return { vim: next, editor: { ...kept, cursor: range.isLines ? Math.min(editor.cursor, from) : from } }
  if (!range.isLines || operator === 'c') return { vim: next, editor: emptied(changed(kept, { from, to, text: '' })) }
  const [first, last] = to < text.length ? [from, to + 1] : [Math.max(0, from - 1), to]
  const less = changed(kept, { from: first, to: last, text: '' })
  return { vim: next, editor: emptied({ ...less, cursor: firstWord(less.text, Math.min(from, less.text.length)) }) }
}

const without = ({ lines: _, ...vim }: Vim): Vim => vim

const wholeEnd = (text: string, at: number): number => {
  const { start, end } = graphemeAt(text, at)
  return start < at ? end : at
}

/** Whoever takes all of it away begins anew, and is not among what was said before any more. */
const emptied = (editor: Editor): Editor =>
  editor.text === '' ? { ...editor, at: editor.history.length, draft: '' } : editor

/** Puts in what was cut, behind the cursor or before it; whole lines above or below. */
export const put = ({ vim, editor }: Work, isBefore: boolean, count: number): Work => {
  const { text, cursor, killed } = editor
  if (killed === '' && vim.lines !== '') return { vim, editor }
  if (vim.lines !== killed) {
    const at = isBefore || cursor === lineEnd(text, cursor) ? cursor : graphemeAt(text, cursor).end
    const next = changed(editor, { from: at, to: at, text: repeated(killed, count) })
    return { vim, editor: { ...next, cursor: onto(next.text, Math.max(at, next.cursor - 1)) } }
  }
  const all = repeated(`${killed}\n`, count).slice(0, -1)
  const at = isBefore ? lineStart(text, cursor) : lineEnd(text, cursor)
  const next = changed(editor, { from: at, to: at, text: isBefore ? `${all}\n` : `\n${all}` })
  return { vim, editor: { ...next, cursor: firstWord(next.text, isBefore ? at : at + 1) } }
}

/** As often as is asked for, unless that is absurd. */
const repeated = (text: string, count: number): string =>
  text.repeat(Math.max(1, Math.min(count, Math.floor(mostPut / Math.max(1, text.length)))))

const mostPut = 1_000_000

/** Each grapheme of a range made another, ends of lines not. */
export const mapped = (editor: Editor, { from, to }: Range, map: (one: string) => string): Editor => {
  const text = cellsOf(editor.text.slice(from, to))
    .map(({ text }) => (text === '\n' ? text : map(text)))
    .join('')
  return changed(editor, { from, to, text })
}

export const swapped = (one: string): string => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase())

/** So many graphemes from the cursor on, of this line; nothing where there are less and all are needed. */
export const some = ({ text, cursor }: Editor, count: number, isStrict: boolean): Range | undefined => {
  const start = lineStart(text, cursor)
  const cells = cellsOf(text.slice(start, lineEnd(text, cursor)))
  const last = indexAt(cells, cursor - start) + count
  if (isStrict && last > cells.length) return undefined
  return { from: cursor, to: start + placeOf(cells, Math.min(last, cells.length)) }
}

/** Lines made one, with a space where one ended. */
export const joined = (editor: Editor, count: number): Editor => {
  const { text, cursor } = editor
  const { from, to } = linesFrom(text, cursor, Math.max(2, count))
  const [first = '', ...rest] = text.slice(from, to).split('\n')
  if (rest.length === 0) return editor
  let all = first
  let place = 0
  for (const line of rest) {
    const more = line.trimStart()
    const gap = all === '' || /\s$/.test(all) || more === '' || more.startsWith(')') ? '' : ' '
    place = from + all.length
    all = `${all}${gap}${more}`
  }
  const next = changed(editor, { from, to, text: all })
  return { ...next, cursor: onto(next.text, place) }
}
