import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { Failure } from '../../core/errors.ts'
import { fileFailure } from './file-failure.ts'
import { finishedLine, partialOf, recordingLine } from './partial.ts'
import { freeBeside, makeFolder, openPartial, placeFor, setAside } from './tape-place.ts'

/** Where a recording came to stand in the end. */
export type Kept = { readonly path: string; readonly kept: boolean; readonly note?: string }

/**
 * A file that is being recorded: NAME.yaml.partial, until it takes the place of NAME.yaml. Each write is one call to the
 * system, and is not forced out to the disk: a killed process loses nothing by that, and a power cut at most the last
 * seconds, while forcing would make the run wait for the disk at each step. It is forced out once, before it takes the
 * place of an older one.
 */
export class Tape {
  /** Where it will stand. */
  readonly path: string
  readonly #partial: string
  #fd: number
  #size = 0
  #failure: unknown

  private constructor(path: string, fd: number) {
    this.path = path
    this.#partial = partialOf(path)
    this.#fd = fd
  }

  static at(name: string, header: string): Tape {
    try {
      const path = placeFor(name)
      setAside(path)
      const tape = new Tape(path, openPartial(path))
      tape.#begin(header)
      return tape
    } catch (error) {
      throw fileFailure(error, 'write', name)
    }
  }

  /**
   * All of it or nothing: a write that fails half-way is taken back, and whatever follows fails as it did. `keeps` tells
   * whether what was written before will be kept then.
   */
  write(text: string, keeps = false): void {
    if (this.#failure) throw this.#failure
    const bytes = Buffer.from(text)
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.#fd, bytes, done, bytes.length - done, this.#size + done)
      }
      this.#size += bytes.length
    } catch (error) {
      this.#failure = fileFailure(error, 'write', this.#partial, keeps)
      tryTo(() => ftruncateSync(this.#fd, this.#size))
      throw this.#failure
    }
  }

  /** Writes all anew, from what is there. Where that fails it stays as it was, which is as good a recording. */
  rewrite(texts: (partial: string) => Iterable<string>): void {
    const anew = `${this.#partial}.new`
    try {
      const tape = new Tape(this.path, openSync(anew, 'w+'))
      try {
        tape.write(recordingLine())
        for (const text of texts(this.#partial)) tape.write(text)
        fsyncSync(tape.#fd)
        renameSync(anew, this.#partial)
      } catch (error) {
        closeSync(tape.#fd)
        throw error
      }
      closeSync(this.#fd)
      this.#fd = tape.#fd
      this.#size = tape.#size
    } catch (error) {
      tryTo(() => rmSync(anew, { force: true }))
      if (!(fileFailure(error, 'write', anew) instanceof Failure)) throw error
    }
  }

  /** Takes its place, and that of an older one. */
  finish(): Kept {
    return this.#settle(this.path)
  }

  /** Takes its place where that is free; else it stays beside the older one. */
  finishFailed(): Kept {
    if (!existsSync(this.path)) return this.#settle(this.path)
    const beside = freeBeside(this.path, 'failed')
    const kept = this.#settle(beside)
    return { ...kept, note: `The run failed: ${this.path} is as it was, and what was recorded now is in ${kept.path}.` }
  }

  discard(): Kept {
    if (this.#isInPlace()) rmSync(this.#partial, { force: true })
    closeSync(this.#fd)
    return { path: this.path, kept: false }
  }

  #settle(place: string): Kept {
    try {
      writeSync(this.#fd, finishedLine, 0)
      fsyncSync(this.#fd)
      if (!this.#isInPlace()) this.#rescue()
      renameSync(this.#partial, place)
      tryTo(() => syncFolder(dirname(place)))
    } catch (error) {
      const failure = fileFailure(error, 'write', place)
      if (!(failure instanceof Failure)) throw error
      return { path: this.#partial, kept: true, note: `${failure.message} What was recorded is in ${this.#partial}.` }
    } finally {
      closeSync(this.#fd)
    }
    return { path: place, kept: true }
  }

  #begin(header: string): void {
    try {
      this.write(recordingLine() + header)
    } catch (error) {
      this.discard()
      throw error
    }
  }

  /** Whether nobody has moved or removed it. */
  #isInPlace(): boolean {
    const there = statSync(this.#partial, { throwIfNoEntry: false })
    return there?.ino === fstatSync(this.#fd).ino
  }

  /** Somebody has removed the file, but until it is closed its bytes are there. */
  #rescue(): void {
    makeFolder(dirname(this.#partial))
    const copy = openSync(this.#partial, 'wx')
    const bytes = Buffer.alloc(65_536)
    for (let at = 0; at < this.#size; ) {
      const read = readSync(this.#fd, bytes, 0, bytes.length, at)
      writeSync(copy, bytes, 0, read, at)
      at += read
    }
    fsyncSync(copy)
    closeSync(copy)
  }
}

const tryTo = (action: () => void): void => {
  try {
    action()
  } catch {
    // It was to make things better; what went wrong before is told.
  }
}

const syncFolder = (folder: string): void => {
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
