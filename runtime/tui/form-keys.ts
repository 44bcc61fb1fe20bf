import type { Key } from 'ink'
import type { Desk } from './driver.ts'
import { type Editor, insert, paste } from './editor.ts'
import { current, edited, entered, type Filling, moved, rowsOf } from './form.ts'

/** A key with what it does to something that is being typed. */
export type Pressed = {
  readonly input: string
  readonly key: Key
  readonly editOf: (input: string, key: Key, editor: Editor) => ((editor: Editor) => Editor) | undefined
}

/** What a key does while a form is being filled in. */
export const formKey = ({ store, driver }: Desk, filling: Filling, { input, key, editOf }: Pressed): void => {
  if (key.escape || (key.ctrl && input === 'd')) return void driver.answerForm(filling.id, { action: 'decline' })
  const change = (next: Filling) => store.tell({ type: 'form-changed', filling: next })
  const enter = (from: Filling) => {
    const next = entered(from)
    if ('action' in next) driver.answerForm(from.id, next)
    else change(next)
  }
  if (key.tab) return void change(moved(filling, key.shift ? -1 : 1))
  const { field, entry } = current(filling)
  if (field.kind !== 'text') {
    const next = chosen(filling, input, key)
    return void (next.isEntered ? enter(next.filling) : change(next.filling))
  }
  const isOneLine = !entry.editor.text.includes('\n')
  if (isOneLine && (key.upArrow || key.downArrow)) return void change(moved(filling, key.upArrow ? -1 : 1))
  const edit = editOf(input, key, entry.editor)
  if (edit) return void change(edited(filling, { editor: edit(entry.editor) }))
  // Text that came at once may end with Enter.
  const [, text = '', end] = /^([\s\S]*?)(\r\n?|\n)?$/.exec(key.return ? '\r' : input) ?? []
  if (key.ctrl || key.meta) return
  const typed = text === '' ? filling : edited(filling, { editor: insert(entry.editor, text) })
  if (end) enter(typed)
  else change(typed)
}

export const formPaste = ({ store }: Desk, filling: Filling, text: string): void => {
  const { field, entry } = current(filling)
  if (field.kind !== 'text') return
  store.tell({ type: 'form-changed', filling: edited(filling, { editor: paste(entry.editor, text) }) })
}

/** The cursor of choices after a key, and whether it was Enter: several may come at once. */
const chosen = (filling: Filling, input: string, key: Key): { filling: Filling; isEntered: boolean } => {
  if (key.upArrow || key.downArrow) return { filling: stepped(filling, key.upArrow ? -1 : 1), isEntered: false }
  if (key.return) return { filling, isEntered: true }
  if (key.ctrl || key.meta) return { filling, isEntered: false }
  let next = filling
  for (const letter of input) {
    if (letter === '\r' || letter === '\n') return { filling: next, isEntered: true }
    next = letter === ' ' ? toggled(next) : sought(next, letter)
  }
  return { filling: next, isEntered: false }
}

const stepped = (filling: Filling, step: -1 | 1): Filling => {
  const { field, entry } = current(filling)
  const count = rowsOf(field).length
  return edited(filling, { at: (entry.at + step + count) % count })
}

const toggled = (filling: Filling): Filling => {
  const { field, entry } = current(filling)
  if (field.kind !== 'several') return filling
  const { at, picked } = entry
  return edited(filling, { picked: picked.includes(at) ? picked.filter(one => one !== at) : [...picked, at] })
}

/** To the choice of that number, or to the next that begins with that letter. */
const sought = (filling: Filling, letter: string): Filling => {
  const { field, entry } = current(filling)
  const rows = rowsOf(field)
  const places = rows.map((_, index) => (entry.at + 1 + index) % rows.length)
  const found = /[1-9]/.test(letter)
    ? Number(letter) - 1
    : places.find(index => rows[index]?.title.toLowerCase().startsWith(letter.toLowerCase()))
  return found === undefined || found >= rows.length ? filling : edited(filling, { at: found })
}
