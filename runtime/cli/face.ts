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
  /** Whether a person sees the questions that tool calls need answered. */
  readonly showsQuestions: boolean
  /** Whether it shows what tools write while they work. */
  readonly liveOutput: boolean
  readonly start: () => Promise<void>
  readonly event: (event: RunEvent) => Promise<void>
  /** Something that one may want to know; not said where nobody reads any more (`| head`). */
  readonly notice: (text: string) => Promise<void>
  readonly failure: (failure: Failure) => Promise<void>
  readonly end: (exit: number) => Promise<void>
}

type Printer = (event: RunEvent) => string

/** `printer` is for a conversation that is read out, in place of what `exec` prints. */
export const faceFor = (options: RunOptions, terminal: Terminal, printer?: Printer): Face => {
  if (options.json) return jsonFace(options, terminal)
  return options.quiet ? quietFace(terminal) : textFace(options, terminal, printer)
}

const noticeOn = ({ isRead, stderr }: Terminal, text: string) => (isRead() ? write(stderr, `${text}\n`) : undefined)

const textFace = (options: RunOptions, terminal: Terminal, printer?: Printer): Face => {
  const { stdout } = terminal
  const textOfEvent = printer ?? printerFor(options, terminal)
  let isLineOpen = false
  const print = async (text: string): Promise<void> => {
    if (text !== '') isLineOpen = !text.endsWith('\n')
    await write(stdout, text)
  }
  // cagent ends without a line end, and scripts compare; what follows on a terminal wants a line of its own.
  const endLine = async () => (isLineOpen && stdout.isTTY ? print('\n') : undefined)
  const complain = async (text: string): Promise<void> => {
    await endLine()
    await write(terminal.stderr, text)
  }
  const live = liveOn(terminal)
  return {
    showsQuestions: true,
    liveOutput: !printer && (options.liveOutput ?? (showsTools(options) && terminal.stderr.isTTY)),
    start: async () => undefined,
    event: async event => {
      if (event.type === 'tool-output-delta') return await live.wrote(event)
      if (event.type === 'tool-end') live.stop()
      await print(textOfEvent(event))
      if (event.type === 'retry') await complain(retryText(event))
      // Drift is told in one line when all is known.
      if (event.type === 'notice' && event.code !== 'drift') await complain(`${event.text}\n`)
    },
    notice: async text => {
      await endLine()
      await noticeOn(terminal, text)
    },
    failure: async failure => {
      live.stop()
      await complain(failureText(failure))
    },
    end: endLine,
  }
}

const printerFor = (
  { hideToolCalls = false, hideToolResults = false }: RunOptions,
  { stdout, env }: Terminal,
): Printer => textPrinter({ hideToolCalls, hideToolResults, bold: stdout.isTTY && !env['NO_COLOR'] })

/** Whether calls are shown that do something. In a replay they do not, and it shall not wait for a stream to be made. */
const showsTools = ({ hideToolCalls, hideToolResults, fake, fakeTools }: RunOptions): boolean =>
  !hideToolCalls && !hideToolResults && (fake === undefined || fakeTools === 'live')

/** Most runs have nothing of it to show. */
const liveOn = (terminal: Terminal) => {
  let lines: ReturnType<typeof import('./live-lines.ts')['liveLines']> | undefined
  return {
    wrote: async (event: Extract<RunEvent, { type: 'tool-output-delta' }>) => {
      const { stderr, env } = terminal
      lines ??= (await import('./live-lines.ts')).liveLines({
        print: text => void write(stderr, text),
        columns: stderr.columns ?? 80,
        dim: stderr.isTTY && !env['NO_COLOR'],
      })
      lines.wrote(event)
    },
    stop: () => lines?.stop(),
  }
}

/** Whoever takes over does so at once; the same model is asked again after a while. */
const retryText = ({ reason, waited }: Extract<RunEvent, { type: 'retry' }>): string => {
  const said = /[.!?]$/.test(reason) ? reason : `${reason}.`
  const seconds = Math.round(waited / 1000)
  if (waited === 0) return `${said}\n`
  return `${said} Trying again${seconds < 2 ? '' : ` in ${seconds} seconds`}.\n`
}

const jsonFace = ({ liveOutput = false }: RunOptions, terminal: Terminal): Face => {
  const { stdout } = terminal
  let isStarted = false
  const print = async (line: string): Promise<void> => {
    if (!isStarted) await write(stdout, jsonLines.start())
    isStarted = true
    await write(stdout, line)
  }
  return {
    showsQuestions: false,
    liveOutput,
    start: async () => print(''),
    event: async event => print(jsonLines.event(event)),
    notice: async text => noticeOn(terminal, text),
    failure: async failure => print(jsonLines.failure(failure)),
    end: async exit => print(jsonLines.end(exit)),
  }
}

/** Only what the root agent said last, if all went well. */
const quietFace = (terminal: Terminal): Face => {
  const { stdout, stderr } = terminal
  let answer = ''
  return {
    showsQuestions: false,
    liveOutput: false,
    start: async () => undefined,
    event: async event => {
      if (event.type === 'message' && event.message.role === 'assistant' && event.path.length === 0) {
        answer = textOf(event.message.content)
      }
    },
    notice: async text => noticeOn(terminal, text),
    failure: async failure => write(stderr, failureText(failure)),
    end: async exit => (exit === 0 && answer !== '' ? write(stdout, `${answer.trimEnd()}\n`) : undefined),
  }
}
