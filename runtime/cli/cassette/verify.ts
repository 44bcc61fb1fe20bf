import { resolve } from 'node:path'
import { countsOf, exitOfAll, type Verified } from '../../cassette/view/verdict.ts'
import { githubLines, junitXml, verdictTable } from '../../cassette/view/verdict-text.ts'
import { Failure } from '../../core/errors.ts'
import { verifyCassette } from '../../team/tapes/verify.ts'
import { writeNamed } from '../files.ts'
import { jsonPage, pageFor } from '../page.ts'
import { shortName } from '../short-name.ts'
import { homeIn, type Terminal, write } from '../terminal.ts'
import { cassettesNamed } from './names.ts'

export type VerifyCommandOptions = {
  readonly strict?: boolean
  readonly runStale?: boolean
  /** `2/5`: the second of five parts. */
  readonly shard?: string
  readonly junit?: string
  readonly github?: boolean
  readonly json?: boolean
}

/** `reprise cassette verify [NAME|FOLDER…]`: holds cassettes against the agent files that they name. */
export const cassetteVerify = async (
  names: readonly string[],
  options: VerifyCommandOptions,
  terminal: Terminal,
): Promise<number> => {
  const { strict = false, runStale = false } = options
  const paths = partOf(cassettesNamed(names, terminal), options.shard)
  const { env, workingDirectory, now } = terminal
  const settings = { strict, runStale, env, workingDirectory, now, home: homeIn(env) }
  const verified = await sideBySide(paths, async path => {
    const one = await verifyCassette(path, settings)
    return { ...one, path: shortName(path, terminal) }
  })
  if (options.junit !== undefined)
    writeNamed('The report', resolve(terminal.workingDirectory, options.junit), [junitXml(verified, strict)])
  await write(terminal.stdout, textOf(verified, options, terminal))
  return exitOfAll(verified, strict)
}

const textOf = (
  verified: readonly Verified[],
  { json, github, strict = false }: VerifyCommandOptions,
  terminal: Terminal,
): string => {
  if (json) return jsonPage({ cassettes: verified, counts: countsOf(verified), exit: exitOfAll(verified, strict) })
  return verdictTable(verified, pageFor(terminal)) + (github ? githubLines(verified, strict) : '')
}

/** Cassettes are dealt out one by one, so that each part gets of each folder. */
const partOf = (paths: readonly string[], shard: string | undefined): string[] => {
  if (shard === undefined) return [...paths]
  const [, part, count] = /^(\d+)\/(\d+)$/.exec(shard) ?? []
  const index = Number(part) - 1
  if (!(index >= 0 && index < Number(count))) {
    throw new Failure('usage', `--shard takes a part like 2/5, not ${JSON.stringify(shard)}.`)
  }
  return paths.filter((_, at) => at % Number(count) === index)
}

/** So many replays wait for each other's files and streams; more would only hold more in memory. */
const most = 8

/** The results in the order of the items, whoever is done first. */
const sideBySide = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = []
  const left = items.entries()
  const worker = async () => {
    for (const [index, item] of left) results[index] = await work(item)
  }
  await Promise.all(Array.from({ length: most }, worker))
  return results
}
