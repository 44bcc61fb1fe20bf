import type { RunEvent } from '../core/event.ts'
import { isOfUser, type ToolCall, textOf } from '../core/message.ts'
import { keepBlob, packed } from './blobs.ts'
import { type Database, inTransaction } from './database.ts'
import { settle } from './settle.ts'

export type WriteOptions = {
  readonly database: Database
  readonly id: string
  readonly now: () => Date
  /** The model that an agent speaks with, as `provider/model`. */
  readonly modelOf: (agent: string) => string | undefined
  /** Makes the row of the session where there is none yet. */
  readonly create: () => void
}

type Event<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>
type Writers = { readonly [Type in RunEvent['type']]?: (event: Event<Type>) => void }

/**
 * Writes events of a session as they happen. Pieces of a message are kept until it is whole, so that whoever kills the
 * process takes no more than the token in flight; each event costs the same, however long the session is.
 */
export const eventWriter = (options: WriteOptions): ((event: RunEvent) => void) => {
  const { database, id, now, modelOf, create } = options
  const { insert, hold, drop, dropKind, spend, touch, turnBegins, turns } = statementsOf(database)
  let isOpen = false
  let turn = Number(turns.get(id)?.['turns'] ?? 0)

  const keep = (bytes: Uint8Array) => keepBlob(database, id, bytes)
  const write = (event: RunEvent, data: unknown, model: string | null = null) =>
    insert.run(id, turn, event.path.join('.'), event.agent, event.type, now().getTime(), model, packed(data, keep))
  const piece = (event: Event<'text-delta' | 'reasoning-delta'>) =>
    hold.run(id, event.path.join('.'), event.type, event.text)

  const said = (event: Event<'message'>) => {
    const { path, agent, message } = event
    const isRoot = path.length === 0
    if (isRoot && isOfUser(message)) {
      create()
      // What an earlier turn left half said is kept as it is; while one goes on, others of the team may be speaking.
      if (!isOpen) settle(options)
      turnBegins.run(firstWords(textOf(message.content)), id)
      turn = Number(turns.get(id)?.['turns'])
    }
    if (isRoot) touch.run(now().getTime(), agent, id)
    drop.run(id, path.join('.'))
    write(event, { message }, message.role === 'assistant' ? (modelOf(agent) ?? null) : null)
  }

  const writers: Writers = {
    ...plainWriters(write),
    'text-delta': piece,
    'reasoning-delta': piece,
    part: event => {
      const { type } = event.part
      if (type !== 'tool-call') dropKind.run(id, event.path.join('.'), `${type}-delta`)
      hold.run(id, event.path.join('.'), 'part', packed(event.part, keep))
    },
    retry: event => {
      // What was shown before is said anew.
      for (const kind of pieces) dropKind.run(id, event.path.join('.'), kind)
      write(event, { reason: event.reason, attempt: event.attempt, waited: event.waited })
    },
    finish: event => {
      const { stop, usage, model, cost } = event
      const { input, cacheRead, cacheWrite, output, reasoning } = usage
      spend.run(cost ?? 0, input, cacheRead, cacheWrite, output, reasoning, id)
      write(event, { stop, usage, model, cost })
    },
    message: said,
    'tool-end': event => {
      const { call, result, path } = event
      hold.run(id, path.slice(0, -1).join('.'), 'result', packed(result, keep))
      write(event, { call: named(call), error: result.error })
    },
  }
  return event => {
    const { type, path } = event
    if (path.length === 0 && (type === 'agent-start' || type === 'agent-end')) isOpen = type === 'agent-start'
    const writer = writers[type] as ((event: RunEvent) => void) | undefined
    if (writer) inTransaction(database, () => writer(event))
  }
}

/** Of these nothing is to be done but to write them down. */
const plainWriters = (write: (event: RunEvent, data: unknown) => unknown): Writers => ({
  'agent-start': event => void write(event, {}),
  'agent-end': event => void write(event, { reason: event.reason }),
  'tool-start': event => void write(event, { call: event.call }),
  question: event => void write(event, { call: named(event.call), rule: event.rule, reason: event.reason }),
  answer: event => void write(event, { call: named(event.call), answer: event.answer }),
  compaction: event => void write(event, { reason: event.reason, state: event.state }),
  notice: event => void write(event, { level: event.level, code: event.code, text: event.text }),
})

const statementsOf = (database: Database) => ({
  insert: database.prepare(
    'insert into events (session, turn, path, agent, type, at, model, data) values (?, ?, ?, ?, ?, ?, ?, ?)',
  ),
  hold: database.prepare('insert into pending (session, path, kind, data) values (?, ?, ?, ?)'),
  drop: database.prepare('delete from pending where session = ? and path = ?'),
  dropKind: database.prepare('delete from pending where session = ? and path = ? and kind = ?'),
  spend: database.prepare(
    `update sessions set cost = cost + ?, input = input + ?, cache_read = cache_read + ?, cache_write = cache_write + ?,
      output = output + ?, reasoning = reasoning + ? where id = ?`,
  ),
  touch: database.prepare('update sessions set updated = ?, agent = ? where id = ?'),
  turnBegins: database.prepare(
    "update sessions set turns = turns + 1, next = null, title = iif(title = '', ?, title) where id = ?",
  ),
  turns: database.prepare('select turns from sessions where id = ?'),
})

const pieces = ['text-delta', 'reasoning-delta']

/** The arguments stand in the message. */
const named = ({ id, name }: ToolCall) => ({ id, name })

/** Characters of a title. */
const longest = 60

/** The first line that was said, as far as it fits. */
export const firstWords = (text: string): string => {
  const line = text.trim().split('\n')[0]?.replace(/\s+/g, ' ').trim() ?? ''
  if (line.length <= longest) return line || 'Untitled'
  return `${line.slice(0, longest).replace(/\s+\S*$/, '')}…`
}
