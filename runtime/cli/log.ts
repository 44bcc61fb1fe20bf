import { appendFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type LogEntry, type LogLevel, logLevels } from '../core/log.ts'
import type { OpenOptions } from '../team/open.ts'
import { unwritable } from './files.ts'
import type { RunOptions } from './run-options.ts'
import { type Terminal, write } from './terminal.ts'

/** Writes what is loud enough to standard error, or to a file. Throws a Failure at once where that cannot be written. */
export const logTo = (
  { logFile, logLevel = 'debug', logFormat = 'text' }: RunOptions,
  terminal: Terminal,
): NonNullable<OpenOptions['log']> => {
  const line = lineTo(logFile, terminal)
  const print = { text: textOf, json: jsonOf(terminal) }[logFormat]
  return entry => {
    if (isLoud(entry, logLevel)) line(print(entry, logLevel))
  }
}

const isLoud = ({ level }: LogEntry, wanted: LogLevel): boolean => logLevels.indexOf(level) <= logLevels.indexOf(wanted)

type Print = (entry: LogEntry, level: LogLevel) => string

const textOf: Print = ({ sign, lane, what, body }, level) =>
  `${sign} ${lane} ${what}${level === 'debug' && body !== undefined ? ` ${body}` : ''}`

/** One JSON object a line, for what collects logs. */
const jsonOf =
  ({ now }: Terminal): Print =>
  ({ level, sign, lane, what, body }, wanted) =>
    JSON.stringify({
      time: now().toISOString(),
      level,
      lane,
      direction: { '→': 'out', '←': 'in', '✗': 'failed' }[sign],
      what,
      ...(wanted === 'debug' && body !== undefined && { body }),
    })

const lineTo = (file: string | undefined, { stderr, workingDirectory }: Terminal): ((line: string) => void) => {
  if (file === undefined) return line => void write(stderr, `${line}\n`)
  const path = resolve(workingDirectory, file)
  try {
    appendFileSync(path, '')
  } catch (error) {
    throw unwritable('The log file', file, error)
  }
  return line => appendFileSync(path, `${line}\n`)
}
