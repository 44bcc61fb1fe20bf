import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Menu, menuOf } from './menu.ts'

type Entry = { readonly folder: string; readonly text: string }

/** What was said at this screen before, in all sessions. A file that cannot be read or written is no reason to stop. */
export type HistoryFile = {
  /** What was said in this folder, the oldest first. */
  readonly load: () => Promise<readonly string[]>
  readonly add: (text: string) => void
  /** Everything, each text once, the newest first. */
  readonly all: () => readonly string[]
}

/** Entries that are kept, and the length from which a text is not. */
const mostEntries = 2000
const longestText = 100_000

/** `path` has a line of JSON for each entry. */
export const historyFile = (path: string, folder: string): HistoryFile => {
  let entries: Entry[] = []
  const added: Entry[] = []
  let writing: Promise<unknown> = Promise.resolve()
  return {
    load: async () => {
      const text = await readFile(path, 'utf8').catch(() => '')
      entries = text.split('\n').flatMap(parsed)
      if (entries.length > 2 * mostEntries) {
        entries = entries.slice(-mostEntries)
        await writeFile(path, entries.map(line).join(''), { mode: 0o600 }).catch(() => undefined)
      }
      return entries.filter(entry => entry.folder === folder).map(entry => entry.text)
    },
    add: text => {
      const entry = { folder, text }
      added.push(entry)
      if (text.length > longestText) return
      writing = writing
        .then(() => mkdir(dirname(path), { recursive: true }))
        .then(() => appendFile(path, line(entry), { mode: 0o600 }))
        .catch(() => undefined)
    },
    all: () => [...new Set([...entries, ...added].map(({ text }) => text).reverse())],
  }
}

/** Everything that was said, to search in. */
export const historyMenu = (history: HistoryFile, query = ''): Menu => {
  const all = history.all().map(text => ({ text: text.slice(0, 300), value: text }))
  return menuOf({ kind: 'history', title: 'Search', all }, query)
}

const line = (entry: Entry): string => `${JSON.stringify(entry)}\n`

/** A line that was cut off, or is no entry, holds nothing. */
const parsed = (text: string): Entry[] => {
  try {
    const entry: unknown = JSON.parse(text)
    const { folder, text: said } = entry as Partial<Entry>
    return typeof folder === 'string' && typeof said === 'string' ? [{ folder, text: said }] : []
  } catch {
    return []
  }
}
