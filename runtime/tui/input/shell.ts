import { type ChildProcess, spawn } from 'node:child_process'
import { emptyTail, tailAfter } from '../../core/tail.ts'
import type { Stage } from '../../team/screen.ts'
import type { Driver } from '../state/driver.ts'
import type { Watched } from '../state/watched.ts'
import { harmless, settled } from '../view/line.ts'

/** Commands of the user's own, beside the agent. */
export type UserShell = {
  /** Until it has ended. What came of it is shown, and goes along with the next message. */
  readonly run: (command: string) => Promise<void>
  /** Ends the command that is being run; whether there was one. */
  readonly stop: () => boolean
}

/** Of a longer output the end is kept, in characters. */
const mostOutput = 50_000
/** So much of it is shown when it is over, in lines. */
const mostShown = 40

type Means = Pick<Stage, 'env' | 'workingDirectory'> & {
  readonly store: Watched
  readonly driver: Pick<Driver, 'tell'>
}

export const userShell = ({ env, workingDirectory, store, driver }: Means): UserShell => {
  let child: ChildProcess | undefined
  const run = async (command: string): Promise<void> => {
    if (child) return driver.tell('warning', 'Another command is being run. Esc ends it.')
    let output = ''
    let tail = emptyTail
    const { now: since } = store.state()
    const show = () => store.tell({ type: 'shell', shell: { command, output: tail, since } })
    // A group of its own, so that it ends with all that it has started.
    child = spawn(command, {
      shell: env['SHELL'] || true,
      cwd: workingDirectory,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output = `${output}${text}`.slice(-mostOutput)
        tail = tailAfter(tail, text)
        show()
      })
    show()
    const ending = await endOf(child)
    child = undefined
    store.tell({ type: 'shell', shell: undefined })
    const said = harmless(settled(output)).trimEnd()
    driver.tell('info', [...shownOf(said), ...(ending === '' ? [] : [ending])].join('\n'))
    const text = `The user ran a command in the shell.\n<command>${command}</command>\n<output>\n${said}\n${ending}</output>`
    const attached = { name: `! ${command}`, part: { type: 'text', text } } as const
    store.tell({ type: 'attached', attached: [...store.state().attached, attached] })
  }
  return {
    run,
    stop: () => {
      if (child?.pid === undefined) return false
      try {
        process.kill(-child.pid, 'SIGTERM')
      } catch {
        // It has just ended by itself.
      }
      return true
    },
  }
}

/** The last lines, and how many there were before. */
const shownOf = (said: string): string[] => {
  const lines = said.split('\n')
  const more = lines.length - mostShown
  return more > 1 ? [`… ${more} lines before`, ...lines.slice(-mostShown)] : lines
}

/** How it ended, where it did not just end. */
const endOf = (child: ChildProcess): Promise<string> =>
  new Promise(resolve => {
    child.on('error', error => resolve(`It could not be run: ${error.message}`))
    child.on('close', (code, signal) =>
      resolve(signal ? `It was ended by ${signal}.` : code ? `It ended with ${code}.` : ''),
    )
  })
