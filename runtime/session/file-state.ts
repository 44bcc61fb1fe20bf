import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { Trace } from '../core/workspace.ts'
import { hashOf } from './blobs.ts'

/**
 * What is at a path: nothing (''), a folder, a link ('link:' and where to), a file by its hash, a file that is too large to
 * be kept ('large:' with its size and time), or something else ('other').
 */
export type FileState = { readonly state: string; readonly mode: number; readonly bytes?: Uint8Array }

export const nothing: FileState = { state: '', mode: 0 }

/** Bytes of a file that is kept. */
export const largestKept = 10 * 1024 * 1024

export const stateAt = (path: string): FileState => {
  const stats = statsAt(path)
  if (!stats) return nothing
  const mode = stats.mode & 0o7777
  if (stats.isDirectory()) return { state: 'folder', mode }
  if (stats.isSymbolicLink()) return { state: `link:${readlinkSync(path)}`, mode }
  if (!stats.isFile()) return { state: 'other', mode }
  if (stats.size > largestKept) return { state: `large:${stats.size}:${stats.mtimeMs}`, mode }
  const bytes = readFileSync(path)
  return { state: hashOf(bytes), mode, bytes }
}

/** Whether what was found is what was left: of a large file only whoever wrote it knew the hash. */
export const isLeft = (path: string, { state }: FileState, left: string): boolean =>
  state === left || (state.startsWith('large:') && /^[0-9a-f]{64}$/.test(left) && hashOf(readFileSync(path)) === left)

/** The same of what somebody else has looked at. */
export const stateOf = (trace: Trace): FileState => {
  if (trace.type === 'nothing') return nothing
  if (trace.type === 'folder') return { state: 'folder', mode: trace.mode }
  if (trace.type === 'link') return { state: `link:${trace.target}`, mode: 0 }
  if (trace.type === 'other') return { state: 'other', mode: 0 }
  const bytes = trace.content?.()
  return bytes ? { state: hashOf(bytes), mode: trace.mode, bytes } : { state: 'lost', mode: trace.mode }
}

/** Below what is a file there is nothing either. */
const statsAt = (path: string): Stats | undefined => {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
    throw error
  }
}

/** Whether a path leads where it says, without links that were put there since. */
export const isPlain = (path: string): boolean => {
  const folder = nearest(dirname(path))
  return realpathSync(folder) === folder
}

const nearest = (folder: string): string => (statsAt(folder) ? folder : nearest(dirname(folder)))

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

export const putLink = (path: string, target: string): void => {
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(target, path)
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
