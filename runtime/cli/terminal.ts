/** The process as a command sees it: handed in, so that a command can be run anywhere. */
export type Terminal = {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly env: Readonly<Record<string, string | undefined>>
  readonly workingDirectory: string
}

/** The one place where the process's own streams and environment are taken. */
export const processTerminal = (): Terminal => ({
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  workingDirectory: process.cwd(),
})

/** Writes and waits while the reader is slow. A reader that has gone away is no failure. */
export const write = (stream: NodeJS.WriteStream, text: string): Promise<void> | undefined => {
  if (text === '' || stream.destroyed || stream.write(text)) return undefined
  return new Promise(resolve => {
    stream.once('drain', resolve)
    stream.once('close', resolve)
  })
}
