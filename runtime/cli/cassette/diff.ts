import { momentsOf } from '../../cassette/view/columns.ts'
import { columnsText } from '../../cassette/view/columns-text.ts'
import { type Comparison, comparisonOf } from '../../cassette/view/compare.ts'
import { comparisonText } from '../../cassette/view/compare-text.ts'
import { type Transcript, transcriptOf } from '../../cassette/view/transcript.ts'
import { namedCassette, reading } from '../../team/tapes/reading.ts'
import type { Columns } from '../../team/theater.ts'
import { jsonPage, pageFor } from '../page.ts'
import { type Terminal, write } from '../terminal.ts'
import { shortPath } from './show.ts'

export type DiffOptions = { readonly json?: boolean; readonly columns?: boolean }

/** `reprise cassette diff BEFORE AFTER`: in what two runs differ; 0 when in nothing, 1 when in something. */
export const cassetteDiff = async (
  names: readonly [before: string, after: string],
  options: DiffOptions,
  terminal: Terminal,
  show: Columns,
): Promise<number> => {
  const [before, after] = names.map(name => shortPath(namedCassette(name, terminal.workingDirectory), terminal))
  if (!before || !after) throw new Error('two cassettes are compared')
  const tools = await reading()
  const runs = [await transcriptOf(before, tools), await transcriptOf(after, tools)] as const
  const comparison = comparisonOf(...runs, tools)
  if (options.columns) await columns(runs, terminal, show)
  else await write(terminal.stdout, textOf(runs, comparison, options, terminal))
  return comparison.alike ? 0 : 1
}

type Runs = readonly [before: Transcript, after: Transcript]

const pathsOf = ([before, after]: Runs) => [before.cassette.path, after.cassette.path] as const

const textOf = (runs: Runs, comparison: Comparison, { json }: DiffOptions, terminal: Terminal): string => {
  const [before, after] = pathsOf(runs)
  return json
    ? jsonPage({ before, after, ...comparison })
    : comparisonText(comparison, [before, after], pageFor(terminal))
}

/** Side by side: on a terminal to be looked through, else printed. */
const columns = async (runs: Runs, terminal: Terminal, show: Columns): Promise<void> => {
  const { stdin, stdout, screen, env } = terminal
  const moments = momentsOf(...runs)
  if (stdin.isTTY && stdout.isTTY && env['TERM'] !== 'dumb') {
    return await show({ stdin, stdout: screen, env, names: pathsOf(runs), moments })
  }
  await write(stdout, columnsText(moments, pathsOf(runs), pageFor(terminal)))
}
