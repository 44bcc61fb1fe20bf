import { spawn } from 'node:child_process'
import type { Stage } from '../team/screen.ts'
import { modesFor } from './input/keyboard-input.ts'
import { cursorShape } from './input/vim-keys.ts'

/**
 * Waits until nobody holds the other end of its input. A terminal that is still raw then was left so by a process that was
 * killed: it gets back what it was. Shells that edit their line themselves have set it by then, and are left alone; that
 * focus is told, and the cursor hidden, none of them expects.
 */
const script = String.raw`
trap '' INT QUIT TSTP TTOU TTIN HUP TERM
saved=$(stty -g <&3)
read -r line
sleep 0.1
printf '%s\033[?25h' "$1" >&3
case $(stty -a <&3) in *-isig*)
  stty "$saved" <&3
  stty icanon echo isig iexten icrnl opost <&3
  printf '\033[?2004l' >&3
esac`

/**
 * Restores the terminal should this process be killed in a way that it cannot hear of, and then writes `end` to it.
 * Without a shell there is no guard.
 */
export const guardOf = (
  { stdin, env }: Pick<Stage, 'stdin' | 'env'>,
  end = `${modesFor(env).end}${cursorShape(undefined, env)}`,
): Disposable => {
  const { fd } = stdin as { readonly fd?: number }
  if (fd === undefined || process.platform === 'win32') return { [Symbol.dispose]: () => undefined }
  const child = spawn('/bin/sh', ['-c', script, 'guard', end], {
    stdio: ['pipe', 'ignore', 'ignore', fd],
  })
  const stop = () => void child.kill('SIGKILL')
  child.on('error', () => undefined)
  child.stdin?.on('error', () => undefined)
  child.unref()
  process.on('exit', stop)
  return {
    [Symbol.dispose]: () => {
      process.off('exit', stop)
      stop()
    },
  }
}
