import { comparisonOf } from '../../cassette/view/compare.ts'
import { comparisonText } from '../../cassette/view/compare-text.ts'
import { transcriptOf } from '../../cassette/view/transcript.ts'
import { namedCassette, reading } from '../../team/reading.ts'
import { jsonPage, pageFor } from '../page.ts'
import { type Terminal, write } from '../terminal.ts'
import { shortPath } from './show.ts'

/** `reprise cassette diff BEFORE AFTER`: in what two runs differ; 0 when in nothing, 1 when in something. */
export const cassetteDiff = async (
  names: readonly [before: string, after: string],
  { json }: { readonly json?: boolean },
  terminal: Terminal,
): Promise<number> => {
  const [before, after] = names.map(name => shortPath(namedCassette(name, terminal.workingDirectory), terminal))
  if (!before || !after) throw new Error('two cassettes are compared')
  const tools = await reading()
  const comparison = comparisonOf(await transcriptOf(before, tools), await transcriptOf(after, tools), tools)
  const text = json
    ? jsonPage({ before: before.path, after: after.path, ...comparison })
    : comparisonText(comparison, [before.path, after.path], pageFor(terminal))
  await write(terminal.stdout, text)
  return comparison.alike ? 0 : 1
}
