import { Failure } from '../core/errors.ts'
import { versions } from './schema.ts'

export type Database = import('node:sqlite').DatabaseSync
export type Row = Record<string, import('node:sqlite').SQLOutputValue>

/** Milliseconds to wait while another process writes. */
const patience = 10_000

/**
 * Opens the file, readable by its owner alone, with the folders it needs, and brings it to today's version. Throws a
 * Failure for one of a newer version or that cannot be opened, and the error of SQLite for one that is damaged.
 */
export const openDatabase = async (path: string): Promise<Database> => {
  const { closeSync, mkdirSync, openSync } = await import('node:fs')
  const { dirname } = await import('node:path')
  const { DatabaseSync } = await import('node:sqlite')
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    // SQLite gives the files beside it the mode of this one.
    closeSync(openSync(path, 'a', 0o600))
  } catch (error) {
    throw unusable(path, error)
  }
  const database = new DatabaseSync(path, { timeout: patience })
  try {
    prepare(database, path)
    return database
  } catch (error) {
    database.close()
    if (error instanceof Failure || isDamage(error)) throw error
    throw unusable(path, error)
  }
}

const prepare = (database: Database, path: string): void => {
  // A process that is killed loses nothing with this; a machine that loses its power may lose the last seconds.
  database.exec('pragma journal_mode = wal; pragma synchronous = normal')
  // Also pieces of what is whole now are gone with their session.
  database.exec('pragma secure_delete = on')
  if (versionOf(database) === versions.length) return
  inTransaction(database, () => migrate(database, path))
}

export const versionOf = (database: Database): number =>
  Number(database.prepare('pragma user_version').get()?.['user_version'])

/** Another process may have been faster. */
const migrate = (database: Database, path: string): void => {
  const version = versionOf(database)
  if (version > versions.length) {
    throw new Failure('session', `${path} was written by a newer Reprise (version ${version} of its form).`, {
      hint: `This one knows versions up to ${versions.length}: install the newer one, or name another file with --session-db.`,
    })
  }
  if (version === 0 && database.prepare('select 1 from sqlite_schema').get()) {
    throw new Failure('session', `${path} is a database of something else.`, {
      hint: 'Name another file with --session-db, or one that is not there yet.',
    })
  }
  for (const sql of versions.slice(version)) database.exec(sql)
  database.exec(`pragma user_version = ${versions.length}`)
}

/** All of it or nothing; nobody else writes meanwhile. */
export const inTransaction = <Result>(database: Database, work: () => Result): Result => {
  database.exec('begin immediate')
  try {
    const result = work()
    database.exec('commit')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('rollback')
    throw error
  }
}

const unusable = (path: string, error: unknown): Failure =>
  new Failure(
    'session',
    `The sessions in ${path} cannot be opened: ${error instanceof Error ? error.message : error}.`,
    {
      hint: 'Name another file with --session-db, or store nothing with --no-session.',
      cause: error,
    },
  )

/** SQLITE_CORRUPT and SQLITE_NOTADB, https://sqlite.org/rescode.html; the higher bits say more. */
const damages: readonly number[] = [11, 26]

export const isDamage = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && damages.includes(Number(error.errcode) & 0xff)
