import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { hashOf } from './blobs.ts'

/** What is at a path: nothing (''), a folder, something that is neither that nor a file ('other'), or a file, by its hash. */
export type FileState = { readonly state: string; readonly mode: number; readonly bytes?: Uint8Array }

export const nothing: FileState = { state: '', mode: 0 }

/** Of a file that is larger than `limit` bytes nothing is read; its state is 'lost'. */
export const stateAt = (path: string, limit = Number.POSITIVE_INFINITY): FileState => {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (!stats) return nothing
  const mode = stats.mode & 0o7777
  if (stats.isDirectory()) return { state: 'folder', mode }
  if (!stats.isFile()) return { state: 'other', mode }
  if (stats.size > limit) return { state: 'lost', mode }
  const bytes = readFileSync(path)
  return { state: hashOf(bytes), mode, bytes }
}

/** Whether a path leads where it says, without links that were put there since. */
export const isPlain = (path: string): boolean => {
  const folder = nearest(dirname(path))
  return realpathSync(folder) === folder
}

const nearest = (folder: string): string =>
  lstatSync(folder, { throwIfNoEntry: false }) ? folder : nearest(dirname(folder))

/** Puts a file there with these bytes, whole or not at all. */
export const putFile = (path: string, bytes: Uint8Array, mode: number): void => {
  mkdirSync(dirname(path), { recursive: true })
  const beside = `${path}.reprise-${process.pid}.tmp`
  try {
    writeFileSync(beside, bytes)
    chmodSync(beside, mode)
    renameSync(beside, path)
  } finally {
    rmSync(beside, { force: true })
  }
}

export const putFolder = (path: string): void => void mkdirSync(path, { recursive: true })

/** False for a folder in which something is. */
export const removeAt = (path: string, { state }: Pick<FileState, 'state'>): boolean => {
  try {
    if (state === 'folder') rmdirSync(path)
    else rmSync(path, { force: true })
    return true
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}
