import { Failure } from '../../core/errors.ts'
import { isOfUser } from '../../core/message.ts'
import { chosen, considered, obey, strange } from '../commands/all.ts'
import { answerKey, replied } from '../state/answering.ts'
import type { Desk } from '../state/desk.ts'
import { failureText, interrupted } from '../state/driver.ts'
import { formUp } from '../state/form.ts'
import { isAnswering } from '../state/questions.ts'
import { clipboardFile, droppedFiles, refusalOf, warned } from './attaching.ts'
import { choose, chooseWith, completion, openCompletion } from './completion.ts'
import { cleared, type Editor, enclose, insert, paste, recovered, sent } from './editor.ts'
import { formKey, formText } from './form-keys.ts'
import { historyMenu } from './history.ts'
import { bindingOf, editOf, type KeyAct } from './keymap.ts'
import type { Stroke } from './keys.ts'
import { type Menu, moved, searched } from './menu.ts'
import { type Enclosed, enclosedIn, shown, typed } from './pastes.ts'
import { afterSending, asVim, hasty, isCommanding, vimPressed, vimWritten } from './vim-keys.ts'

/** What a person did at the keyboard, done. */
export const struck = (desk: Desk, stroke: Stroke): void => {
  if (stroke.type === 'focus') return void desk.tty.focused(stroke.is)
  if (stroke.type === 'paste') return void written(desk, stroke.text, paste)
  if (stroke.type === 'text') return void written(desk, stroke.text, insert)
  if (stroke.name === 'ctrl+c') return void acts.interrupt(desk)
  desk.store.tell({ type: 'leaving', is: false })
  if (stroke.name !== 'escape') desk.store.tell({ type: 'turning-back', is: false })
  keyPressed(desk, stroke.name)
}

/** Text that was typed or pasted goes to whatever has the keys: the answer to a question, a search, the input. */
const written = (desk: Desk, text: string, add: (editor: Editor, text: string) => Editor): void => {
  const { store } = desk
  const { replying, reply, menu, editor, vim } = store.state()
  store.tell({ type: 'leaving', is: false })
  store.tell({ type: 'turning-back', is: false })
  const form = formUp(store.state())
  if (form) return void formText(desk, form, { text, add })
  if (isAnswering(store.state())) {
    if (replying) store.tell({ type: 'edit-reply', editor: add(reply, text) })
    else if (add === insert) answerKey(desk, text)
  } else if (menu?.kind === 'history' || menu?.kind === 'pick')
    turned(desk, menu, searched(menu, menu.query + text.replace(/\s+/g, ' ')))
  else {
    store.tell({ type: 'typing' })
    const files = add === paste || text.length > 3 ? droppedFiles(desk, text) : undefined
    if (files) enclosed(desk, files)
    else if (add === insert && isCommanding(vim)) commanded(desk, text)
    else edited(desk, add(editor, text))
  }
}

/** Files that go along with what is being written. */
const enclosed = (desk: Desk, files: readonly Enclosed[]): void => {
  edited(desk, enclose(desk.store.state().editor, files))
  warned(
    desk,
    files.map(({ part }) => part),
  )
}

/** Letters as commands of vim, until one of them leads to writing. */
const commanded = (desk: Desk, text: string): void => {
  const rest = vimWritten(desk, text, (did, key) => {
    if (did === 'escape' || did === 'search') acts[did](desk)
    else if (key === 'k' && desk.store.state().editor.text === '') takenBack(desk)
  })
  if (rest !== '') edited(desk, insert(desk.store.state().editor, rest))
}

const keyPressed = (desk: Desk, name: string): void => {
  const { menu, editor } = desk.store.state()
  const form = formUp(desk.store.state())
  if (form) return void formKey(desk, form, name)
  if (isAnswering(desk.store.state())) return void questionKey(desk, name)
  if (menu && menuKey(desk, name, menu)) return
  const { first, rest } = hasty(desk, name)
  const did = vimPressed(desk, `<${first}>`)
  if (rest !== '') commanded(desk, rest)
  if (did && did !== 'done') return void acts[did](desk)
  if (did) return
  if ((name === 'up' || name === 'ctrl+p') && editor.text === '' && takenBack(desk)) return
  const edit = editOf(name, editor)
  if (edit) return void edited(desk, edit(editor))
  const binding = bindingOf(name)
  if (binding && 'act' in binding) acts[binding.act](desk)
}

/** The last message in the queue into the input, where one waits: it can be said in other words, or not at all. */
const takenBack = ({ store, driver }: Desk): boolean => {
  const content = driver.takeBack()
  if (content) store.tell({ type: 'edit', editor: recovered(store.state().editor, content) })
  return content !== undefined
}

/** What is typed has changed: perhaps it begins something that can be completed. */
const edited = (desk: Desk, editor: Editor): void => {
  const { vim } = desk.store.state()
  desk.store.tell({ type: 'edit', editor: asVim(vim, editor) })
  desk.store.tell({ type: 'menu', menu: isCommanding(vim) ? undefined : completion(desk, editor) })
}

const send = (desk: Desk): void => {
  const { store, driver } = desk
  const { editor, attached } = store.state()
  const text = typed(editor)
  // Enter once more: what waits is said sooner.
  if (text.trim() === '') return void driver.steer()
  const problem = strange(desk, text)
  if (problem !== undefined) return void driver.tell('warning', problem)
  const content = [...desk.files.contentOf(text), ...enclosedIn(editor), ...attached.map(({ part }) => part)]
  const refusal = refusalOf(desk, content)
  if (refusal !== undefined) return void driver.tell('warning', refusal)
  store.tell({ type: 'edit', editor: sent(editor) })
  store.tell({ type: 'vim', vim: afterSending(store.state().vim) })
  store.tell({ type: 'menu', menu: undefined })
  desk.history.add(text)
  if (obey(desk, text.trim())) return
  store.tell({ type: 'attached', attached: [] })
  desk.looks.loadColors()
  const names = attached.map(({ name }) => `\n[${name}]`)
  driver.say(content, `${shown(editor)}${names.join('')}`)
}

const acts: Readonly<Record<KeyAct, (desk: Desk) => void>> = {
  send,
  interrupt: desk => {
    const { store, driver, shell } = desk
    const { isLeaving, isBusy, editor, menu } = store.state()
    if (isLeaving) return void driver.leave(interrupted)
    store.tell({ type: 'leaving', is: true })
    if (menu) turned(desk, menu, undefined)
    if (shell.stop()) return
    if (isBusy) driver.interrupt()
    else store.tell({ type: 'edit', editor: cleared(editor) })
  },
  escape: desk => {
    const { store, driver, shell } = desk
    const { isBusy, isTurningBack, editor, messages, vim } = store.state()
    if (shell.stop()) return
    if (isBusy) return void driver.interrupt()
    const isEmpty = editor.text === ''
    // Whoever has the keys of vim presses Esc often, and would lose what he writes.
    const canTurn = isEmpty ? messages.some(isOfUser) : vim === undefined
    store.tell({ type: 'turning-back', is: canTurn && !isTurningBack })
    if (!canTurn || !isTurningBack) return
    if (isEmpty) chosen(desk, 'rewind', '')
    else edited(desk, cleared(editor))
  },
  mode: desk => chosen(desk, 'yolo', ''),
  end: ({ driver }) => driver.leave(),
  open: ({ store }) => store.tell({ type: 'open' }),
  search: ({ store, history }) => store.tell({ type: 'menu', menu: historyMenu(history) }),
  editor: desk => {
    const { editor } = desk.store.state()
    void desk.tty.edit(typed(editor)).then(text => text !== undefined && edited(desk, desk.tty.taken(editor, text)))
  },
  suspend: ({ tty }) => tty.suspend(),
  complete: desk => openCompletion(desk),
  image: desk => {
    void clipboardFile(desk).then(
      file => enclosed(desk, [file]),
      (error: unknown) =>
        error instanceof Failure ? desk.driver.tell('warning', failureText(error)) : desk.driver.crash(error),
    )
  },
  redraw: ({ tty }) => tty.redraw(),
}

/** The list as it is now, or none any more. */
const turned = (desk: Desk, menu: Menu, next: Menu | undefined): void => {
  desk.store.tell({ type: 'menu', menu: next })
  if (menu.kind === 'pick') considered(desk, menu, next?.choices[next.at])
}

const menuKey = (desk: Desk, name: string, menu: Menu): boolean => {
  const show = (next: Menu | undefined) => {
    turned(desk, menu, next)
    return true
  }
  if (name === 'escape') return show(undefined)
  if (name === 'up' || name === 'ctrl+p') return show(moved(menu, -1))
  if (name === 'down' || name === 'ctrl+n' || (name === 'ctrl+r' && menu.kind === 'history'))
    return show(moved(menu, 1))
  if (chooseWith(desk, menu, name)) return true
  if (name === 'enter' || name === 'tab') return choose(desk, menu, name === 'enter' ? () => send(desk) : undefined)
  if (menu.kind === 'command' || menu.kind === 'file') return false
  if (name === 'backspace') return show(searched(menu, [...menu.query].slice(0, -1).join('')))
  if (name === 'ctrl+u') return show(searched(menu, ''))
  return true
}

const questionKey = (desk: Desk, name: string): void => {
  const { store, driver } = desk
  const { replying, reply } = store.state()
  if (name === 'escape') return void (replying ? store.tell({ type: 'replying' }) : driver.interrupt())
  if (name === 'ctrl+o') return void store.tell({ type: 'open' })
  if (!replying) return
  const edit = editOf(name, reply)
  if (edit) store.tell({ type: 'edit-reply', editor: edit(reply) })
  else if (name === 'enter') replied(desk)
}
