import { closeSync, copyFileSync, existsSync, openSync, readSync, statSync, writeSync } from 'node:fs'
import { type Database, isDamage } from './database.ts'

export type Salvaged = { readonly sessions: number; readonly messages: number }

/** The tables, what they refer to first. All have row ids but those with a key of their own. */
const tables = ['sessions', 'events', 'pending', 'blobs', 'blob_uses', 'steps', 'files'] as const
const withoutRowid: readonly string[] = ['blob_uses', 'files']

/**
 * Copies what can be read of a damaged database into a new one, row by row. `open` opens a file to read; `whole` is an
 * empty database of today, whose beginning stands in for one that was lost.
 */
export const salvage = (
  damaged: string,
  into: Database,
  { open, whole }: { readonly open: (path: string) => Database; readonly whole: string },
): Salvaged => {
  const source = readable(damaged, open, whole)
  if (!source) return { sessions: 0, messages: 0 }
  using _ = source
  into.exec('pragma foreign_keys = off')
  for (const table of tables) copyTable(source, into, table)
  adopt(into)
  into.exec('pragma foreign_keys = on')
  const count = (sql: string) => Number(into.prepare(sql).get()?.['count'])
  return {
    sessions: count('select count(*) as count from sessions'),
    messages: count("select count(*) as count from events where type = 'message'"),
  }
}

/**
 * The damaged file as it is; or a copy of it with the header of a whole one, or with its first page: there the tables
 * stand in the same places, where the file was made by the same version.
 */
const readable = (damaged: string, open: (path: string) => Database, whole: string): Database | undefined => {
  const patched = `${damaged}.patched`
  for (const bytes of [0, header, pageSize]) {
    const path = bytes === 0 ? damaged : patched
    if (bytes > 0) patch({ from: damaged, to: patched, whole }, bytes)
    const database = opened(path, open)
    if (database) return database
  }
  return undefined
}

/** Bytes: https://sqlite.org/fileformat2.html */
const header = 100
const pageSize = 4096

const opened = (path: string, open: (path: string) => Database): Database | undefined => {
  let database: Database | undefined
  try {
    database = open(path)
    database.prepare('select count(*) from sessions where rowid < 1').get()
    return database
  } catch {
    database?.close()
    return undefined
  }
}

const patch = (
  { from, to, whole }: { readonly from: string; readonly to: string; readonly whole: string },
  bytes: number,
): void => {
  copyFileSync(from, to)
  if (existsSync(`${from}-wal`)) copyFileSync(`${from}-wal`, `${to}-wal`)
  const beginning = Buffer.alloc(bytes)
  const source = openSync(whole, 'r')
  readSync(source, beginning, 0, bytes, 0)
  closeSync(source)
  // Pages in the file; and none of them are free, so that no list of such is followed.
  beginning.writeUInt32BE(Math.floor(statSync(from).size / pageSize), 28)
  beginning.writeUInt32BE(0, 32)
  beginning.writeUInt32BE(0, 36)
  const target = openSync(to, 'r+')
  writeSync(target, beginning, 0, bytes, 0)
  closeSync(target)
}

const copyTable = (source: Database, into: Database, table: string): void => {
  const known = into
    .prepare(`pragma table_info(${table})`)
    .all()
    .map(row => String(row['name']))
  const there = columnsIn(source, table)
  const columns = known.filter(name => there.includes(name))
  if (columns.length === 0) return
  const insert = into.prepare(
    `insert or ignore into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
  )
  const copy = (where: string, ...bounds: number[]): void => {
    const rows = source.prepare(`select ${columns.join(', ')} from ${table} ${where}`).iterate(...bounds)
    for (const row of rows) tolerantly(() => insert.run(...columns.map(name => row[name] ?? null)))
  }
  into.exec('begin')
  if (!tolerantly(() => copy('')) && !withoutRowid.includes(table)) {
    const { from, to } = rangeOf(source, table)
    copyRange(from, to, (low, high) => copy('where rowid between ? and ?', low, high))
  }
  into.exec('commit')
}

const columnsIn = (source: Database, table: string): string[] => {
  try {
    return source
      .prepare(`pragma table_info(${table})`)
      .all()
      .map(row => String(row['name']))
  } catch {
    return []
  }
}

/** All that can be read of a range of row ids: what holds a damaged page is halved, until nothing of it is left. */
const copyRange = (low: number, high: number, copy: (low: number, high: number) => void): void => {
  if (low > high || tolerantly(() => copy(low, high)) || low === high) return
  const middle = Math.floor((low + high) / 2)
  copyRange(low, middle, copy)
  copyRange(middle + 1, high, copy)
}

/** Row ids that there may be: where the last page cannot be read, as many as the file has bytes for. */
const rangeOf = (source: Database, table: string): { from: number; to: number } => {
  const edge = (what: 'min' | 'max'): number | undefined => {
    try {
      return Number(source.prepare(`select ${what}(rowid) as edge from ${table}`).get()?.['edge'] ?? 0)
    } catch {
      return undefined
    }
  }
  const pages = Number(source.prepare('pragma page_count').get()?.['page_count'])
  return { from: edge('min') ?? 1, to: edge('max') ?? pages * (pageSize / 32) }
}

/** False where it did not come to its end because of a damage, or because a row does not fit. */
const tolerantly = (work: () => unknown): boolean => {
  try {
    work()
    return true
  } catch (error) {
    if (isDamage(error) || isConstraint(error)) return false
    throw error
  }
}

const isConstraint = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && [1, 19, 20].includes(Number(error.errcode) & 0xff)

/** What was said in a session of which the row was lost has one again. */
const adopt = (into: Database): void => {
  into.exec(`
    insert into sessions (id, title, created, updated, agent_file, agent, working_directory, turns)
      select session, 'Recovered', min(at), max(at), '', max(agent), '', max(turn) from events
      where session not in (select id from sessions) group by session;
    delete from pending where session not in (select id from sessions);
    delete from steps where session not in (select id from sessions);
    delete from files where step not in (select id from steps);
  `)
}
