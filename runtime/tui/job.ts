import { spawn } from 'node:child_process'

/** Runs a command on our terminal, and gives its exit code; nothing where it could not begin. */
export const ended = (
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number | null> =>
  new Promise(resolve => {
    const [program = '', ...args] = command
    const child = spawn(program, args, { stdio: 'inherit', env })
    child.on('error', () => resolve(null))
    child.on('close', code => resolve(code))
  })

/** The whole job stops, as its shell expects, until somebody goes on with it. */
export const stopped = (): Promise<void> =>
  new Promise(resolve => {
    const goOn = () => {
      clearTimeout(timer)
      process.off('SIGCONT', goOn)
      resolve()
    }
    // Where nobody can go on with it, the system does not stop it.
    const timer = setTimeout(goOn, 200)
    process.once('SIGCONT', goOn)
    process.kill(0, 'SIGTSTP')
  })
