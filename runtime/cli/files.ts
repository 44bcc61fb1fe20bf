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

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a folder',
  EACCES: 'may not be read by you',
}
