import { join } from 'node:path'
import { render } from 'ink'
import { Failure, failures } from '../core/errors.ts'
import { textOf } from '../core/message.ts'
import type { Preferences, Screen, Stage } from '../team/screen.ts'
import { App } from './app.tsx'
import { guardOf } from './guard.ts'
import { smallHeap } from './heap.ts'
import { withHistory } from './input/editor.ts'
import { filesOf } from './input/files.ts'
import { historyFile, historyMenu } from './input/history.ts'
import { struck } from './input/keyboard.ts'
import { keyboardOf } from './input/keyboard-input.ts'
import { userShell } from './input/shell.ts'
import { newVim } from './input/vim/state.ts'
import { cursorShape } from './input/vim-keys.ts'
import { bellFor, noticeAfter } from './notice.ts'
import { drawingOn, resizingOf } from './resizing.ts'
import type { Desk } from './state/desk.ts'
import { type Driver, driverFor, failureText, interrupted } from './state/driver.ts'
import { type Watched, watched } from './state/watched.ts'
import { ttyOf } from './tty.ts'
import { looksFor } from './view/looks.ts'

/**
 * A conversation on a terminal. What is over stands in the terminal's own scrollback; the few lines below it are drawn
 * by Ink. Gives the exit code, or throws what ended it, when the terminal is as it was.
 */
export const screen: Screen = async stage => {
  using _guard = guardOf(stage)
  const store = watched(stage.now)
  const driver = await driverFor(stage, store)
  using _ = signals(driver)
  const { welcome, resumed } = driver.conversation()
  if (welcome && !resumed) store.tell({ type: 'welcome', text: welcome })
  const ending = await seated(stage, store, driver)
  if (ending === interrupted) return failures.interrupted.exit
  if (ending !== undefined) throw ending
  return 0
}

/** Until somebody leaves; then the terminal is as it was. Gives what ended it, if anything did. */
const seated = async (stage: Stage, store: Watched, driver: Driver): Promise<unknown> => {
  const { stdin, stderr } = stage
  const { theme, vim = false } = await preferencesOf(stage, driver)
  using keyboard = keyboardOf(stage, stroke => struck(desk, stroke))
  const desk = deskFor(stage, { store, driver, keyboard, theme })
  shaping(desk, stage)
  if (vim) store.tell({ type: 'vim', vim: newVim })
  using resizing = resizingOf(stage, desk.tty)
  const { unmount, waitUntilExit, waitUntilRenderFlush, clear } = render(<App desk={desk} resizing={resizing} />, {
    ...{ stdin, stderr },
    stdout: drawingOn(stage),
    onRender: resizing.drawn,
    exitOnCtrlC: false,
    interactive: true,
    incrementalRendering: true,
    maxFps: 60,
  })
  resizing.erases(clear)
  using _ = smallHeap()
  remember(desk)
  // Whoever cannot be told what was said is told why when he says something.
  void stage.script?.().then(
    texts => store.tell({ type: 'script', texts }),
    () => undefined,
  )
  ringing(desk)
  if (stage.messages.length > 0) desk.looks.loadColors()
  const { resumed } = driver.conversation()
  for (const content of [...(resumed?.next ? [resumed.next] : []), ...stage.messages])
    driver.say(content, textOf(content))

  // A component that throws ends Ink, and with it the conversation.
  const ending = await Promise.race([driver.left, waitUntilExit()]).catch((error: unknown) => error)
  const session = driver.conversation().session()
  const closing = await driver.conversation().close(ending)
  desk.shell.stop()
  store.tell({ type: 'over' })
  await waitUntilRenderFlush()
  unmount()
  await waitUntilExit().catch(() => undefined)
  desk.tty.close()
  for (const text of closing.notices) stderr.write(`${text}\n`)
  if (session !== undefined && stage.goOn) stderr.write(`Go on with: ${stage.goOn(session)}\n`)
  return ending ?? closing.failure
}

/** Wrong settings are told, and are no reason not to begin. */
const preferencesOf = async ({ preferences }: Stage, { tell }: Driver): Promise<Preferences> => {
  try {
    return await preferences()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    tell('warning', failureText(error))
    return {}
  }
}

/** The cursor shows whether letters are commands. */
const shaping = ({ store, tty }: Desk, { env }: Stage): void => {
  let before = store.state().vim?.mode
  store.subscribe(() => {
    const { vim } = store.state()
    if (vim?.mode !== before) tty.shape(cursorShape(vim, env))
    before = vim?.mode
  })
}

type Seat = Pick<Desk, 'store' | 'driver'> & {
  readonly keyboard: ReturnType<typeof keyboardOf>
  readonly theme: string | undefined
}

const deskFor = (stage: Stage, { store, driver, keyboard, theme }: Seat): Desk => ({
  ...{ store, driver },
  shell: userShell({ env: stage.env, workingDirectory: stage.workingDirectory, store, driver }),
  sessions: stage.sessions,
  workingDirectory: stage.workingDirectory,
  env: stage.env,
  history: historyFile(join(stage.stateFolder, 'history.jsonl'), stage.workingDirectory),
  files: filesOf(stage),
  looks: looksFor(stage, theme),
  prefer: stage.prefer,
  tty: ttyOf({
    ...{ stdout: stage.stdout, env: stage.env, hold: store.hold, keyboard },
    tell: text => driver.tell('warning', text),
  }),
})

/** What was said in earlier sessions comes when the first picture stands, and into a search that has begun. */
const remember = ({ history, store }: Desk): void => {
  void history.load().then(texts => {
    store.tell({ type: 'edit', editor: withHistory(store.state().editor, texts) })
    const { menu } = store.state()
    if (menu?.kind === 'history') store.tell({ type: 'menu', menu: historyMenu(history, menu.query) })
  })
}

/** Tells whoever looks elsewhere that there is something to see. */
const ringing = ({ store, tty }: Desk): void => {
  let before = store.state()
  store.subscribe(() => {
    const now = store.state()
    const text = noticeAfter(before, now)
    before = now
    if (text !== undefined) tty.write(bellFor(text, tty.isFocused()))
  })
}

/** A hang-up or a termination: the run is cancelled, and what was recorded stays whole. Twice: the process ends. */
const signals = ({ leave }: Driver): Disposable => {
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const onSignal = () => leave(interrupted)
  for (const name of names) process.on(name, onSignal)
  return {
    [Symbol.dispose]: () => {
      for (const name of names) process.off(name, onSignal)
    },
  }
}
