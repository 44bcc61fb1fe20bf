import { Failure } from '../core/errors.ts'
import type { SessionSummary } from '../core/session.ts'
import type { Database } from './database.ts'
import { summaryOf } from './rows.ts'

/** Sessions, the one that was used last first. */
export const listSessions = (database: Database, limit = Number.MAX_SAFE_INTEGER): SessionSummary[] =>
  database.prepare('select * from sessions order by updated desc, rowid desc limit ?').all(limit).map(summaryOf)

/**
 * The session that is meant: its id, the beginning of it that no other has, or -1 for the one that was used last, -2 for
 * the one before. Throws a Failure where there is none, or more than one.
 */
export const findSession = (database: Database, name: string): SessionSummary => {
  const back = /^-(\d+)$/.exec(name)?.[1]
  if (back !== undefined) return nth(database, Number(back))
  const rows = /^[\w-]+$/.test(name)
    ? database
        .prepare("select * from sessions where id = ? or id like ? || '%' order by id = ? desc limit 2")
        .all(name, name, name)
    : []
  const [first, second] = rows.map(summaryOf)
  if (first && (!second || first.id === name)) return first
  if (!first)
    throw new Failure('session', `There is no session ${name}.`, { hint: 'reprise sessions list shows them.' })
  throw new Failure('session', `There are several sessions that begin with ${name}: ${first.id} and ${second?.id}.`, {
    hint: 'Write more of the id.',
  })
}

const nth = (database: Database, back: number): SessionSummary => {
  const row =
    back < 1
      ? undefined
      : database.prepare('select * from sessions order by updated desc, rowid desc limit 1 offset ?').get(back - 1)
  if (row) return summaryOf(row)
  const count = Number(database.prepare('select count(*) as count from sessions').get()?.['count'])
  throw new Failure('session', count === 0 ? 'There are no sessions yet.' : `There is no session -${back}.`, {
    hint: count === 0 ? 'reprise run begins one.' : `There are ${count}: -1 is the last of them.`,
  })
}
