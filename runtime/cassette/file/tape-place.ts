import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { Failure } from '../../core/errors.ts'
import { freeName } from '../../core/free-name.ts'
import { partialOf, recorderOf } from './partial.ts'

/** The file itself where the name is a link to it. Its folder is made. What stands there and is no cassette stays. */
export const placeFor = (name: string): string => {
  const there = statSync(name, { throwIfNoEntry: false })
  if (there?.isDirectory()) throw new Failure('cassette-file', `${name} is a folder.`, { hint: 'Name a file in it.' })
  if (there?.isFile() && there.size > 0 && !isCassette(name)) {
    throw new Failure('cassette-file', `${name} exists already and is not a cassette, so it is not overwritten.`, {
      hint: 'Record under another name.',
    })
  }
  if (there && !there.isFile()) {
    throw new Failure('cassette-file', `${name} is no file.`, {
      hint: 'Name a file: it is written beside, and then moved into place.',
    })
  }
  makeFolder(dirname(name))
  return lstatSync(name, { throwIfNoEntry: false })?.isSymbolicLink() && existsSync(name) ? realpathSync(name) : name
}

/** Agent files end in .yaml too, and one is easily recorded over: of ours and of others, a cassette says so at its top. */
export const isCassette = (path: string): boolean => {
  const fd = openSync(path, 'r')
  try {
    const head = Buffer.alloc(1_000_000)
    return /^"?(interactions|reprise)"?:/m.test(head.toString('utf8', 0, readSync(fd, head)))
  } finally {
    closeSync(fd)
  }
}

/** With those above it. Node's own way never ends where the system has no such place, as under /proc. */
export const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
}

/** A recording that was cut off, and whose process is gone, makes way and is kept. */
export const setAside = (path: string): void => {
  const partial = partialOf(path)
  if (!existsSync(partial)) return
  const recorder = recorderOf(partial)
  if (recorder?.isAlive) throw taken(path)
  if (isEmpty(partial)) rmSync(partial)
  else renameSync(partial, freeBeside(path, 'interrupted'))
}

/** Whether it was cut off before anything was recorded. */
const isEmpty = (partial: string): boolean => {
  const { size } = statSync(partial)
  return size < 1_000_000 && !readFileSync(partial, 'latin1').includes('\n  - id: ')
}

const taken = (path: string): Failure => {
  const recorder = recorderOf(partialOf(path))
  const who = recorder ? `process ${recorder.pid} on ${recorder.host}` : 'another process'
  return new Failure('cassette-file', `${who} is recording ${path} at the moment.`, {
    hint: `Record under another name. If that process is gone, remove ${partialOf(path)}.`,
  })
}

/** The file to write to, made by us alone: of two that begin at once, one is refused. */
export const openPartial = (path: string): number => {
  try {
    return openSync(partialOf(path), 'wx+')
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === 'EEXIST' ? taken(path) : error
  }
}

/** NAME-failed.yaml, or NAME-failed-2.yaml where that is there already, and so on. */
export const freeBeside = (path: string, why: string): string => {
  const stem = path.replace(/\.ya?ml$/, '')
  return freeName(existsSync, suffix => `${stem}-${why}${suffix}.yaml`)
}
