import type { RunEvent } from '../core/event.ts'
import type { SessionSummary } from '../core/session.ts'
import type { BeforeChange, Changed } from '../core/workspace.ts'
import type { Database } from './database.ts'
import { thisProcess } from './owner.ts'
import { snapshotsOf } from './snapshot.ts'
import { eventWriter } from './write.ts'

/** With what a session begins. */
export type Beginning = Pick<SessionSummary, 'agentFile' | 'agent' | 'workingDirectory'> & {
  /** What the agent file is known by: tells whether it has changed since. */
  readonly agentDigest: string
}

export type Writing = {
  /** The model that an agent speaks with, as `provider/model`. */
  readonly modelOf: (agent: string) => string | undefined
  /** What agents do to files below this folder can be taken back. */
  readonly workingDirectory: string
}

/** A session that is being written. */
export type SessionWriter = Disposable & {
  readonly id: string
  readonly append: (event: RunEvent) => void
  /** To be told before an agent changes a file. */
  readonly before: BeforeChange
  /** From now on it is known what is there. */
  readonly known: () => void
  /** What a command has changed since then. */
  readonly changed: (changes: readonly Changed[]) => void
  /** Replaces the title, unless a person gave it. */
  readonly entitle: (title: string, cost: number) => void
}

export const insertSession = (database: Database, id: string, begun: Beginning & { readonly now: Date }): void => {
  const time = begun.now.getTime()
  database
    .prepare(
      `insert into sessions (id, created, updated, agent_file, agent_digest, agent, working_directory, owner)
        values (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(id, time, time, begun.agentFile, begun.agentDigest, begun.agent, begun.workingDirectory, thisProcess())
}

/** Writes a session, which is made when the user has said something, unless it exists. */
export const writerOf = (
  options: Parameters<typeof eventWriter>[0] & Pick<Writing, 'workingDirectory'>,
  exists: boolean,
): SessionWriter => {
  const { database, id } = options
  let isCreated = exists
  const create = () => {
    if (!isCreated) options.create()
    isCreated = true
  }
  const write = eventWriter({ ...options, create })
  const early: RunEvent[] = []
  const snapshots = snapshotsOf(options)
  return {
    id,
    append: event => {
      const begins = event.type === 'message' && event.path.length === 0
      // What hooks say before the first word has a session to stand in only then.
      if (!isCreated && !begins) return void early.push(event)
      write(event)
      snapshots.after(event)
      for (const earlier of early.splice(0)) write(earlier)
    },
    before: snapshots.before,
    known: snapshots.known,
    changed: snapshots.changed,
    entitle: (title, cost) =>
      void database
        .prepare(
          `update sessions set cost = cost + ?, title = iif(titled = 'person', title, ?),
            titled = iif(titled = 'person', titled, 'model') where id = ?`,
        )
        .run(cost, title, id),
    [Symbol.dispose]: () =>
      void database.prepare("update sessions set owner = '' where id = ? and owner = ?").run(id, thisProcess()),
  }
}
