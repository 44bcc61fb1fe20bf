import { lstat, readdir } from 'node:fs/promises'
import { join, matchesGlob, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { FileEvent, Registration } from 'vscode-languageserver-protocol/node'
import { handles } from './config.ts'

/** Folders whose insides nobody edits. */
const leftOut = new Set(['.git', '.hg', '.svn', 'node_modules'])

/** Files that are looked at; in larger projects nobody looks, and nothing is told of files that are not open. */
const mostFiles = 20_000

/** Kinds of change, and the flags with which servers ask for them. */
const [created, changed, deleted] = [1, 2, 3] as const
const flags = { [created]: 1, [changed]: 2, [deleted]: 4 } as const

/**
 * Finds out what has changed below the working directory since it was looked at last, whoever did it. It is looked at
 * when something is asked, not watched: so what is asked is answered with what is there, and nothing is left running.
 */
export class Watching {
  readonly #root: string
  readonly #fileTypes: readonly string[]
  #known: ReadonlyMap<string, string> | undefined

  constructor(root: string, fileTypes: readonly string[]) {
    this.#root = root
    this.#fileTypes = fileTypes
  }

  async begin(): Promise<void> {
    this.#known = await stampsIn(this.#root)
  }

  /** What has changed that these registrations ask for; where there are none, of the files that the server is for. */
  async news(watchers: readonly Registration[]): Promise<FileEvent[]> {
    const before = this.#known
    const now = before && (await stampsIn(this.#root))
    this.#known = now
    if (!before || !now) return []
    const events = [
      ...[...now].flatMap(([path, stamp]) => {
        const old = before.get(path)
        return old === stamp ? [] : [{ path, type: old === undefined ? created : changed }]
      }),
      ...[...before.keys()].flatMap(path => (now.has(path) ? [] : [{ path, type: deleted }])),
    ]
    const wanted = watchers.flatMap(watchersIn)
    return events
      .filter(({ path, type }) =>
        watchers.length === 0
          ? handles(this.#fileTypes, path)
          : wanted.some(({ glob, kind }) => (kind & flags[type]) !== 0 && this.#fits(path, glob)),
      )
      .map(({ path, type }) => ({ uri: pathToFileURL(path).href, type }))
  }

  /** Up to so many files that this server is for. */
  some(most: number): string[] {
    return [...(this.#known?.keys() ?? [])].filter(path => handles(this.#fileTypes, path)).slice(0, most)
  }

  #fits(path: string, glob: Watcher['glob']): boolean {
    if (typeof glob === 'string') return [path, relative(this.#root, path)].some(way => isMatch(way, glob))
    const { baseUri } = glob
    const base = pathOf(typeof baseUri === 'string' ? baseUri : baseUri.uri)
    return base !== undefined && isMatch(relative(base, path), glob.pattern)
  }
}

type Watcher = {
  readonly glob: string | { readonly baseUri: string | { readonly uri: string }; readonly pattern: string }
  readonly kind: number
}

const watchersIn = ({ registerOptions }: Registration): Watcher[] => {
  const { watchers } = (registerOptions ?? {}) as {
    watchers?: readonly { globPattern: Watcher['glob']; kind?: number }[]
  }
  return (watchers ?? []).map(({ globPattern, kind = 7 }) => ({ glob: globPattern, kind }))
}

const isMatch = (path: string, glob: string): boolean => {
  try {
    return matchesGlob(path, glob)
  } catch {
    return false
  }
}

const pathOf = (uri: string): string | undefined => {
  try {
    return fileURLToPath(uri)
  } catch {
    return undefined
  }
}

/** When each file was changed last and how large it is; nothing where there are too many. */
const stampsIn = async (root: string): Promise<ReadonlyMap<string, string> | undefined> => {
  const stamps = new Map<string, string>()
  const folders = [root]
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    // What cannot be read, or has gone meanwhile, is not there.
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
    const files = entries.filter(entry => entry.isFile())
    if (stamps.size + files.length > mostFiles) return undefined
    await Promise.all(
      files.map(async ({ name }) => {
        const path = join(folder, name)
        const stats = await lstat(path).catch(() => undefined)
        if (stats) stamps.set(path, `${stats.mtimeMs}:${stats.size}:${stats.ino}`)
      }),
    )
    folders.push(
      ...entries.filter(entry => entry.isDirectory() && !leftOut.has(entry.name)).map(({ name }) => join(folder, name)),
    )
  }
  return stamps
}
