import { clippedTo, padEnd, visible } from '../../cassette/view/layout.ts'
import { Failure } from '../../core/errors.ts'
import type { SessionSummary } from '../../core/session.ts'
import { jsonPage } from '../page.ts'
import { sessionsFor } from '../start.ts'
import { type Terminal, write } from '../terminal.ts'

export type SessionOptions = { readonly sessionDb?: string; readonly json?: boolean }

/** `reprise sessions list`: a line a session; the first column is what `--session` takes. */
export const sessionsList = async (
  { limit, ...options }: SessionOptions & { readonly limit: string },
  terminal: Terminal,
): Promise<number> => {
  const sessions = await sessionsFor(options, terminal).list(count(limit))
  const { stdout } = terminal
  await write(stdout, options.json ? jsonPage(sessions) : visible(`${linesOf(sessions, terminal).join('\n')}\n`))
  return 0
}

/** `reprise sessions search WORD…`: where it was said, and in which words. */
export const sessionsSearch = async (
  words: readonly string[],
  { limit, ...options }: SessionOptions & { readonly limit: string },
  terminal: Terminal,
): Promise<number> => {
  const hits = await sessionsFor(options, terminal).search(words.join(' '), count(limit))
  const { stdout } = terminal
  const lines = hits.map(({ session, message, agent, text }) =>
    [`${session.id}  ${session.title}`, `  ${message === undefined ? '' : `${message} `}${agent}: ${text}`].join('\n'),
  )
  await write(stdout, options.json ? jsonPage(hits) : visible(`${lines.join('\n') || 'Nobody said that.'}\n`))
  return 0
}

const count = (limit: string): number => {
  if (/^[1-9]\d*$/.test(limit)) return Number(limit)
  throw new Failure('usage', `--limit takes a number of sessions, not ${JSON.stringify(limit)}.`)
}

const linesOf = (sessions: readonly SessionSummary[], { now, stdout }: Terminal): string[] => {
  if (sessions.length === 0) return ['There are no sessions yet.']
  const width = Math.max(30, (stdout.isTTY && stdout.columns ? stdout.columns : 100) - 52)
  return sessions.map(session => {
    const { id, starred, title, agent, turns, cost, updated } = session
    const cells = [
      id,
      starred ? '★' : ' ',
      padEnd(clippedTo(title, width), width),
      `${turns} turn${turns === 1 ? '' : 's'}`.padStart(9),
      `$${cost.toFixed(4)}`.padStart(10),
      agoText(new Date(updated), now()),
    ]
    return `${cells.join(' ')}${agent === 'root' ? '' : `  ${agent}`}`.trimEnd()
  })
}

const minute = 60_000
const units = [
  ['d', 24 * 60 * minute],
  ['h', 60 * minute],
  ['min', minute],
] as const

/** How long ago, roughly; a date where that is more than a month. */
export const agoText = (then: Date, now: Date): string => {
  const passed = now.getTime() - then.getTime()
  if (passed > 31 * 24 * 60 * minute) return then.toISOString().slice(0, 10)
  const [unit, size] = units.find(([, size]) => passed >= size) ?? []
  return unit && size ? `${Math.floor(passed / size)} ${unit} ago` : 'just now'
}
