import { dirname } from 'node:path'
import { ToolFailure } from '../../runtime/core/tool.ts'

/** Something to be remembered, in cagent's words. */
export type Memory = {
  readonly id: string
  readonly created_at: string
  readonly memory: string
  readonly category?: string
}

/** What is remembered, in a SQLite file of cagent's form: the same file serves both. */
export type Memories = Disposable & {
  readonly add: (memory: Omit<Memory, 'id' | 'created_at'>, now: Date) => string
  /** Those that hold all words, whatever their case, and are of the category; the latest first. */
  readonly find: (words: readonly string[], category?: string) => readonly Memory[]
  /** False where there is none of that id. */
  readonly update: (id: string, memory: Omit<Memory, 'id' | 'created_at'>) => boolean
  readonly remove: (id: string) => boolean
}

/** Milliseconds to wait while another process writes. */
const patience = 5000

/** Opens the file, with the folders it needs. Throws a ToolFailure where it is no database, or cannot be written. */
export const openMemories = async (path: string): Promise<Memories> => {
  const { mkdirSync } = await import('node:fs')
  const { DatabaseSync } = await import('node:sqlite')
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const database = new DatabaseSync(path, { timeout: patience })
    database.exec(
      'CREATE TABLE IF NOT EXISTS memories (id TEXT PRIMARY KEY, created_at TEXT, memory TEXT, category TEXT)',
    )
    const columns = database.prepare('PRAGMA table_info(memories)').all()
    // cagent's first files had no categories.
    if (!columns.some(({ name }) => name === 'category')) database.exec('ALTER TABLE memories ADD COLUMN category TEXT')
    return memoriesIn(database)
  } catch (error) {
    throw new ToolFailure(`The memory at ${path} cannot be opened: ${error instanceof Error ? error.message : error}.`)
  }
}

type Database = import('node:sqlite').DatabaseSync

/** SQLite itself knows the case of English letters only. */
const folded = (text: unknown): string =>
  String(text ?? '')
    .normalize()
    .toLowerCase()

const memoriesIn = (database: Database): Memories => {
  database.function('folded', { deterministic: true }, folded)
  const insert = database.prepare('INSERT INTO memories (id, created_at, memory, category) VALUES (?, ?, ?, ?)')
  const isTaken = database.prepare('SELECT 1 FROM memories WHERE id = ?')
  const change = database.prepare('UPDATE memories SET memory = ?, category = coalesce(?, category) WHERE id = ?')
  const remove = database.prepare('DELETE FROM memories WHERE id = ?')
  return {
    add({ memory, category }, now) {
      let id = now.getTime()
      while (isTaken.get(String(id))) id += 1
      insert.run(String(id), now.toISOString(), memory, category ?? '')
      return String(id)
    },
    find: (words, category) => found(database, words, category),
    update: (id, { memory, category }) => change.run(memory, category ?? null, id).changes > 0,
    remove: id => remove.run(id).changes > 0,
    [Symbol.dispose]: () => database.close(),
  }
}

const found = (database: Database, words: readonly string[], category: string | undefined): readonly Memory[] => {
  const conditions = [
    ...words.map(() => 'instr(folded(memory), ?) > 0'),
    ...(category === undefined ? [] : ['folded(category) = ?']),
  ]
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
  const values = [...words, ...(category === undefined ? [] : [category])].map(folded)
  return database
    .prepare(`SELECT id, created_at, memory, category FROM memories ${where} ORDER BY created_at DESC, rowid DESC`)
    .all(...values)
    .map(row => ({
      id: String(row['id']),
      created_at: String(row['created_at']),
      memory: String(row['memory']),
      ...(row['category'] ? { category: String(row['category']) } : {}),
    }))
}
