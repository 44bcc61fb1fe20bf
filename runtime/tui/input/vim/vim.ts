import { type Editor, insert } from '../editor.ts'
import { acts } from './acts.ts'
import { type Command, parsed } from './parse.ts'
import { actsSelected } from './selected.ts'
import { momentOf, type Pressed, type Vim, type Work } from './state.ts'
import { lineStart, onto } from './text.ts'
import { moved, operated, selected } from './work.ts'

/**
 * What a key does to what is typed, for whoever knows vim: a grapheme as it is, keys with a name in angle brackets. Pure.
 * Nothing where the key is left to whoever has it otherwise: all but Esc while something is inserted, and all with names
 * that mean nothing here.
 */
export const pressed = (vim: Vim, editor: Editor, key: string): Pressed | undefined => {
  if (vim.mode === 'insert') return key === '<escape>' ? insertingEnded(vim, editor) : undefined
  const isSelecting = vim.mode !== 'normal'
  if (key === '<escape>') {
    if (vim.pending.length === 0 && !isSelecting) return { vim, editor, act: 'escape' }
    return settled({ vim: { ...vim, mode: 'normal' }, editor })
  }
  const isNew = vim.pending.length === 0 && !isSelecting
  // Alone the arrows do what they do for everybody, and then lead into what was said before.
  const keys = [...vim.pending, isNew ? key : (arrows[key] ?? key)]
  const command = parsed(keys, isSelecting)
  if (command === 'unfinished') return { vim: { ...vim, pending: keys }, editor }
  if (!command) return isNew && isNamed(key) ? undefined : { vim: { ...vim, pending: [] }, editor }
  if (command.type === 'plain' && command.name === '/') return { vim, editor, act: 'search' }
  return done({ vim: { ...vim, pending: [] }, editor }, command)
}

const arrows: Readonly<Record<string, string>> = {
  ...{ '<left>': 'h', '<right>': 'l', '<up>': 'k', '<down>': 'j', '<home>': '0', '<end>': '$' },
  ...{ '<backspace>': 'h', '<delete>': 'x', '<ctrl+p>': 'k', '<ctrl+n>': 'j' },
}

const isNamed = (key: string): boolean => key.length > 2 && /^<.*>$/.test(key)

/** Back to one command after the other: the cursor stands on something. */
const settled = ({ vim, editor }: Work): Work => ({
  vim: { ...vim, pending: [] },
  editor: vim.mode === 'insert' ? editor : { ...editor, cursor: onto(editor.text, editor.cursor) },
})

/** A change of the text can be made again, and so can what is written in it, once that is over. */
const done = (work: Work, command: Command): Work => {
  const next = settled(performed(work, command))
  const { vim, editor } = next
  if (vim.mode === 'insert')
    return { vim: { ...vim, begun: { command, before: momentOf(work.editor), editor } }, editor }
  const isRepeatable = command.type === 'operator' || (command.type === 'plain' && !'.uredovV'.includes(command.name))
  if (editor.text === work.editor.text || !isRepeatable || work.vim.mode !== 'normal') return next
  return { vim: { ...vim, last: { command, written: '' } }, editor }
}

const performed = (work: Work, command: Command): Work => {
  if (command.type === 'motion') return moved(work, command.motion, command.count)
  if (command.type === 'select') return selected(work, command)
  if (command.type === 'operator') return operated(work, command)
  if (command.name === '.') return repeat(work, command.count)
  const isSelecting = work.vim.mode !== 'normal'
  const act = (isSelecting ? actsSelected : acts)[command.name]
  return act?.(work, { count: command.count, char: command.char ?? '' }) ?? work
}

/** What was written since inserting began, where all else is as it was then. */
const writtenSince = (before: Editor, { text }: Editor): string | undefined => {
  const head = before.text.slice(0, before.cursor)
  const tail = before.text.slice(before.cursor)
  if (text.length < before.text.length || !text.startsWith(head) || !text.endsWith(tail)) return undefined
  return text.slice(head.length, text.length - tail.length)
}

/** What was written is one change, made as often as was said before it; the cursor steps back onto its end. */
const insertingEnded = ({ begun, ...vim }: Vim, editor: Editor): Work => {
  const written = begun && writtenSince(begun.editor, editor)
  const isRepeated = begun?.command.type === 'plain' && 'iaIAoO'.includes(begun.command.name)
  const more = isRepeated && written ? again(begun.command, written) : ''
  const full = more === '' ? editor : insert(editor, more)
  const isChanged = begun !== undefined && full.text !== begun.before.text
  const { text, cursor, past } = begun?.before ?? editor
  const one = isChanged ? { ...full, past: [...past, { text, cursor }] } : full
  const stepped = one.cursor > lineStart(one.text, one.cursor) ? one.cursor - 1 : one.cursor
  return {
    vim: {
      ...{ ...vim, mode: 'normal', pending: [] },
      ...(isChanged && { last: { command: begun.command, written: written ?? '' } }),
    },
    editor: { ...one, cursor: onto(one.text, stepped) },
  }
}

/** What is written once more for each time that was asked for: below each other where a line was opened. */
const again = ({ count = 1, ...command }: Command, written: string): string => {
  const isLine = command.type === 'plain' && 'oO'.includes(command.name)
  return (isLine ? `\n${written}` : written).repeat(Math.max(0, Math.min(count - 1, 1000)))
}

/** The last change again, with another count where one is said. */
const repeat = (work: Work, count: number | undefined): Work => {
  const { last } = work.vim
  if (!last) return work
  const command = count === undefined ? last.command : { ...last.command, count }
  const next = done(work, command)
  if (next.vim.mode !== 'insert') return next
  return insertingEnded(next.vim, insert(next.editor, last.written))
}
