import type { Desk } from '../state/desk.ts'
import { current, edited, entered, type Filling, moved, rowsOf } from '../state/form.ts'
import { type Editor, insert } from './editor.ts'
import { editOf } from './keymap.ts'

/** What a key does while a form is being filled in. */
export const formKey = ({ store, driver }: Desk, filling: Filling, name: string): void => {
  if (name === 'escape' || name === 'ctrl+d') return void driver.answerForm(filling.id, { action: 'decline' })
  const change = (next: Filling) => store.tell({ type: 'form-changed', filling: next })
  if (name === 'tab' || name === 'shift+tab') return void change(moved(filling, name === 'tab' ? 1 : -1))
  const { field, entry } = current(filling)
  const step = steps[name]
  if (step && field.kind !== 'text') return void change(stepped(filling, step))
  if (step && !entry.editor.text.includes('\n')) return void change(moved(filling, step))
  const edit = field.kind === 'text' ? editOf(name, entry.editor) : undefined
  if (edit) return void change(edited(filling, { editor: edit(entry.editor) }))
  if (name !== 'enter') return
  const next = entered(filling)
  if ('action' in next) driver.answerForm(filling.id, next)
  else change(next)
}

const steps: Readonly<Record<string, -1 | 1>> = { up: -1, down: 1 }

/** Text goes into a field of text; of choices a letter finds one, and a space takes it. `add` is how: typed or pasted. */
export const formText = (
  { store }: Desk,
  filling: Filling,
  { text, add }: { readonly text: string; readonly add: (editor: Editor, text: string) => Editor },
): void => {
  const { field, entry } = current(filling)
  if (field.kind === 'text')
    return void store.tell({ type: 'form-changed', filling: edited(filling, { editor: add(entry.editor, text) }) })
  if (add !== insert) return
  let next = filling
  for (const letter of text) next = letter === ' ' ? toggled(next) : sought(next, letter)
  store.tell({ type: 'form-changed', filling: next })
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
