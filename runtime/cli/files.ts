import { closeSync, openSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Failure } from '../core/errors.ts'

/** A file that the user named on the command line, from the folder where he is; `what` says what it is to him. */
export const readNamed = (what: string, name: string, folder: string, hint?: string): Buffer => {
  try {
    return readFileSync(resolve(folder, name))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Failure('usage', `${what} ${name} ${reasons[code ?? ''] ?? `cannot be read (${code})`}.`, {
      cause: error,
      ...(hint !== undefined && code === 'ENOENT' && { hint }),
    })
  }
}

/** A file that the user named, and that cannot be made or added to. */
export const unwritable = (what: string, name: string, error: unknown, hint = 'Name another file.'): Failure => {
  const { code } = error as NodeJS.ErrnoException
  return new Failure('usage', `${what} ${name} cannot be written: ${whyNot[code ?? ''] ?? code}.`, {
    hint,
    cause: error,
  })
}

/**
 * Writes a file that the user named; `what` says what it is to him. What stood there before stays until all of it is
 * written. What is no file, as /dev/stdout is none, is written to and never replaced; a link leads on to its file.
 */
export const writeNamed = (what: string, path: string, pieces: Iterable<string>, hint?: string): void => {
  let beside: string | undefined
  try {
    const there = statSync(path, { throwIfNoEntry: false })
    const place = there ? realpathSync(path) : path
    beside = there && !there.isFile() ? undefined : `${place}.new`
    const file = openSync(beside ?? path, 'w')
    try {
      for (const piece of pieces) writeFileSync(file, piece)
    } finally {
      closeSync(file)
    }
    if (beside !== undefined) renameSync(beside, place)
  } catch (error) {
    if (beside !== undefined) rmSync(beside, { force: true })
    // Whoever reads it (`-o /dev/stdout | head`) has read enough.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return
    throw error instanceof Error && 'code' in error && !(error instanceof Failure)
      ? unwritable(what, path, error, hint)
      : error
  }
}

export const orStandardOutput = 'Name another file with -o, or - for standard output.'

/** Why something cannot be written, by the code of the error. */
export const whyNot: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'there is no permission',
  EROFS: 'the file system is read-only',
  ENOSPC: 'there is no space left',
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a folder',
  EACCES: 'may not be read by you',
}
