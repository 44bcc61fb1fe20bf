import { renameSync, rmSync } from 'node:fs'
import type { OpenCassette } from '../../cassette/file/file.ts'
import { rewriteCassette } from '../../cassette/file/rewrite.ts'
import { placeFor } from '../../cassette/file/tape-place.ts'
import type { CassetteHeader, Interaction } from '../../core/cassette.ts'
import { Failure } from '../../core/errors.ts'
import { type Played, type PlayOptions, playCassette } from './playing.ts'

export type Surroundings = Pick<PlayOptions, 'env' | 'home' | 'workingDirectory' | 'now'>

export type NewCassette = {
  readonly header: CassetteHeader
  readonly interactions: AsyncIterable<Interaction> | Iterable<Interaction>
}

/**
 * Puts a cassette that was made of another in that one's place, or at `to`, once it is whole and replays as the old one
 * does. Throws a Failure where it would not, and leaves all as it was.
 */
export const replaceCassette = async (
  old: OpenCassette,
  made: NewCassette,
  { to = old.path, ...surroundings }: Surroundings & { readonly to?: string },
): Promise<void> => {
  refuseUnfinished(old)
  const place = placeFor(to)
  const beside = `${place}.new`
  try {
    const { path, note } = await rewriteCassette(beside, made.header, made.interactions)
    if (path !== beside) throw new Failure('cassette-file', note ?? `${place} cannot be written.`)
    await checkSame(old.path, beside, surroundings)
    renameSync(beside, place)
  } finally {
    rmSync(beside, { force: true })
  }
}

/** Of others we could write only in our own layout, and what is torn would be lost. */
const refuseUnfinished = ({ path, header, note }: OpenCassette): void => {
  if (header.reprise === 'foreign') {
    throw new Failure('usage', `${path} is a recording of another tool.`, {
      hint: 'Only those of Reprise are rewritten.',
    })
  }
  if (note !== undefined) throw new Failure('cassette-file', note, { hint: 'Record it to its end first.' })
}

const checkSame = async (old: string, made: string, surroundings: Surroundings): Promise<void> => {
  const after = await troubleOf(made, surroundings)
  if (after === undefined || (await troubleOf(old, surroundings)) !== undefined) return
  throw new Failure('cassette-file', `${old} is as it was: the new one would not replay.\n${after}`, {
    hint: 'Please report this: it is a mistake in Reprise.',
  })
}

/** Why a cassette does not replay alone; nothing for one that does, or that holds no agent file to run. */
const troubleOf = async (path: string, surroundings: Surroundings): Promise<string | undefined> => {
  try {
    return troubleIn(await playCassette(path, surroundings))
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return error.code === 'usage' ? undefined : error.message
  }
}

export const troubleIn = ({ misses, drifts }: Played): string | undefined => misses[0]?.message ?? drifts[0]?.what
