import { type Dirent, lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'

/** What is at a path. A file that has another `stamp` was written, or moved there, since. `fresh` may be written unnoticed. */
export type Seen = {
  readonly type: 'file' | 'folder' | 'link' | 'other'
  readonly stamp: string
  readonly mode: number
  readonly size: number
  /** Device and inode. */
  readonly id: string
  readonly fresh: boolean
}

/** What is not looked at in a folder, and in those below. Paths are absolute. */
export type Hiding = {
  readonly hides: (path: string, isFolder: boolean) => boolean
  readonly below: (folder: string) => Promise<Hiding>
}

export type Walk = {
  readonly root: string
  /** What each folder hides, where that was found out before: rules that have changed meanwhile change nothing. */
  readonly hiding: Map<string, Hiding>
  /** Files and folders that are looked at. */
  readonly most: number
  readonly now: () => number
}

/** Folders whose insides nobody edits, whether git is told of them or not. */
const leftOut = new Set(['.git', '.hg', '.svn', '.jj', 'node_modules', '.venv', '__pycache__'])

/** Milliseconds after which a second write would show in the time of a file, on any file system that is in use. */
const grain = 50

/** Entries after which others have their turn. */
const breath = 200

/** All that is below a folder, by absolute paths; nothing where it is too much. Links are not followed. */
export const walk = async ({ root, hiding, most, now }: Walk): Promise<Map<string, Seen> | undefined> => {
  const found = new Map<string, Seen>()
  const folders = [root]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const here = hiding.get(folder)
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name)
      const isFolder = entry.isDirectory()
      if ((isFolder && leftOut.has(entry.name)) || here?.hides(path, isFolder)) continue
      const seen = seenAt(path, now())
      if (!seen) continue
      found.set(path, seen)
      if (found.size > most) return undefined
      if (found.size % breath === 0) await breathe()
      if (seen.type !== 'folder') continue
      folders.push(path)
      if (here && !hiding.has(path)) hiding.set(path, await here.below(path))
    }
  }
  return found
}

/** What cannot be read, or has gone meanwhile, is not there. */
const entriesOf = (folder: string): Dirent[] => {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** The state of a path now; nothing where there is none that could be told. `now` is in milliseconds. */
export const seenAt = (path: string, now: number): Seen | undefined => {
  try {
    const stats = lstatSync(path, { bigint: true })
    const { ino, dev, size, mtimeNs, ctimeNs, ctimeMs } = stats
    const mode = Number(stats.mode & 0o7777n)
    const common = { mode, size: Number(size), id: `${dev}:${ino}`, fresh: now - Number(ctimeMs) < grain }
    if (stats.isDirectory()) return { ...common, type: 'folder', stamp: `${mode}` }
    if (stats.isSymbolicLink()) return { ...common, type: 'link', stamp: readlinkSync(path) }
    if (!stats.isFile()) return { ...common, type: 'other', stamp: '' }
    return { ...common, type: 'file', stamp: `${ino}:${size}:${mtimeNs}:${ctimeNs}:${mode}` }
  } catch {
    return undefined
  }
}
