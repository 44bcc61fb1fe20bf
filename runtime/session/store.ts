import { Failure } from '../core/errors.ts'
import type { RunEvent } from '../core/event.ts'
import type { ContentPart } from '../core/message.ts'
import type {
  ForkPoint,
  InterruptedCall,
  SessionHit,
  SessionRecord,
  SessionSummary,
  StoredEvent,
  Undone,
} from '../core/session.ts'
import { blobOf, unpacked } from './blobs.ts'
import { openMended } from './damage.ts'
import { type Database, inTransaction, type Row } from './database.ts'
import { deleteSession } from './delete.ts'
import { findSession, listSessions } from './find.ts'
import { forkSession } from './fork.ts'
import { livingOwner, thisProcess } from './owner.ts'
import { messageOf, messageRows, numberIn, textIn, timeIn } from './rows.ts'
import { searchSessions } from './search.ts'
import { settle } from './settle.ts'
import { type UndoOptions, undoSteps } from './undo.ts'
import { type Beginning, insertSession, type SessionWriter, type Writing, writerOf } from './writer.ts'

/** A session that goes on: what was said, and which calls its process left in the middle. */
export type Resumed = {
  readonly record: SessionRecord
  readonly interrupted: readonly InterruptedCall[]
  readonly agentDigest: string
  readonly writer: SessionWriter
}

/** The sessions of a user. `name` is an id, the beginning of one, or -1 for the last. What is not there is a Failure. */
export type SessionStore = Disposable & {
  readonly path: string
  /** The one that was used last first. */
  readonly list: (limit?: number) => readonly SessionSummary[]
  readonly find: (name: string) => SessionSummary
  readonly read: (name: string) => SessionRecord
  readonly events: (name: string) => readonly StoredEvent[]
  readonly search: (words: string, limit: number) => readonly SessionHit[]
  /** What agents did to files, taken back or brought back. Throws a Failure where somebody else has changed them since. */
  readonly undo: (name: string, options: UndoOptions) => Undone
  readonly rename: (name: string, title: string) => SessionSummary
  readonly star: (name: string, starred: boolean) => SessionSummary
  readonly remove: (name: string) => SessionSummary
  /** Gives the id of the new session. */
  readonly fork: (name: string, point: ForkPoint) => string
  /** Nothing is written before the user has said something. */
  readonly begin: (beginning: Beginning, writing: Writing) => SessionWriter
  /** Throws a Failure where another process goes on with it. */
  readonly resume: (name: string, writing: Writing) => Resumed
}

export type StoreOptions = {
  readonly now: () => Date
  readonly newId: () => string
  /** What a person should know, as a sentence: that the database was damaged. */
  readonly notice: (text: string) => void
}

export const openStore = async (path: string, options: StoreOptions): Promise<SessionStore> =>
  storeIn(await openMended(path, options), path, options)

const storeIn = (database: Database, path: string, { now, newId }: Omit<StoreOptions, 'notice'>): SessionStore => {
  const find = (name: string) => findSession(database, name)
  const change = (name: string, work: (id: string) => void): SessionSummary =>
    inTransaction(database, () => {
      const { id } = find(name)
      work(id)
      return find(id)
    })
  return {
    path,
    list: limit => listSessions(database, limit),
    find,
    read: name => asLeft(database, find(name).id, now, () => recordOf(database, find(name))),
    events: name => asLeft(database, find(name).id, now, () => [...eventsOf(database, find(name).id)]),
    search: (words, limit) => searchSessions(database, words, limit),
    undo: (name, options) => {
      const { id, agent } = find(name)
      refuseOwned(database, id)
      return undoSteps({ ...options, database, id, agent, now: now() })
    },
    rename: (name, title) =>
      change(name, id =>
        database.prepare("update sessions set title = ?, titled = 'person' where id = ?").run(title, id),
      ),
    star: (name, starred) =>
      change(name, id => database.prepare('update sessions set starred = ? where id = ?').run(starred ? 1 : 0, id)),
    remove: name => {
      const session = find(name)
      refuseOwned(database, session.id)
      deleteSession(database, session.id)
      return session
    },
    fork: (name, point) => forkSession(database, name, point, { id: newId(), now: now() }),
    begin: (beginning, own) => {
      const id = newId()
      const create = () => insertSession(database, id, { ...beginning, now: now() })
      return writerOf({ ...own, database, id, now, create }, false)
    },
    resume: (name, own) => {
      const { id } = find(name)
      const writing = { ...own, database, id, now, create: () => undefined }
      const interrupted = inTransaction(database, () => {
        refuseOwned(database, id)
        database.prepare('update sessions set owner = ? where id = ?').run(thisProcess(), id)
        return settle(writing)
      })
      return {
        record: recordOf(database, find(id)),
        interrupted,
        agentDigest: textIn(rowOf(database, id), 'agent_digest'),
        writer: writerOf(writing, true),
      }
    },
    [Symbol.dispose]: () => database.close(),
  }
}

/**
 * What a process left that ended in the middle is shown as if it had been made whole. It is made so by whoever goes on with
 * it: he must know which calls were interrupted.
 */
const asLeft = <Seen>(database: Database, id: string, now: () => Date, look: () => Seen): Seen => {
  const owner = textIn(rowOf(database, id), 'owner')
  if (owner === '' || owner === thisProcess() || livingOwner(owner) !== undefined) return look()
  database.exec('begin immediate')
  try {
    settle({ database, id, now, modelOf: () => undefined })
    return look()
  } finally {
    database.exec('rollback')
  }
}

const rowOf = (database: Database, id: string): Row =>
  database.prepare('select * from sessions where id = ?').get(id) ?? {}

const refuseOwned = (database: Database, id: string): void => {
  const pid = livingOwner(textIn(rowOf(database, id), 'owner'))
  if (pid === undefined) return
  throw new Failure('session', `Session ${id} is open in another process (${pid}).`, {
    hint: `End it there first, or go on from a copy: reprise sessions fork ${id}.`,
  })
}

const recordOf = (database: Database, summary: SessionSummary): SessionRecord => {
  const unpack = (text: string) => unpacked(text, hash => blobOf(database, hash))
  const next = rowOf(database, summary.id)['next']
  return {
    ...summary,
    messages: messageRows(database, summary.id).map(row => messageOf(row, unpack)),
    ...(typeof next === 'string' && { next: unpack(next) as unknown as readonly ContentPart[] }),
  }
}

function* eventsOf(database: Database, id: string): Generator<StoredEvent> {
  const rows = database
    .prepare('select turn, path, agent, type, at, data from events where session = ? order by seq')
    .iterate(id)
  for (const row of rows) {
    const path = textIn(row, 'path')
    const data = unpacked(textIn(row, 'data'), hash => blobOf(database, hash)) as object
    const event = {
      path: path === '' ? [] : path.split('.').map(Number),
      agent: row['agent'],
      type: row['type'],
      ...data,
    }
    yield { at: timeIn(row, 'at'), turn: numberIn(row, 'turn'), event: event as unknown as RunEvent }
  }
}
