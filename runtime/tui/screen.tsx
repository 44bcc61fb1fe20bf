import { render } from 'ink'
import { failures } from '../core/errors.ts'
import { textOf } from '../core/message.ts'
import type { Screen } from '../team/screen.ts'
import { App } from './app.tsx'
import { type Driver, driverFor, interrupted } from './driver.ts'
import { watched } from './watched.ts'

/**
 * A conversation on a terminal. What is over stands in the terminal's own scrollback; the few lines below it are drawn
 * by Ink. Gives the exit code, or throws what ended it, when the terminal is as it was.
 */
export const screen: Screen = async stage => {
  const store = watched()
  const driver = await driverFor(stage, store)
  using _ = signals(driver)
  const { welcome } = driver.conversation()
  if (welcome) store.tell({ type: 'welcome', text: welcome })
  const { stdin, stdout, stderr } = stage
  // Ink does it after its first picture: a key pressed between would be the terminal's own.
  stdin.setRawMode(true)
  const app = <App desk={{ store, driver }} tape={stage.tape} look={{ color: !stage.env['NO_COLOR'] }} />
  const { unmount, waitUntilExit, waitUntilRenderFlush } = render(app, {
    ...{ stdin, stdout, stderr },
    exitOnCtrlC: false,
    interactive: true,
  })
  const { resumed } = driver.conversation()
  for (const content of [...(resumed?.next ? [resumed.next] : []), ...stage.messages])
    driver.say(content, textOf(content))

  // A component that throws ends Ink, and with it the conversation.
  const ending = await Promise.race([driver.left, waitUntilExit()]).catch((error: unknown) => error)
  const closing = await driver.conversation().close(ending)
  store.tell({ type: 'over' })
  await waitUntilRenderFlush()
  unmount()
  await waitUntilExit().catch(() => undefined)
  for (const text of closing.notices) stderr.write(`${text}\n`)
  if (ending === interrupted) return failures.interrupted.exit
  const verdict = ending ?? closing.failure
  if (verdict !== undefined) throw verdict
  return 0
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
