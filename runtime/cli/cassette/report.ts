import { resolve } from 'node:path'
import { reportPage } from '../../cassette/report/report.ts'
import { transcriptOf } from '../../cassette/view/transcript.ts'
import { namedCassette, reading } from '../../team/tapes/reading.ts'
import { orStandardOutput, writeNamed } from '../files.ts'
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
    writeNamed('The page', resolve(workingDirectory, output), [page], orStandardOutput)
    await write(stderr, `Written: ${output}\n`)
  }
  return 0
}
