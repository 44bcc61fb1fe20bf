import { createInterface } from 'node:readline'
import type { Terminal } from './terminal.ts'

/**
 * A line that somebody types on a terminal, with `text` standing there to be changed; nothing at the end of the input. It
 * is written to standard error: what is printed of a run is the same in a replay, where nobody is asked. Ctrl-C is passed
 * on as the signal it stands for.
 */
export const typedLine = (
  { stdin, stderr }: Terminal,
  { prompt, text = '' }: { readonly prompt: string; readonly text?: string },
  signal: AbortSignal,
): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const lines = createInterface({ input: stdin, output: stderr, terminal: true, prompt })
    const leave = () => {
      signal.removeEventListener('abort', onAbort)
      lines.close()
    }
    const onAbort = () => {
      leave()
      reject(signal.reason)
    }
    lines.once('line', line => {
      resolve(line)
      leave()
    })
    lines.once('close', () => resolve(undefined))
    lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) return onAbort()
    lines.prompt()
    if (text !== '') lines.write(text)
  })
