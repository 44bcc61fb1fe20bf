import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Failure } from '../core/errors.ts'

/** A file that the user named on the command line, from the folder where he is; `what` says what it is to him. */
export const readNamed = (what: string, name: string, folder: string): Buffer => {
  try {
    return readFileSync(resolve(folder, name))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Failure('usage', `${what} ${name} ${reasons[code ?? ''] ?? `cannot be read (${code})`}.`, {
      cause: error,
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
