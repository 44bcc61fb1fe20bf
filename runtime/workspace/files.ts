import { constants, type Dirent, type Stats } from 'node:fs'
import { access, chmod, lstat, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ToolFailure } from '../core/tool.ts'
import type { BeforeChange, ByteRange, Entry, Workspace } from '../core/workspace.ts'
import { inWords, isMissing } from './errors.ts'
import type { Resolve } from './paths.ts'

type Files = Pick<Workspace, 'read' | 'write' | 'removeFile' | 'stat' | 'list' | 'makeDirectory' | 'removeDirectory'>

/** The files of this machine, reached only through `resolve`. What the system refuses is a ToolFailure in words. */
export const localFiles = (resolve: Resolve, root: string, before: BeforeChange = () => undefined): Files => ({
  read: (path, range) => worded(path, () => read(resolve(path), shown(path), range)),
  write: (path, content) =>
    worded(path, () => {
      const real = resolve(path)
      const look = () => before({ type: 'write', path: real, content: Buffer.from(content) })
      return write(real, shown(path), { content, before: look })
    }),
  removeFile: path =>
    worded(path, async () => {
      const real = resolve(path, 'itself')
      mustBeFile(await lstat(real), shown(path))
      before({ type: 'remove-file', path: real })
      await rm(real)
    }),
  stat: path => worded(path, () => entryAt(resolve(path))),
  list: path => worded(path, () => list(resolve(path), path)),
  makeDirectory: path =>
    worded(path, async () => {
      before({ type: 'make-directory', path: resolve(path) })
      await mkdir(resolve(path), { recursive: true })
    }),
  removeDirectory: path =>
    worded(path, async () => {
      const folder = resolve(path, 'itself')
      if (folder === root) throw new ToolFailure(`${path} is the working directory itself, so it was not removed.`)
      before({ type: 'remove-directory', path: folder })
      await rmdir(folder)
    }),
})

/** A path as it stands in a sentence. */
const shown = (path: string): string => path || '""'

const worded = async <Result>(path: string, work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work()
  } catch (error) {
    throw inWords(error, shown(path))
  }
}

const read = async (real: string, path: string, range: ByteRange | undefined): Promise<Uint8Array> => {
  mustBeFile(await stat(real), path)
  // It may have become a pipe since: one without a writer would be waited for.
  await using file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK)
  mustBeFile(await file.stat(), path)
  if (!range) return await file.readFile()
  const bytes = Buffer.allocUnsafe(Math.max(0, range.end - range.start))
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, range.start + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

const mustBeFile = (stats: Stats, path: string): void => {
  if (stats.isFile()) return
  if (stats.isDirectory()) throw new ToolFailure(`${path} is a folder, not a file.`)
  throw new ToolFailure(`${path} is a ${kindOf(stats)}, not a file.`)
}

const kindOf = (stats: Stats): string => {
  if (stats.isFIFO()) return 'named pipe'
  if (stats.isSymbolicLink()) return 'link'
  return stats.isSocket() ? 'socket' : 'device'
}

let written = 0

type Writing = { readonly content: string | Uint8Array; readonly before: () => void }

/** Into a new file beside the old one, which then takes its place and its mode. */
const write = async (real: string, path: string, { content, before }: Writing): Promise<void> => {
  const old = await orNothing(() => stat(real))
  if (old) {
    mustBeFile(old, path)
    await access(real, constants.W_OK)
  }
  before()
  await mkdir(dirname(real), { recursive: true })
  written += 1
  const beside = join(dirname(real), `.reprise-${process.pid}-${written}.tmp`)
  await rm(beside, { force: true })
  try {
    await writeNew(beside, content)
    if (old) await chmod(beside, old.mode)
    await rename(beside, real)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}

const writeNew = async (path: string, content: string | Uint8Array): Promise<void> => {
  await using file = await open(path, 'wx')
  await file.writeFile(content)
}

const entryAt = async (real: string): Promise<Entry | undefined> => {
  const stats = await orNothing(() => stat(real))
  return stats && { name: basename(real), type: typeOf(stats), size: stats.size }
}

const list = async (real: string, path: string): Promise<readonly Entry[]> => {
  const stats = await stat(real)
  if (!stats.isDirectory())
    throw new ToolFailure(`${path} is a ${stats.isFile() ? 'file' : kindOf(stats)}, not a folder.`)
  const entries = await Promise.all(
    (await readdir(real, { withFileTypes: true })).map(async entry => {
      // What was removed since is still listed, as it was when it was seen.
      const stats = await orNothing(() => lstat(join(real, entry.name)))
      return { name: entry.name, type: typeOf(stats ?? entry), size: stats?.size ?? 0 }
    }),
  )
  return entries.sort((one, other) => Buffer.compare(Buffer.from(one.name), Buffer.from(other.name)))
}

const typeOf = (entry: Stats | Dirent): Entry['type'] => {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'directory'
  return entry.isSymbolicLink() ? 'link' : 'other'
}

const orNothing = async (look: () => Promise<Stats>): Promise<Stats | undefined> => {
  try {
    return await look()
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
