import { graphemes } from '../../core/width.ts'
import type { Stage } from '../../team/screen.ts'
import type { Desk } from '../state/desk.ts'
import type { Editor } from './editor.ts'
import { type Mode, newVim, type Pressed, type Vim } from './vim/state.ts'
import { onto } from './vim/text.ts'
import { pressed } from './vim/vim.ts'

/** What is left to the keyboard, where a key is vim's. */
export type VimDid = NonNullable<Pressed['act']> | 'done'

/** A key for vim, by its name or as it is written; nothing where it is not vim's. */
export const vimPressed = ({ store }: Desk, key: string): VimDid | undefined => {
  const { vim, editor } = store.state()
  const next = vim && pressed(vim, editor, key)
  if (!next) return undefined
  if (next.vim.mode !== 'insert') store.tell({ type: 'menu', menu: undefined })
  store.tell({ type: 'edit', editor: next.editor })
  store.tell({ type: 'vim', vim: next.vim })
  return next.act ?? 'done'
}

/** Whether letters are commands. */
export const isCommanding = (vim: Vim | undefined): boolean => vim !== undefined && vim.mode !== 'insert'

/** Letters as commands, as long as they are; the rest is what is to be written. */
export const vimWritten = (desk: Desk, text: string, hear: (did: VimDid | undefined, key: string) => void): string => {
  const letters = graphemes(text)
  while (letters.length > 0 && isCommanding(desk.store.state().vim)) {
    const key = letters.shift() ?? ''
    hear(vimPressed(desk, key), key)
  }
  return letters.join('')
}

/** Esc and a letter that come at once are sent as Alt and that letter; who writes with the keys of vim means the former. */
export const hasty = ({ store }: Desk, name: string): { readonly first: string; readonly rest: string } => {
  const [, letter] = /^alt\+(.)$/u.exec(name) ?? []
  return letter !== undefined && store.state().vim?.mode === 'insert'
    ? { first: 'escape', rest: letter }
    : { first: name, rest: '' }
}

/** A text that came otherwise than by vim's keys: where letters are commands, the cursor stands on one. */
export const asVim = (vim: Vim | undefined, editor: Editor): Editor =>
  isCommanding(vim) ? { ...editor, cursor: onto(editor.text, editor.cursor) } : editor

/** After something was sent: what comes next is to be written. */
export const afterSending = (vim: Vim | undefined): Vim | undefined =>
  vim && { ...newVim, ...(vim.last && { last: vim.last }), ...(vim.find && { find: vim.find }) }

/** What the mode is called. */
export const modeName = ({ mode, pending }: Vim): string =>
  [names[mode], pending.join('')].filter(text => text !== '').join(' ')

const names: Readonly<Record<Mode, string>> = { insert: 'INSERT', normal: 'NORMAL', visual: 'VISUAL', lines: 'V-LINE' }

/** Bytes that make the cursor a bar while something is written, a block for commands, and what it was (DECSCUSR). */
export const cursorShape = (vim: Vim | undefined, { TERM = '' }: Stage['env']): string => {
  if (/^(linux|dumb|vt\d)/.test(TERM)) return ''
  return `\x1b[${vim === undefined ? 0 : vim.mode === 'insert' ? 6 : 2} q`
}

/** What the keys of vim do here, for help and documentation. */
export const vimRows: readonly (readonly [keys: string, meaning: string])[] = [
  ['Esc', 'from writing to commands; from what was begun back to commands; else interrupts the turn'],
  ['i a I A o O', 'write: here, behind, at the start or the end of the line, in a new line below or above'],
  ['h j k l w b e ge W B E gE', 'characters and lines, words, and what is between spaces'],
  ['0 ^ _ $ gg G { } %', 'the line, the text, its paragraphs, the other bracket'],
  ['f F t T ; ,', 'to a character of the line, and once more'],
  ['d c y', 'delete, change, copy: behind it a motion, itself for whole lines, or an object'],
  ['iw aw iW aW ip ap i" a" i( a( …', 'objects: words, paragraphs, what is in " \' ` ( [ { <'],
  ['x X s S D C Y r ~ J', 'the shorter ones'],
  ['p P', 'put in what was cut or copied'],
  ['u Ctrl+R .', 'undo, redo, the last change again'],
  ['v V', 'select, or select lines; then d c y x s r ~ u U J p o, motions and objects'],
  ['j k /', 'at the ends what was said before and after; a search in it'],
]
