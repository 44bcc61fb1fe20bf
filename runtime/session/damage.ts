import { existsSync, mkdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { freeName } from '../core/free-name.ts'
import { type Database, isDamage, openDatabase } from './database.ts'
import { type Salvaged, salvage } from './salvage.ts'

export type Mended = Salvaged & {
  /** Where the damaged file is kept. */
  readonly kept: string
}

type Options = {
  readonly now: () => Date
  /** What a person should know, as a sentence. */
  readonly notice: (text: string) => void
}

/** The same as `openDatabase`; one that is damaged is put aside first, and what can be read of it is in the new one. */
export const openMended = async (path: string, options: Options): Promise<Database> => {
  try {
    return await openDatabase(path)
  } catch (error) {
    if (!isDamage(error)) throw error
  }
  const mended = await mend(path, options.now())
  if (mended) options.notice(mendedText(path, mended))
  return await openDatabase(path)
}

export const mendedText = (path: string, { kept, sessions, messages }: Mended): string =>
  `The sessions in ${path} were damaged. The file is kept as ${kept}; ${sessions} sessions with ${messages} messages could be read, and go on in a new one.`

/**
 * Puts a damaged database aside and makes a new one of what can be read. Nothing where another process has done it, or
 * there is no damage.
 */
export const mend = async (path: string, now: Date): Promise<Mended | undefined> => {
  await using _ = await lock(`${path}.mending`, now)
  if (await isWhole(path)) return undefined
  const damaged = `${path}.damaged-${now.toISOString().slice(0, 19).replaceAll(':', '-')}`
  const kept = freeName(existsSync, suffix => damaged + suffix)
  const made = `${path}.new`
  for (const end of ['', '-wal', '-shm']) rmSync(made + end, { force: true })
  // SQLite writes beside what it opens: it works on the kept file, which is never changed itself.
  for (const end of ['', '-wal']) if (existsSync(path + end)) renameSync(path + end, kept + end)
  rmSync(`${path}-shm`, { force: true })
  const { DatabaseSync } = await import('node:sqlite')
  const work = `${path}.work`
  try {
    copyAll(kept, work)
    const database = await openDatabase(made)
    database.exec('pragma wal_checkpoint(truncate)')
    const salvaged = salvage(work, database, { open: name => new DatabaseSync(name), whole: made })
    database.close()
    renameSync(made, path)
    return { ...salvaged, kept }
  } finally {
    for (const name of [work, `${work}.patched`])
      for (const end of ['', '-wal', '-shm']) rmSync(name + end, { force: true })
  }
}

const copyAll = (from: string, to: string): void => {
  const { copyFileSync } = process.getBuiltinModule('node:fs')
  for (const end of ['', '-wal']) if (existsSync(from + end)) copyFileSync(from + end, to + end)
}

/** By SQLite's own check of every page. */
const isWhole = async (path: string): Promise<boolean> => {
  try {
    using database = await openDatabase(path)
    return database.prepare('pragma integrity_check(1)').get()?.['integrity_check'] === 'ok'
  } catch (error) {
    if (isDamage(error)) return false
    throw error
  }
}

/** Milliseconds after which a lock was left behind by a process that was killed. */
const stale = 120_000

/** A folder, which only one can make. Whoever comes second waits until the first is done. */
const lock = async (path: string, now: Date): Promise<AsyncDisposable> => {
  const { setTimeout: wait } = await import('node:timers/promises')
  for (;;) {
    try {
      mkdirSync(path)
      return { [Symbol.asyncDispose]: async () => rmdirSync(path) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs
    if (made !== undefined && now.getTime() - made > stale) rmdirSync(path)
    await wait(100)
  }
}
