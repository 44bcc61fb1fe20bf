import type { Key } from 'ink'
import { answerKey, replied } from './answering.ts'
import { obey } from './commands.ts'
import { type Desk, interrupted } from './driver.ts'
import { cleared, type Editor, edits, insert, paste, sent, shown, typed } from './editor.ts'
import { formUp } from './form.ts'
import { formKey, formPaste } from './form-keys.ts'

/** What a key does. */
export const keyPressed = (desk: Desk, input: string, key: Key): void => {
  const { store } = desk
  if (key.ctrl && input === 'c') return void interruptKey(desk)
  store.tell({ type: 'leaving', is: false })
  const form = formUp(store.state())
  if (form) return void formKey(desk, form, { input, key, editOf })
  if (key.escape) return void escapeKey(desk)
  const { questions, replying } = store.state()
  if (questions.length > 0) return void (replying ? replyKey(desk, input, key) : answerKey(desk, input))
  if (key.ctrl && input === 'd' && store.state().editor.text === '') return void desk.driver.leave()
  const text = store.state().editor
  const edit = editOf(input, key, text)
  if (edit) return void store.tell({ type: 'edit', editor: edit(text) })
  if (key.return) return void send(desk)
  if (key.ctrl || key.meta || key.tab || input === '') return
  typeIn(desk, input)
}

/** Text that came at once may end with Enter; line ends inside it are part of it, as in a paste. */
const typeIn = (desk: Desk, input: string): void => {
  const { store } = desk
  const [, text = '', end] = /^([\s\S]*?)(\r\n?)?$/.exec(input.replace(/\\\r/g, '\n')) ?? []
  store.tell({ type: 'edit', editor: insert(store.state().editor, text) })
  if (end) send(desk)
}

export const pasted = (desk: Desk, text: string): void => {
  const { store } = desk
  const form = formUp(store.state())
  if (form) return void formPaste(desk, form, text)
  const { questions, replying, editor, reply } = store.state()
  if (questions.length === 0) store.tell({ type: 'edit', editor: paste(editor, text) })
  else if (replying) store.tell({ type: 'edit-reply', editor: paste(reply, text) })
}

const interruptKey = ({ store, driver }: Desk): void => {
  const { isLeaving, isBusy, editor } = store.state()
  if (isLeaving) return void driver.leave(interrupted)
  store.tell({ type: 'leaving', is: true })
  if (isBusy) driver.interrupt()
  else store.tell({ type: 'edit', editor: cleared(editor) })
}

const escapeKey = ({ store, driver }: Desk): void => {
  const { replying, isBusy } = store.state()
  if (replying) store.tell({ type: 'replying' })
  else if (isBusy) driver.interrupt()
}

const replyKey = (desk: Desk, input: string, key: Key): void => {
  const { store } = desk
  const { reply } = store.state()
  const edit = editOf(input, key, reply)
  if (edit) return void store.tell({ type: 'edit-reply', editor: edit(reply) })
  const [, text = '', end] = /^([\s\S]*?)(\r\n?|\n)?$/.exec(key.return ? '\r' : input) ?? []
  if (key.ctrl || key.meta || key.tab) return
  store.tell({ type: 'edit-reply', editor: insert(reply, text) })
  if (end) replied(desk)
}

const control: Readonly<Record<string, keyof typeof edits>> = {
  a: 'lineStart',
  e: 'lineEnd',
  b: 'left',
  f: 'right',
  p: 'up',
  n: 'down',
  d: 'delete',
  h: 'backspace',
  w: 'deleteWord',
  u: 'deleteToStart',
  k: 'deleteToEnd',
  j: 'newLine',
}
const meta: Readonly<Record<string, keyof typeof edits>> = { b: 'wordLeft', f: 'wordRight' }

const editOf = (input: string, key: Key, editor: Editor): ((editor: Editor) => Editor) | undefined => {
  if (key.return && (key.meta || key.shift)) return edits.newLine
  if (key.return && editor.text[editor.cursor - 1] === '\\') return one => edits.newLine(edits.backspace(one))
  if (key.leftArrow) return key.ctrl || key.meta ? edits.wordLeft : edits.left
  if (key.rightArrow) return key.ctrl || key.meta ? edits.wordRight : edits.right
  if (key.upArrow) return edits.up
  if (key.downArrow) return edits.down
  if (key.home) return edits.lineStart
  if (key.end) return edits.lineEnd
  if (key.backspace) return key.meta || key.ctrl ? edits.deleteWord : edits.backspace
  if (key.delete) return edits.delete
  if (input === '\n') return edits.newLine
  const name = key.ctrl ? control[input] : key.meta ? meta[input] : undefined
  return name && edits[name]
}

const send = (desk: Desk): void => {
  const { store, driver } = desk
  const { editor } = store.state()
  const text = typed(editor)
  if (text.trim() === '') return
  store.tell({ type: 'edit', editor: sent(editor) })
  if (obey(desk, text.trim())) return
  driver.say([{ type: 'text', text }], shown(editor))
}
