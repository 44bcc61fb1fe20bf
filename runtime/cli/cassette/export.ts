import { resolve } from 'node:path'
import { exports } from '../../team/tapes/exporting.ts'
import { namedCassette } from '../../team/tapes/reading.ts'
import { orStandardOutput, writeNamed } from '../files.ts'
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
  else writeNamed('The export', resolve(workingDirectory, output), text, orStandardOutput)
  if (left > 0) await write(stderr, leftText(left, to))
  return 0
}

const leftText = (left: number, to: string): string =>
  `${left === 1 ? '1 interaction is' : `${left} interactions are`} left out: ${to} holds HTTP that was answered to its end, and no more.\n`
