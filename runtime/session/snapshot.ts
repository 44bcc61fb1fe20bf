import { lstatSync, realpathSync } from 'node:fs'
import { dirname, relative, sep } from 'node:path'
import type { RunEvent } from '../core/event.ts'
import type { BeforeChange, Changed } from '../core/workspace.ts'
import { hashOf, keepBlob } from './blobs.ts'
import { type Database, inTransaction } from './database.ts'
import { type FileState, nothing, stateAt, stateOf } from './file-state.ts'
import { numberIn, textIn } from './rows.ts'

export type Snapshots = {
  readonly before: BeforeChange
  /** From now on it is known what is there, whoever changes it. */
  readonly known: () => void
  /** What a command has changed since then, which nobody told. */
  readonly changed: (changes: readonly Changed[]) => void
  /** A command that a call ran may have changed once more what was written before: as it is now it was left by the agent. */
  readonly after: (event: RunEvent) => void
}

type Options = {
  readonly database: Database
  readonly id: string
  readonly now: () => Date
  readonly workingDirectory: string
}

/** Keeps what files in the working directory were before an agent changed them, once a turn, and what it made of them. */
export const snapshotsOf = (options: Options): Snapshots => {
  const { database, now } = options
  const root = realpathSync(options.workingDirectory)
  const { write, correct, told } = changeWriter(options)
  const begun = new Map<string, number>()
  return {
    before: change => {
      const folders =
        change.type === 'remove-directory' || change.type === 'remove-file'
          ? []
          : missingFolders(change.type === 'write' ? dirname(change.path) : change.path)
      const { path } = change
      if (!isBelow(root, path)) return
      inTransaction(database, () => {
        for (const folder of folders) write(folder, () => nothing, { state: 'folder', mode: 0 })
        if (change.type === 'write') write(path, () => stateAt(path), { state: hashOf(change.content), mode: 0 })
        if (change.type === 'remove-directory' || change.type === 'remove-file')
          write(path, () => stateAt(path), nothing)
      })
    },
    known: () => told.clear(),
    changed: changes =>
      inTransaction(database, () => {
        for (const { path, before } of changes) {
          const [then, now] = [stateOf(before), stateAt(path)]
          const isSame = then.state === now.state && (then.bytes === undefined || then.mode === now.mode)
          if (told.has(path)) correct(path, then)
          if (!isSame && isBelow(root, path)) write(path, () => then, now)
        }
      }),
    after: event => {
      const place = event.path.join('.')
      if (event.type === 'tool-start') begun.set(place, now().getTime())
      if (event.type !== 'tool-end') return
      const since = begun.get(place)
      begun.delete(place)
      if (since !== undefined && event.call.name !== 'transfer_task') refresh(options, since)
    },
  }
}

const isBelow = (root: string, path: string): boolean => {
  const way = relative(root, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`)
}

const missingFolders = (folder: string): string[] =>
  lstatSync(folder, { throwIfNoEntry: false }) ? [] : [...missingFolders(dirname(folder)), folder]

/** The step of the turn that goes on; undefined where nothing was changed in it yet. */
const knownStep = (database: Database, id: string): number | undefined => {
  const row = database
    .prepare(
      `select id from steps where session = :id and kind = 'turn' and undone is null
        and turn = (select turns from sessions where id = :id)`,
    )
    .get({ id })
  return row && numberIn(row, 'id')
}

const stepOf = (database: Database, id: string, at: number): number =>
  knownStep(database, id) ??
  Number(
    database
      .prepare("insert into steps (session, kind, turn, at) select id, 'turn', turns, ? from sessions where id = ?")
      .run(at, id).lastInsertRowid,
  )

/** What was there first in a turn stays; what was made of it last counts. */
const changeWriter = ({ database, id, now }: Options) => {
  const known = database.prepare('select 1 from files where step = ? and path = ?')
  const insert = database.prepare(
    'insert into files (step, path, before, before_mode, after, after_mode) values (?, ?, ?, ?, ?, ?)',
  )
  const update = database.prepare('update files set after = ?, after_mode = ? where step = ? and path = ?')
  const earlier = database.prepare('update files set before = ?, before_mode = ? where step = ? and path = ?')
  /** First told since it was last known what was there: it may have come after something that nobody told. */
  const told = new Set<string>()
  const write = (path: string, before: () => FileState, after: FileState): void => {
    const step = stepOf(database, id, now().getTime())
    if (known.get(step, path)) return void update.run(after.state, after.mode, step, path)
    told.add(path)
    const { state, mode, bytes } = before()
    if (bytes) keepBlob(database, id, bytes)
    insert.run(step, path, state, mode, after.state, after.mode)
  }
  const correct = (path: string, { state, mode, bytes }: FileState): void => {
    if (bytes) keepBlob(database, id, bytes)
    earlier.run(state, mode, stepOf(database, id, now().getTime()), path)
  }
  return { write, correct, told }
}

/** Files of this turn that were changed since a time, in milliseconds. */
const refresh = ({ database, id }: Options, since: number): void => {
  const step = knownStep(database, id)
  if (step === undefined) return
  const update = database.prepare('update files set after = ? where step = ? and path = ?')
  for (const row of database.prepare('select path from files where step = ?').all(step)) {
    const path = textIn(row, 'path')
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats && stats.mtimeMs >= since) update.run(stateAt(path).state, step, path)
  }
}
