import { addAbortSignal } from 'node:stream'
import { Failure } from '../core/errors.ts'
import type { ContentPart } from '../core/message.ts'
import { attachment } from './attachments.ts'
import type { RunOptions } from './run-options.ts'
import type { Terminal } from './terminal.ts'

/**
 * What the user says on the command line, one content a turn; files go along with the first. `-` is what standard input
 * holds. Throws a Failure for a file that cannot be sent, and when the signal fires before the input ends.
 */
export const contentsOf = async (
  messages: readonly string[],
  options: RunOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ContentPart[][]> => {
  const files = (options.attach ?? []).map(path => attachment(path, terminal.workingDirectory))
  const texts: string[] = []
  for (const message of messages) texts.push(message === '-' ? await readAll(terminal.stdin, signal) : message)
  const spoken = texts.filter(text => text.trim() !== '')
  if (spoken.length === 0 && files.length > 0) spoken.push('Please look at the attached files.')
  return spoken.map((text, index) => [{ type: 'text', text }, ...(index === 0 ? files : [])])
}

const readAll = async (stdin: NodeJS.ReadStream, signal: AbortSignal): Promise<string> => {
  try {
    const pieces: Buffer[] = await addAbortSignal(signal, stdin).toArray()
    return Buffer.concat(pieces).toString('utf8').trimEnd()
  } catch (error) {
    if (signal.aborted) throw new Failure('interrupted', 'Interrupted.', { cause: error })
    throw error
  }
}
