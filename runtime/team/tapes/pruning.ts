import type { Entry, OpenCassette } from '../../cassette/file/file.ts'
import { Failure } from '../../core/errors.ts'
import { playCassette } from './playing.ts'
import { cassetteAt } from './reading.ts'
import { replaceCassette, type Surroundings } from './replacing.ts'

/**
 * Takes out of a cassette what a replay of it does not use, and gives that. Throws a Failure where the replay misses
 * something: then nobody can say what is used.
 */
export const pruneCassette = async (path: string, surroundings: Surroundings): Promise<readonly Entry[]> => {
  const { misses, unused } = await playCassette(path, surroundings)
  const [miss] = misses
  if (miss) throw new Failure(miss.code, `${path} is as it was: it does not play to its end.\n${miss.message}`)
  if (unused.length === 0) return unused
  const cassette = cassetteAt(path, surroundings.workingDirectory)
  const dropped = new Set(unused.map(({ id }) => id))
  await replaceCassette(cassette, { header: cassette.header, interactions: without(cassette, dropped) }, surroundings)
  return unused
}

function* without({ entries, load }: OpenCassette, dropped: ReadonlySet<number>) {
  for (const { id } of entries) if (!dropped.has(id)) yield load(id)
}
