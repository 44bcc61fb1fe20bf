import { Failure } from '../core/errors.ts'
import { type ContentPart, isOfUser, type Message } from '../core/message.ts'
import type { ForkPoint } from '../core/session.ts'
import { type Database, inTransaction } from './database.ts'
import { findSession } from './find.ts'
import { messageRows, numberIn, textIn } from './rows.ts'

export type NewSession = { readonly id: string; readonly now: Date }

/**
 * A new session with the first messages of another: up to message `at` and what answers its calls; or, with a message,
 * those before message `at`, which is then to be said in these words. Throws a Failure for a place that is none.
 */
export const forkSession = (database: Database, from: string, { at, message }: ForkPoint, made: NewSession): string =>
  inTransaction(database, () => {
    const { id } = findSession(database, from)
    const rows = messageRows(database, id)
    const messages = rows.map(row => (JSON.parse(textIn(row, 'data')) as { message: Message }).message)
    const kept = message === undefined ? wholeAt(messages, at) : before(messages, at)
    const next = message === undefined ? undefined : reworded(messages[kept], message)
    const isAll = at === undefined && message === undefined
    const end = isAll ? Number.MAX_SAFE_INTEGER : numberIn(rows[kept - 1] ?? {}, 'seq')
    copy(database, { id, kept, end, next }, made)
    // Whoever goes on with it makes whole what is not.
    if (isAll) copyPending(database, id, made.id)
    return made.id
  })

const copyPending = (database: Database, from: string, to: string): void =>
  void database
    .prepare(
      'insert into pending (session, path, kind, data) select ?, path, kind, data from pending where session = ? order by seq',
    )
    .run(to, from)

const wholeAt = (messages: readonly Message[], at = messages.length): number => {
  if (at < Math.min(1, messages.length) || at > messages.length) throw noPlace(at, messages.length)
  const last = messages[at - 1]
  const calls = last?.role === 'assistant' && last.content.some(({ type }) => type === 'tool-call')
  return calls && messages[at]?.role === 'tool' ? at + 1 : at
}

/** The place of the user's message that is to be said in other words; his last one where none is named. */
const before = (messages: readonly Message[], at = messages.findLastIndex(isOfUser) + 1): number => {
  const message = messages[at - 1]
  if (message && isOfUser(message)) return at - 1
  if (at < 1 || at > messages.length) throw noPlace(at, messages.length)
  throw new Failure('session', `Message ${at} was not said by the user.`, {
    hint: 'Only what you said can be said in other words; reprise sessions show numbers the messages.',
  })
}

const noPlace = (at: number, count: number): Failure =>
  new Failure('session', `There is no message ${at}: the session has ${count}.`, {
    hint: 'reprise sessions show numbers the messages.',
  })

/** Files that went along go along again. */
const reworded = (old: Message | undefined, text: string): ContentPart[] => [
  { type: 'text', text },
  ...(old?.role === 'user' ? old.content.filter(({ type }) => type !== 'text') : []),
]

const copied =
  'title, titled, agent_file, agent_digest, working_directory, cost, input, cache_read, cache_write, output, reasoning'

type Copy = {
  readonly id: string
  readonly kept: number
  readonly end: number
  readonly next: readonly ContentPart[] | undefined
}

/** What was spent on the messages goes along with them. */
const copy = (database: Database, { id, kept, end, next }: Copy, made: NewSession): void => {
  const time = made.now.getTime()
  database
    .prepare(
      `insert into sessions (id, created, updated, parent, parent_at, next, agent, ${copied})
        select ?, ?, ?, id, ?, ?, agent, ${copied} from sessions where id = ?`,
    )
    .run(made.id, time, time, kept, next ? JSON.stringify(next) : null, id)
  database
    .prepare(
      `insert into events (session, turn, path, agent, type, at, model, data)
        select ?, turn, path, agent, type, at, model, data from events where session = ? and seq <= ? order by seq`,
    )
    .run(made.id, id, end)
  database
    .prepare('insert into blob_uses (session, hash) select ?, hash from blob_uses where session = ?')
    .run(made.id, id)
  recount(database, made.id)
}

const recount = (database: Database, id: string): void => {
  const spent = (path: string) =>
    `coalesce((select sum(data ->> '${path}') from events where session = :id and type = 'finish'), 0)`
  database
    .prepare(
      `update sessions set cost = ${spent('$.cost')}, input = ${spent('$.usage.input')},
        cache_read = ${spent('$.usage.cacheRead')}, cache_write = ${spent('$.usage.cacheWrite')},
        output = ${spent('$.usage.output')}, reasoning = ${spent('$.usage.reasoning')},
        turns = coalesce((select max(turn) from events where session = :id), 0),
        agent = coalesce((select agent from events where session = :id and path = '' and type = 'message' order by seq desc limit 1), agent)
        where id = :id`,
    )
    .run({ id })
}
