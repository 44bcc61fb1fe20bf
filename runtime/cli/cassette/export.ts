import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Failure } from '../../core/errors.ts'
import { exports } from '../../team/tapes/exporting.ts'
import { namedCassette } from '../../team/tapes/reading.ts'
import { type Terminal, write } from '../terminal.ts'

export type ExportFlags = { readonly to: keyof typeof exports; readonly output: string }

/** `reprise cassette export NAME --to FORMAT -o FILE`: a recording for other tools. */
export const cassetteExport = async (
  name: string,
  { to, output }: ExportFlags,
  { stdout, stderr, workingDirectory }: Terminal,
): Promise<number> => {
  const { text, left } = await exports[to](namedCassette(name, workingDirectory))
  if (output === '-') for (const piece of text) await write(stdout, piece)
  else writeWhole(resolve(workingDirectory, output), text)
  if (left > 0) await write(stderr, leftText(left, to))
  return 0
}

const leftText = (left: number, to: string): string =>
  `${left === 1 ? '1 interaction is' : `${left} interactions are`} left out: ${to} holds HTTP that was answered to its end, and no more.\n`

/** What stood there before stays until all of it is written. */
const writeWhole = (path: string, text: Iterable<string>): void => {
  const beside = `${path}.new`
  try {
    const fd = openSync(beside, 'w')
    try {
      for (const piece of text) writeFileSync(fd, piece)
    } finally {
      closeSync(fd)
    }
    renameSync(beside, path)
  } catch (error) {
    rmSync(beside, { force: true })
    if (error instanceof Failure || !(error instanceof Error && 'code' in error)) throw error
    throw new Failure('usage', `${path} cannot be written: ${error.message}.`, {
      hint: 'Name another file with -o, or - for standard output.',
      cause: error,
    })
  }
}
