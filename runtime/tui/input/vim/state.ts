import type { Editor } from '../editor.ts'
import type { Find } from './motions.ts'
import type { Command } from './parse.ts'

export type Mode = 'insert' | 'normal' | 'visual' | 'lines'

/** How far the keys of vim have come. */
export type Vim = {
  readonly mode: Mode
  /** Keys of a command that is not whole yet. */
  readonly pending: readonly string[]
  /** The other end of what is selected. */
  readonly anchor: number
  /** What was looked for in a line last. */
  readonly find?: Find
  /** What was cut or copied last, where that was whole lines. */
  readonly lines?: string
  /** The last change, which `.` makes again, and what was written in it. */
  readonly last?: { readonly command: Command; readonly written: string }
  /** What leads to inserting, and how it was before that. */
  readonly begun?: { readonly command: Command; readonly before: Moment; readonly editor: Editor }
  /** What `u` took back, the last of it last: it holds as long as the text is `from`. */
  readonly undone: readonly (Moment & { readonly from: string })[]
}

export type Moment = Pick<Editor, 'text' | 'cursor' | 'past'>

export const newVim: Vim = { mode: 'insert', pending: [], anchor: 0, undone: [] }

export const momentOf = ({ text, cursor, past }: Editor): Moment => ({ text, cursor, past })

/** What a key leads to. `act` is left to whoever has more than a text. */
export type Pressed = { readonly vim: Vim; readonly editor: Editor; readonly act?: 'escape' | 'search' }

export type Work = Omit<Pressed, 'act'>
