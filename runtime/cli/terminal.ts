import { homedir } from 'node:os'
import { patientFetch } from '../border/patient.ts'
import type { Fetch } from '../core/border.ts'
import { exitOfEnd } from './exit.ts'
import { whyNot } from './files.ts'
import { type Output, standardOutput } from './output.ts'

/** The process as a command sees it: handed in, so that a command can be run anywhere. */
export type Terminal = {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: Output
  /** Standard output as what draws on a terminal needs it. */
  readonly screen: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** False when the reader of standard output has gone away. */
  readonly isRead: () => boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly workingDirectory: string
  readonly now: () => Date
  readonly fetch: Fetch
}

/** The folder of the user, to whom `~` belongs. */
export const homeIn = (env: Terminal['env']): string => env['HOME'] || homedir()

/** The one place where the process's own streams, environment, clock and network are taken. */
export const processTerminal = (): Terminal => {
  let isRead = true
  let isTold = false
  let stdout: Output | undefined
  return {
    // Each of them takes a millisecond to make, and most commands do not need all.
    get stdin() {
      return process.stdin
    },
    get stdout() {
      stdout ??= standardOutput(() => process.stdout)
      return unbroken(stdout, error => {
        const { code = '' } = error as NodeJS.ErrnoException
        if (code === 'EPIPE') isRead = false
        else if (!isTold) tellUnwritten(code)
        isTold = true
      })
    },
    get screen() {
      return process.stdout
    },
    get stderr() {
      return unbroken(process.stderr, () => undefined)
    },
    isRead: () => isRead,
    // biome-ignore lint/style/noProcessEnv: the environment of the process is handed in from here
    env: process.env,
    workingDirectory: process.cwd(),
    // biome-ignore lint/plugin: the clock of the process is handed in from here
    now: () => new Date(),
    fetch: patientFetch(),
  }
}

/**
 * Once: a device that is full says so at each word. Whatever the command came to, it did not say so to anybody; and
 * of a few words Node tells only when the command has ended.
 */
const tellUnwritten = (code: string): void => {
  process.stderr.write(`Standard output cannot be written: ${whyNot[code] ?? code}.\n`)
  process.once('exit', exit => {
    if (exit === exitOfEnd.done || exit === exitOfEnd.cancelled) process.exitCode = exitOfEnd.failed
  })
}

/** A reader that has gone away (`| head`) is no failure. Node's own streams forget it, so it is told once. */
const unbroken = <Stream extends Output>(stream: Stream, gone: (error: Error) => void): Stream => {
  if (stream.listenerCount('error') === 0) stream.on('error', gone)
  return stream
}

/** Writes, and waits while the reader is slow. */
export const write = (stream: Output, text: string): Promise<void> | undefined => {
  if (text === '' || stream.destroyed || stream.write(text)) return undefined
  const before = waiting.get(stream)
  if (before) return before
  const drained = new Promise<void>(resolve => {
    const goOn = () => {
      for (const name of ['drain', 'close'] as const) stream.off(name, goOn)
      waiting.delete(stream)
      resolve()
    }
    for (const name of ['drain', 'close'] as const) stream.on(name, goOn)
  })
  waiting.set(stream, drained)
  return drained
}

/** Streams whose reader is slow, with the one wait of all who write to it. */
const waiting = new WeakMap<Output, Promise<void>>()
