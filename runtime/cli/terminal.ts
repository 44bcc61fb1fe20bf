import type { Fetch } from '../core/border.ts'

/** The process as a command sees it: handed in, so that a command can be run anywhere. */
export type Terminal = {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** False when the reader of standard output has gone away. */
  readonly isRead: () => boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly workingDirectory: string
  readonly now: () => Date
  readonly fetch: Fetch
}

/** The one place where the process's own streams, environment, clock and network are taken. */
export const processTerminal = (): Terminal => {
  let isRead = true
  return {
    // Each of them takes a millisecond to make, and most commands do not need all.
    get stdin() {
      return process.stdin
    },
    get stdout() {
      return unbroken(process.stdout, () => {
        isRead = false
      })
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
    fetch: (...asked) => globalThis.fetch(...asked),
  }
}

/** A reader that has gone away (`| head`) is no failure. Node's own streams forget it, so it is told once. */
const unbroken = (stream: NodeJS.WriteStream, gone: () => void): NodeJS.WriteStream =>
  stream.listenerCount('error') > 0 ? stream : stream.on('error', gone)

/** Writes, and waits while the reader is slow. */
export const write = (stream: NodeJS.WriteStream, text: string): Promise<void> | undefined => {
  if (text === '' || stream.destroyed || stream.write(text)) return undefined
  return new Promise(resolve => {
    const goOn = () => {
      for (const name of ['drain', 'close']) stream.off(name, goOn)
      resolve()
    }
    for (const name of ['drain', 'close']) stream.on(name, goOn)
  })
}
