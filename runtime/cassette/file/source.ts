import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { Failure } from '../../core/errors.ts'
import { fileFailure } from './file-failure.ts'

/** The bytes of a file, read where they are wanted. `modified` is in milliseconds since 1970. */
export type Source = {
  readonly path: string
  readonly size: number
  readonly modified: number
  /** The bytes from `start` to before `end`, in `into` where that is given and large enough. */
  readonly read: (start: number, end: number, into?: Buffer) => Buffer
}

/** A file that is no larger is held whole. Nothing is held open: a cassette has nobody to close it. */
const small = 4_000_000

/** Throws a Failure for a file that cannot be read, and later for one that has changed meanwhile. */
export const sourceOf = (path: string): Source => {
  const { stats, bytes } = opened(path, (fd, stats) => ({
    stats,
    bytes: stats.size <= small ? readFrom(fd, 0, stats.size, Buffer.alloc(stats.size)) : undefined,
  }))
  const { size, mtimeMs: modified } = stats
  if (bytes) return { path, size, modified, read: (start, end) => bytes.subarray(start, end) }
  const read = (start: number, end: number, into?: Buffer): Buffer =>
    opened(path, (fd, now) => {
      if (!isSameFile(stats, now)) throw new Failure('cassette-file', `${path} was changed while it was played back.`)
      const length = Math.max(0, Math.min(end, size) - start)
      return readFrom(fd, start, length, into && into.length >= length ? into : Buffer.alloc(length))
    })
  return { path, size, modified, read }
}

const isSameFile = (one: Stats, other: Stats): boolean =>
  one.ino === other.ino && one.size === other.size && one.mtimeMs === other.mtimeMs

const opened = <Result>(path: string, use: (fd: number, stats: Stats) => Result): Result => {
  let fd: number | undefined
  try {
    fd = openSync(path, 'r')
    const stats = fstatSync(fd)
    if (stats.isDirectory()) throw new Failure('cassette-file', `${path} is a folder, not a cassette.`)
    return use(fd, stats)
  } catch (error) {
    throw fileFailure(error, 'read', path)
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

const readFrom = (fd: number, start: number, length: number, into: Buffer): Buffer => {
  let done = 0
  while (done < length) {
    const read = readSync(fd, into, done, length - done, start + done)
    if (read === 0) break
    done += read
  }
  return into.subarray(0, done)
}
