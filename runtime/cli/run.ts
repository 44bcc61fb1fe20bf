import { createInterface } from 'node:readline/promises'
import { exec, finishing, guarded, sayOne } from './exec.ts'
import { faceFor } from './face.ts'
import { interruption } from './interrupt.ts'
import { personAt } from './person.ts'
import type { RunOptions } from './run-options.ts'
import { contentsOf, start } from './start.ts'
import { type Terminal, write } from './terminal.ts'

/**
 * `reprise run FILE`: a conversation, line by line, until the input ends. Messages on the command line are said first.
 * Without a terminal it is `exec` when messages are given, and takes each line of the input as a message when not.
 */
export const run = async (
  file: string,
  messages: readonly string[],
  options: RunOptions,
  terminal: Terminal,
): Promise<number> => {
  const isTerminal = terminal.stdin.isTTY && terminal.stdout.isTTY
  if (options.dryRun || (!isTerminal && messages.length > 0)) return await exec(file, messages, options, terminal)
  const face = faceFor(options, terminal)
  const person = personAt(terminal)
  return await guarded(face, async () => {
    const conversation = await start(file, options, { terminal, face, person })
    return await finishing(conversation, face, async () => {
      await face.start()
      if (conversation.welcome) await write(terminal.stdout, `${conversation.welcome}\n`)
      const turn = async (text: string, first: boolean): Promise<void> => {
        using interrupt = interruption()
        const [content] = await contentsOf([text], first ? options : { ...options, attach: [] }, terminal)
        if (content) await sayOne(conversation, content, { face, person, signal: interrupt.signal })
        if (isTerminal) await write(terminal.stdout, '\n')
      }
      let first = true
      for await (const line of spoken(messages, terminal, isTerminal)) {
        await turn(line, first)
        first = false
      }
      return 0
    })
  })
}

/** What was said on the command line, then what is typed, until the input ends or Ctrl-C is pressed at the prompt. */
async function* spoken(messages: readonly string[], terminal: Terminal, isTerminal: boolean): AsyncGenerator<string> {
  yield* messages
  for await (const line of isTerminal ? typed(terminal) : createInterface({ input: terminal.stdin })) {
    if (line.trim() !== '') yield line
  }
}

/** A reader a line: between two lines the keys belong to the questions of tool calls. */
async function* typed({ stdin, stdout }: Terminal): AsyncGenerator<string> {
  for (;;) {
    const lines = createInterface({ input: stdin, output: stdout, terminal: true })
    const closed = new Promise<undefined>(resolve => lines.once('close', () => resolve(undefined)))
    const line = await Promise.race([lines.question('\n> '), closed])
    lines.close()
    if (line === undefined) return
    yield line
  }
}
