import { renameSync, rmSync } from 'node:fs'
import { isAllOf, type Refreshed, refreshed, type Stale, staleIn, timeless } from '../../cassette/care/refresh.ts'
import { slimInteractions } from '../../cassette/care/slim.ts'
import type { OpenCassette } from '../../cassette/file/file.ts'
import { rewriteCassette } from '../../cassette/file/rewrite.ts'
import { placeFor } from '../../cassette/file/tape-place.ts'
import { Failure } from '../../core/errors.ts'
import type { OpenOptions } from '../open.ts'
import { agentFileOf } from './agent-file.ts'
import { cassetteAt, namedCassette, reading } from './reading.ts'
import { type Script, scriptOf } from './script.ts'

export type Refreshing = {
  readonly old: OpenCassette
  readonly stale: ReadonlySet<number>
  readonly script: Script
  /** What to run: the agent file itself where it is as it was recorded, since it may hold what recordings must not. */
  readonly source: OpenOptions['source']
  readonly isAgentChanged: boolean
  /** Where the new recording goes until it is whole. */
  readonly beside: string
  /** When this began. */
  readonly now: Date
}

/** What is to be done to record a part of a cassette anew. Throws a Failure for what cannot be run, or names nothing. */
export const refreshingOf = async (
  name: string,
  stale: Stale,
  { from, now }: { readonly from: string; readonly now: Date },
): Promise<Refreshing> => {
  const old = namedCassette(name, from)
  const script = await scriptOf(name, from)
  const { protocols } = await reading()
  const agentFile = agentFileOf(old, from)
  return {
    old,
    script,
    stale: staleIn(old, stale, { protocols, now }),
    source: agentFile?.isAsRecorded ? agentFile.source : script.source,
    isAgentChanged: agentFile !== undefined && !agentFile.isAsRecorded,
    now,
    beside: old.path.replace(/(\.ya?ml)?$/, '-refreshed.yaml'),
  }
}

/**
 * Puts the new recording in the place of the old one, with all that is as it was, and gives how many interactions are
 * new. Throws a Failure where a call was refused that was not before: the old one is left as it was.
 */
export const takeOver = async ({
  old,
  stale,
  beside,
  now: date,
}: Pick<Refreshing, 'old' | 'stale' | 'beside' | 'now'>): Promise<{ fresh: number; all: number }> => {
  const { protocols } = await reading()
  const place = placeFor(old.path)
  try {
    const whole = cassetteAt(beside)
    checkRefusals(old, whole)
    const now = old.header.slim ? await slimOf(whole, protocols) : whole
    const { note, slim } = old.header
    const counts = { fresh: 0, all: now.entries.length }
    // What is new among what is old tells its own time; the clock of a replay stands where it stood.
    const isMixed = !isAllOf(old, stale)
    const recorded = isMixed ? old.header.recorded : date.toISOString()
    const header = { ...now.header, recorded, ...(note !== undefined && { note }), ...(slim && { slim }) }
    const all = counted(refreshed(now, old, protocols), { counts, isMixed })
    await rewriteCassette(`${place}.new`, header, all)
    renameSync(`${place}.new`, place)
    return counts
  } finally {
    for (const file of [beside, `${place}.new`, `${beside}.slim`]) rmSync(file, { force: true })
  }
}

type Counting = { readonly counts: { fresh: number }; readonly isMixed: boolean }

function* counted(all: Iterable<Refreshed>, { counts, isMixed }: Counting) {
  for (const { interaction, isNew } of all) {
    if (isNew) counts.fresh += 1
    yield isMixed ? interaction : timeless(interaction)
  }
}

const slimOf = async (
  whole: OpenCassette,
  protocols: Parameters<typeof slimInteractions>[1],
): Promise<OpenCassette> => {
  const path = `${whole.path}.slim`
  await rewriteCassette(path, { ...whole.header, slim: true }, interactionsOf(slimInteractions(whole, protocols)))
  return cassetteAt(path)
}

async function* interactionsOf(all: ReturnType<typeof slimInteractions>) {
  for await (const { interaction } of all) yield interaction
}

/** Nobody wants a recording in which his tools were refused because nobody was there to approve them. */
const checkRefusals = (old: OpenCassette, now: OpenCassette): void => {
  const refusals = ({ entries, load }: OpenCassette): number =>
    entries.filter(
      ({ id, method }) => method === 'ASK' && /"verdict":"no"/.test(JSON.stringify(load(id).response.body)),
    ).length
  if (refusals(now) <= refusals(old)) return
  throw new Failure('usage', `${old.path} is as it was: a tool call was refused that was approved before.`, {
    hint: 'Approve it at the terminal, or add --yolo.',
  })
}
