import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { reportPage } from '../../cassette/report/report.ts'
import { transcriptOf } from '../../cassette/view/transcript.ts'
import { namedCassette, reading } from '../../team/tapes/reading.ts'
import { unwritable } from '../files.ts'
import { type Terminal, write } from '../terminal.ts'
import { shortPath } from './show.ts'

/** `reprise cassette report NAME -o FILE`: a recording as a page for a browser. */
export const cassetteReport = async (
  name: string,
  { output }: { readonly output: string },
  terminal: Terminal,
): Promise<number> => {
  const { stdout, stderr, workingDirectory } = terminal
  const cassette = shortPath(namedCassette(name, workingDirectory), terminal)
  const tools = await reading()
  const page = reportPage(await transcriptOf(cassette, tools), tools)
  if (output === '-') await write(stdout, page)
  else {
    writePage(resolve(workingDirectory, output), page)
    await write(stderr, `Written: ${output}\n`)
  }
  return 0
}

const writePage = (path: string, page: string): void => {
  try {
    writeFileSync(path, page)
  } catch (error) {
    throw unwritable('The page', path, error, 'Name another file with -o, or - for standard output.')
  }
}
