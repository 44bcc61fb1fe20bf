import type { Entry, OpenCassette } from '../../cassette/file/file.ts'
import type { Verdict, Verified } from '../../cassette/view/verdict.ts'
import type { Drift } from '../../core/cassette.ts'
import { Failure } from '../../core/errors.ts'
import { agentFileOf, type NamedAgentFile } from './agent-file.ts'
import { type Played, type PlayOptions, playCassette } from './playing.ts'
import { cassetteAt } from './reading.ts'

export type VerifyOptions = Omit<PlayOptions, 'source' | 'plays'> & {
  /** Whether the agent file must be there. */
  readonly strict: boolean
  /** Whether a stale cassette is played too, with the agent file as it is now. */
  readonly runStale: boolean
}

type Told = { readonly verdict: Verdict; readonly why: string; readonly interactions: number }

/** Holds a cassette against the agent file that it names: what changed, and whether what it recorded still happens. */
export const verifyCassette = async (path: string, options: VerifyOptions): Promise<Verified> => {
  const begun = options.now().getTime()
  const told = await verdictOn(path, options)
  return { path, ...told, seconds: (options.now().getTime() - begun) / 1000 }
}

const verdictOn = async (path: string, options: VerifyOptions): Promise<Told> => {
  let tape: OpenCassette | undefined
  try {
    tape = cassetteAt(path)
    const { length: interactions } = tape.entries
    if (tape.header.agent?.content === undefined) {
      return { verdict: 'SKIPPED', why: 'It holds no agent file, so there is nothing to run.', interactions }
    }
    const agentFile = agentFileOf(tape, options.workingDirectory)
    const stale = options.runStale ? undefined : staleness(tape, agentFile, options)
    return { ...(stale ?? playedVerdict(await playedWith(path, agentFile, options), tape)), interactions }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { verdict: 'BROKEN', why: toldBy(error), interactions: tape?.entries.length ?? 0 }
  }
}

const staleness = (
  { header }: OpenCassette,
  agentFile: NamedAgentFile | undefined,
  { strict }: VerifyOptions,
): Omit<Told, 'interactions'> | undefined => {
  const name = header.agent?.path ?? ''
  if (agentFile?.isAsRecorded) return undefined
  if (agentFile)
    return { verdict: 'STALE', why: `${name} was changed after this was recorded. --run-stale plays it all the same.` }
  return strict ? { verdict: 'STALE', why: `${name} is not here any more.` } : undefined
}

const playedWith = (path: string, agentFile: NamedAgentFile | undefined, options: VerifyOptions): Promise<Played> =>
  playCassette(path, { ...options, ...(agentFile && { source: agentFile.source }) })

/** What the recording failed with is no failure of a replay that fails with the same. */
const playedVerdict = ({ misses, drifts, unused }: Played, { entries }: OpenCassette): Omit<Told, 'interactions'> => {
  const [miss] = misses
  const [drift] = drifts
  if (miss) return { verdict: 'MISS', why: toldBy(miss, { hint: false }) }
  if (drift) return { verdict: 'DRIFT', why: driftTold(drift, drifts.length) }
  return unused.length > 0
    ? { verdict: 'UNUSED', why: unusedTold(unused, entries.length) }
    : { verdict: 'PASS', why: '' }
}

const toldBy = ({ message, hint }: Failure, { hint: withHint } = { hint: true }): string =>
  withHint && hint ? `${message}\n${hint}` : message

const driftTold = ({ what, interaction }: Drift, count: number): string => {
  const where = interaction > 0 ? `Interaction ${interaction}: ` : ''
  return `${where}${what}.${count > 1 ? ` So do ${count - 1} more.` : ''}`
}

const unusedTold = (unused: readonly Entry[], count: number): string =>
  `${unused.length} of ${count} interactions were not used, the first of them ${unused[0]?.id} (${unused[0]?.method} ${unused[0]?.url}).`
