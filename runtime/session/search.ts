import { type Message, sayerOf, textOf } from '../core/message.ts'
import type { SessionHit } from '../core/session.ts'
import type { Database, Row } from './database.ts'
import { numberIn, summaryOf, textIn } from './rows.ts'

/** What was said that holds all the words, or words that begin with them; the best first, at most `limit`. */
export const searchSessions = (database: Database, words: string, limit: number): SessionHit[] => {
  const wanted = words.match(/[\p{L}\p{N}]+/gu) ?? []
  if (wanted.length === 0) return []
  const query = wanted.map(word => `"${word}"*`).join(' ')
  const rows = database
    .prepare(
      `select e.seq, e.path, e.agent as speaker, e.data, s.* from said join events e on e.seq = said.rowid
        join sessions s on s.id = e.session where said match ? order by rank, s.updated desc limit ?`,
    )
    .all(query, limit)
  return rows.map(row => hitOf(database, row, wanted))
}

const hitOf = (database: Database, row: Row, wanted: readonly string[]): SessionHit => {
  const { message } = JSON.parse(textIn(row, 'data')) as { message: Message }
  return {
    session: summaryOf(row),
    ...(textIn(row, 'path') === '' && { message: numberOf(database, row) }),
    agent: message.role === 'user' ? sayerOf(message) : textIn(row, 'speaker'),
    text: around('content' in message ? textOf(message.content) : '', wanted),
  }
}

const numberOf = (database: Database, row: Row): number =>
  numberIn(
    database
      .prepare("select count(*) as count from events where session = ? and path = '' and type = 'message' and seq <= ?")
      .get(textIn(row, 'id'), numberIn(row, 'seq')) ?? {},
    'count',
  )

/** Characters that are shown on either side of the first word. */
const wide = 60

const around = (text: string, wanted: readonly string[]): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  const places = wanted.map(word => line.toLowerCase().indexOf(word.toLowerCase())).filter(place => place >= 0)
  const place = places.length > 0 ? Math.min(...places) : 0
  const start = place > wide ? line.indexOf(' ', place - wide) + 1 : 0
  const end = line.length > place + wide ? line.lastIndexOf(' ', place + wide) : line.length
  return `${start > 0 ? '… ' : ''}${line.slice(start, Math.max(end, place))}${end < line.length ? ' …' : ''}`
}
