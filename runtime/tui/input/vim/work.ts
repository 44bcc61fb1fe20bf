import { edits } from '../editor.ts'
import { operate } from './change.ts'
import { type Reached, reached, span } from './motions.ts'
import { objectAt, type Range } from './objects.ts'
import type { Command, Motion, Operator } from './parse.ts'
import type { Vim, Work } from './state.ts'
import { linesFrom, onto } from './text.ts'

const reachedIn = ({ vim, editor }: Work, motion: Motion, count: number | undefined, operator?: string) =>
  reached({ text: editor.text, cursor: editor.cursor, count, find: vim.find, ...(operator && { operator }) }, motion)

const withFind = (vim: Vim, { name, char }: Motion): Vim =>
  char === undefined ? vim : { ...vim, find: { name, char } }

export const moved = ({ vim, editor }: Work, motion: Motion, count: number | undefined): Work => {
  const next = withFind(vim, motion)
  if (motion.name === 'j' || motion.name === 'k') {
    const step = motion.name === 'j' ? edits.down : edits.up
    let at = editor
    for (let left = count ?? 1; left > 0; left--) at = step(at)
    return { vim: next, editor: at }
  }
  const there = reachedIn({ vim, editor }, motion, count)
  return { vim: next, editor: there ? { ...editor, cursor: there.at } : editor }
}

/** An object makes what is selected. */
export const selected = ({ vim, editor }: Work, wanted: { isAround: boolean; object: string }): Work => {
  const range = objectAt(editor.text, editor.cursor, wanted)
  if (!range || range.to <= range.from) return { vim, editor }
  return { vim: { ...vim, anchor: range.from }, editor: { ...editor, cursor: onto(editor.text, range.to - 1) } }
}

export const operated = (work: Work, { operator, target, count }: Extract<Command, { type: 'operator' }>): Work => {
  const { vim, editor } = work
  if (target.type === 'lines')
    return worked(work, operator, { ...linesFrom(editor.text, editor.cursor, count ?? 1), isLines: true })
  if (target.type === 'object') {
    const range = objectAt(editor.text, editor.cursor, target)
    return range ? worked(work, operator, range) : work
  }
  const { motion } = target
  const there: Reached | undefined = reachedIn(work, motion, count, operator)
  if (!there) return work
  const range = span(editor.text, editor.cursor, there)
  return worked(
    { vim: withFind(vim, motion), editor },
    operator,
    there.how === 'lines' ? { ...range, isLines: true } : range,
  )
}

export const worked = (work: Work, operator: Operator, range: Range): Work => {
  const next = operate(work, operator, range)
  return operator === 'c' ? inserting(next, range.from) : { ...next, vim: { ...next.vim, mode: 'normal' } }
}

export const inserting = ({ vim, editor }: Work, cursor: number): Work => ({
  vim: { ...vim, mode: 'insert' },
  editor: { ...editor, cursor: Math.min(cursor, editor.text.length) },
})
