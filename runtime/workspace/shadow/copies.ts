import { constants, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Bytes of a file that is copied, and of all copies together. */
export const largestCopy = 10 * 1024 * 1024
export const mostCopied = 256 * 1024 * 1024

/**
 * Copies of files as they were, in a folder that only its owner can read. Where the file system can share what two files
 * have in common, they take no room and no time.
 */
export class Copies {
  readonly #folder: string
  readonly #sizes = new Map<string, number>()
  #bytes = 0
  #made = 0

  /** In a new folder whose path begins so. */
  constructor(beginning: string) {
    mkdirSync(dirname(beginning), { recursive: true, mode: 0o700 })
    this.#folder = mkdtempSync(beginning)
  }

  /** Where the copy is; nothing where the file is too large, or there is no room for it, or it cannot be read. */
  make(path: string, size: number): string | undefined {
    if (size > largestCopy || this.#bytes + size > mostCopied) return undefined
    this.#made += 1
    const copy = join(this.#folder, String(this.#made))
    try {
      copyFileSync(path, copy, constants.COPYFILE_FICLONE)
    } catch (error) {
      rmSync(copy, { force: true })
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw error
      return undefined
    }
    this.#sizes.set(copy, size)
    this.#bytes += size
    return copy
  }

  drop(copy: string): void {
    rmSync(copy, { force: true })
    this.#bytes -= this.#sizes.get(copy) ?? 0
    this.#sizes.delete(copy)
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** Whether a file still holds what its copy holds. */
export const isSameFile = (path: string, copy: string): boolean => {
  try {
    return readFileSync(path).equals(readFileSync(copy))
  } catch {
    return false
  }
}
