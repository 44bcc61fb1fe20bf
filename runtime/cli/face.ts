import type { Failure } from '../core/errors.ts'
import type { RunEvent } from '../core/event.ts'
import { textOf } from '../core/message.ts'
import { failureText } from './exit.ts'
import { jsonLines } from './print-json.ts'
import { textPrinter } from './print-text.ts'
import type { RunOptions } from './run-options.ts'
import { type Terminal, write } from './terminal.ts'

/** How a run is shown. What is said goes to standard output, what is said about it to standard error. */
export type Face = {
  readonly start: () => Promise<void>
  readonly event: (event: RunEvent) => Promise<void>
  readonly notice: (text: string) => Promise<void>
  readonly failure: (failure: Failure) => Promise<void>
  readonly end: (exit: number) => Promise<void>
}

export const faceFor = (options: RunOptions, terminal: Terminal): Face => {
  if (options.json) return jsonFace(terminal)
  return options.quiet ? quietFace(terminal) : textFace(options, terminal)
}

const complaining = ({ stderr }: Terminal): Pick<Face, 'notice' | 'failure'> => ({
  notice: async text => write(stderr, `${text}\n`),
  failure: async failure => write(stderr, failureText(failure)),
})

const textFace = (options: RunOptions, terminal: Terminal): Face => {
  const { stdout } = terminal
  const print = textPrinter({
    hideToolCalls: options.hideToolCalls ?? false,
    hideToolResults: options.hideToolResults ?? false,
    bold: stdout.isTTY && !terminal.env['NO_COLOR'],
  })
  return {
    ...complaining(terminal),
    start: async () => undefined,
    event: async event => {
      await write(stdout, print(event))
      if (event.type === 'retry') await write(terminal.stderr, `${event.reason} Trying again.\n`)
      if (event.type === 'notice') await write(terminal.stderr, `${event.text}\n`)
    },
    // cagent ends without a line end, and scripts compare; a prompt on a terminal wants one.
    end: async () => (stdout.isTTY ? write(stdout, '\n') : undefined),
  }
}

const jsonFace = (terminal: Terminal): Face => {
  const { stdout } = terminal
  const { notice } = complaining(terminal)
  return {
    notice,
    start: async () => write(stdout, jsonLines.start()),
    event: async event => write(stdout, jsonLines.event(event)),
    failure: async failure => write(stdout, jsonLines.failure(failure)),
    end: async exit => write(stdout, jsonLines.end(exit)),
  }
}

/** Only what the root agent said last. */
const quietFace = (terminal: Terminal): Face => {
  let answer = ''
  return {
    ...complaining(terminal),
    start: async () => undefined,
    event: async event => {
      if (event.type === 'message' && event.message.role === 'assistant' && event.path.length === 0) {
        answer = textOf(event.message.content)
      }
    },
    end: async () => (answer ? write(terminal.stdout, `${answer.trimEnd()}\n`) : undefined),
  }
}
