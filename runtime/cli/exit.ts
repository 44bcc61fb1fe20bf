import { Failure, type FailureCode, failures } from '../core/errors.ts'
import type { EndReason } from '../core/event.ts'
import { version } from '../team/version.ts'
import type { Terminal } from './terminal.ts'

/** The exit codes; docs/reference-cli.md lists them from here. */
export const exitCodes = {
  0: 'done',
  1: 'the run failed, or recordings that were compared or merged differ',
  2: 'bad usage, or a bad file',
  3: 'a replay had no answer',
  4: 'a replay drifted under --strict',
  130: 'interrupted',
} as const

export const exitOf = (code: FailureCode): number => failures[code].exit

export const exitOfEnd: Readonly<Record<EndReason, number>> = {
  done: 0,
  'max-iterations': 1,
  repeating: 1,
  'max-cost': 1,
  'max-tokens': 1,
  timeout: 1,
  stopped: 130,
  failed: 1,
  cancelled: 130,
}

/** A failure as a person reads it: what happened, then what to do. */
export const failureText = ({ message, hint }: Pick<Failure, 'message' | 'hint'>): string =>
  `${message.trimEnd()}\n${hint ? `${hint}\n` : ''}`

/** Tells what ended a command before its time, and gives the exit code. */
export const failureOf = (error: unknown, { stderr }: Terminal): number => {
  stderr.write(error instanceof Failure ? failureText(error) : bugText(error))
  return error instanceof Failure ? exitOf(error.code) : 1
}

const bugText = (error: unknown): string =>
  `This is a mistake in reprise ${version}, not yours. Please report it with these lines:\n${error instanceof Error ? error.stack : error}\n`
