import { Failure } from '../../core/errors.ts'
import type { ForkPoint, SessionHit, SessionRecord, SessionSummary, Undone } from '../../core/session.ts'
import type { SessionStore } from '../../session/store.ts'
import type { UndoOptions } from '../../session/undo.ts'
import { idsFrom } from './id.ts'

/** The stored conversations of a user, for whoever shows them. `name` is an id, its beginning, or -1 for the last. */
export type Sessions = {
  /** The one that was used last first. */
  readonly list: (limit?: number) => Promise<readonly SessionSummary[]>
  /** With its messages: what a conversation goes on from, see `Wishes.session`. */
  readonly open: (name: string) => Promise<SessionRecord>
  /** What was said that holds all these words, or words that begin with them; the best first. */
  readonly search: (words: string, limit?: number) => Promise<readonly SessionHit[]>
  /** What agents did to files, taken back or brought back. A Failure where somebody else has changed them since. */
  readonly undo: (name: string, options: UndoOptions) => Promise<Undone>
  readonly rename: (name: string, title: string) => Promise<SessionSummary>
  readonly star: (name: string, starred: boolean) => Promise<SessionSummary>
  readonly remove: (name: string) => Promise<SessionSummary>
  /** Mends a damaged database; a sentence that says what came of it. */
  readonly repair: () => Promise<string>
  /** Gives the id of the new session. With `message`, that is kept as `next`, to be said when it is opened. */
  readonly fork: (name: string, point: ForkPoint) => Promise<string>
}

export type Place = {
  /** The file with the sessions. */
  readonly database: string
  readonly now: () => Date
  /** Something a person should know, as a sentence. */
  readonly notice: (text: string) => void
}

/** Nothing is opened before it is asked for, and nothing stays open. What is not there is a Failure. */
export const sessionsAt = (place: Place): Sessions => {
  const ask =
    <Asked extends readonly unknown[], Answer>(work: (store: SessionStore, ...asked: Asked) => Answer) =>
    async (...asked: Asked): Promise<Answer> => {
      using store = await openSessions(place)
      return knowingDamage(place, () => work(store, ...asked))
    }
  return {
    list: ask((store, limit?: number) => store.list(limit)),
    open: ask((store, name: string) => store.read(name)),
    search: ask((store, words: string, limit = 20) => store.search(words, limit)),
    undo: ask((store, name: string, options: UndoOptions) => store.undo(name, options)),
    rename: ask((store, name: string, title: string) => store.rename(name, title)),
    star: ask((store, name: string, starred: boolean) => store.star(name, starred)),
    remove: ask((store, name: string) => store.remove(name)),
    repair: async () => {
      const { mend, mendedText } = await import('../../session/damage.ts')
      const mended = await mend(place.database, place.now())
      return mended ? mendedText(place.database, mended) : `${place.database} is whole.`
    },
    fork: ask((store, name: string, point: ForkPoint) => store.fork(name, point)),
  }
}

/** The store, to be disposed of. SQLite is loaded here, and only here. */
export const openSessions = async ({ database, now, notice }: Place): Promise<SessionStore> => {
  const { openStore } = await import('../../session/store.ts')
  return await openStore(database, { now, newId: idsFrom(now, process.pid), notice })
}

/** A damage that is found on the way is no bug, and can be mended. */
export const knowingDamage = <Answer>({ database }: Pick<Place, 'database'>, work: () => Answer): Answer => {
  try {
    return work()
  } catch (error) {
    if (!isDamaged(error)) throw error
    throw new Failure('session', `The sessions in ${database} are damaged.`, {
      hint: 'reprise sessions repair keeps the file, and makes a new one of what can be read.',
      cause: error,
    })
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB; said here too, so that a failure of something else loads nothing. */
export const isDamaged = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && [11, 26].includes(Number(error.errcode) & 0xff)
