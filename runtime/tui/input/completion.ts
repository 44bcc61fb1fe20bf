import { chosen, commandChoices } from '../commands/all.ts'
import type { Desk } from '../state/desk.ts'
import { suggestion } from '../state/hint.ts'
import { completed, type Editor, insert, replaced } from './editor.ts'
import type { Choice, Menu } from './menu.ts'

/** What is being written before the cursor that can be completed, and where it begins. */
const begun = ({ text, cursor }: Editor): { readonly kind: 'command' | 'file'; readonly word: string } | undefined => {
  const before = text.slice(0, cursor)
  const [, command] = /^\/([\w-]*)$/.exec(before) ?? []
  if (command !== undefined) return { kind: 'command', word: command }
  const [, file] = /(?:^|\s)@([^\s@]*)$/.exec(before) ?? []
  return file === undefined ? undefined : { kind: 'file', word: file }
}

/** The list that goes with what is being written, where there is anything in it. */
export const completion = (desk: Desk, editor: Editor): Menu | undefined => {
  const what = begun(editor)
  if (!what) return undefined
  if (what.kind === 'file') return fileMenu(desk, what.word)
  // What a command means is not looked through, or nothing could be said that begins with a slash.
  const all = commandChoices(desk).filter(({ text }) => text.startsWith(what.word))
  return all.length === 0 ? undefined : { kind: 'command', all, query: what.word, choices: all, at: 0 }
}

const fileMenu = (desk: Desk, word: string): Menu | undefined => {
  const choices = desk.files.matching(word, () => {
    const { editor, menu, questions } = desk.store.state()
    const isStill = begun(editor)?.kind === 'file' && questions.length === 0
    if (isStill && (!menu || menu.kind === 'file')) desk.store.tell({ type: 'menu', menu: completion(desk, editor) })
  })
  if (choices.length === 0) return undefined
  return { kind: 'file', all: choices, query: word, choices, at: 0 }
}

/** Tab, where no list is open. */
export const openCompletion = (desk: Desk): void => {
  const state = desk.store.state()
  const next = suggestion(state)
  if (next !== undefined) desk.store.tell({ type: 'edit', editor: insert(state.editor, next) })
  else desk.store.tell({ type: 'menu', menu: completion(desk, state.editor) })
}

/** Takes the choice that is on with a key of the list's own; whether it has that key. */
export const chooseWith = (desk: Desk, menu: Menu, key: string): boolean => {
  const found = menu.keys?.find(one => one.key === key)
  const choice = menu.choices[menu.at]
  if (!found || !choice) return false
  if (!found.stays) desk.store.tell({ type: 'menu', menu: undefined })
  chosen(desk, menu.command ?? '', `${found.verb} ${choice.value ?? choice.text}`)
  return true
}

const writtenIn = ({ isOpen, query }: Menu): Choice | undefined =>
  isOpen && query !== '' ? { text: query.trim() } : undefined

/** Takes the choice that is on; `send` is there where it is to be sent at once, if nothing is missing. */
export const choose = (desk: Desk, menu: Menu, send: (() => void) | undefined): true => {
  const { store } = desk
  const { editor } = store.state()
  const choice = menu.choices[menu.at] ?? writtenIn(menu)
  store.tell({ type: 'menu', menu: undefined })
  if (!choice) return true
  const value = choice.value ?? choice.text
  if (menu.kind === 'pick') chosen(desk, menu.command ?? '', value)
  else if (menu.kind === 'history') store.tell({ type: 'edit', editor: replaced(editor, value) })
  else {
    const next = completed(editor, editor.cursor - menu.query.length, value)
    const needsMore = menu.kind === 'file' || choice.takes === true
    const isWhole = send !== undefined && (!needsMore || menu.query === choice.text) && menu.kind === 'command'
    store.tell({ type: 'edit', editor: isWhole ? next : completed(next, next.cursor, ' ') })
    if (isWhole) send()
  }
  return true
}
