import { spawnSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { mergeOf } from '../../cassette/care/merge.ts'
import { mergedText } from '../../cassette/care/merge-write.ts'
import type { OpenCassette } from '../../cassette/file/file.ts'
import { fileFailure } from '../../cassette/file/file-failure.ts'
import { reviewText } from '../../cassette/view/textconv.ts'
import { transcriptOf } from '../../cassette/view/transcript.ts'
import { Failure } from '../../core/errors.ts'
import { cassetteAt, reading } from '../../team/tapes/reading.ts'
import { type Terminal, write } from '../terminal.ts'

/**
 * `reprise cassette textconv FILE`: what a reviewer reads. Git gives up a whole diff when this fails, so a file that is no
 * cassette, or a torn one, is printed as it is.
 */
export const cassetteTextconv = async (file: string, { stdout, workingDirectory }: Terminal): Promise<number> => {
  const path = resolve(workingDirectory, file)
  await write(stdout, (await reviewed(path)) ?? readText(path))
  return 0
}

const reviewed = async (path: string): Promise<string | undefined> => {
  try {
    const tools = await reading()
    const cassette = cassetteAt(path)
    return cassette.note === undefined ? reviewText(await transcriptOf(cassette, tools), tools) : undefined
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw fileFailure(error, 'read', path)
  }
}

export type MergeFiles = {
  readonly base: string
  readonly ours: string
  readonly theirs: string
  readonly path?: string
}

/** `reprise cassette merge BASE OURS THEIRS`: the result goes into OURS; 1 when there are conflicts, which it marks. */
export const cassetteMerge = async (
  { path, ...files }: MergeFiles,
  { stderr, workingDirectory }: Terminal,
): Promise<number> => {
  const [base = '', ours = '', theirs = ''] = [files.base, files.ours, files.theirs].map(file =>
    resolve(workingDirectory, file),
  )
  const name = path ?? files.ours
  const { protocols } = await reading()
  const opened = openedAll(base, ours, theirs)
  if (!opened) {
    await write(stderr, `${name} is no whole cassette of Reprise in all versions: merged line by line.\n`)
    return lineByLine(base, ours, theirs)
  }
  const merge = mergeOf(opened.base, opened.ours, opened.theirs, protocols)
  writeText(ours, mergedText(merge))
  if (merge.conflicts === 0) return 0
  const places = merge.conflicts === 1 ? 'one place' : `${merge.conflicts} places`
  await write(stderr, `CONFLICT (cassette): ${name} was changed by both sides in ${places}, marked with <<<<<<<.\n`)
  return 1
}

const writeText = (path: string, text: string): void => {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw fileFailure(error, 'write', path)
  }
}

type Versions = { readonly base?: OpenCassette; readonly ours: OpenCassette; readonly theirs: OpenCassette }

/** Nothing where one of them cannot be written again without a loss: torn, or of other recorders. */
const openedAll = (base: string, ours: string, theirs: string): Versions | undefined => {
  try {
    const versions = {
      // Where both sides added the file, git gives an empty one.
      ...(statSync(base).size > 0 && { base: cassetteAt(base) }),
      ours: cassetteAt(ours),
      theirs: cassetteAt(theirs),
    }
    const isOurs = ({ header, note }: OpenCassette): boolean => header.reprise !== 'foreign' && note === undefined
    return Object.values(versions).every(isOurs) ? versions : undefined
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

/** As git does it without a driver. Its exit code is the number of conflicts, and above 127 for what it cannot do. */
const lineByLine = (base: string, ours: string, theirs: string): number => {
  const labels = ['ours', 'base', 'theirs'].flatMap(label => ['-L', label])
  const { status, stderr, error } = spawnSync('git', ['merge-file', ...labels, ours, base, theirs], {
    encoding: 'utf8',
  })
  if (error || status === null || status > 127) {
    throw new Failure('cassette-file', `git could not merge line by line: ${stderr || String(error)}`, { cause: error })
  }
  return status === 0 ? 0 : 1
}
