import { readFileSync } from 'node:fs'
import { type LintFacts, type LintFinding, lintFindings } from '../../cassette/care/lint.ts'
import type { OpenCassette } from '../../cassette/file/file.ts'
import { Failure } from '../../core/errors.ts'
import { redactorWithoutPlaces } from './cleaning.ts'
import { playCassette } from './playing.ts'
import { cassetteAt, reading } from './reading.ts'
import type { Surroundings } from './replacing.ts'

/** Everything in a cassette that is worth a word. */
export const lintCassette = async (path: string, surroundings: Surroundings): Promise<LintFinding[]> => {
  const cassette = cassetteAt(path, surroundings.workingDirectory)
  const { protocols } = await reading()
  const played = await replayOf(cassette, surroundings)
  return lintFindings(cassette, {
    text: readFileSync(path, 'utf8'),
    protocols,
    redactor: redactorWithoutPlaces(surroundings, cassette),
    ...(played && { played }),
  })
}

/** Nothing for what holds no agent file to run. */
const replayOf = async ({ path, header }: OpenCassette, surroundings: Surroundings): Promise<LintFacts['played']> => {
  if (header.agent?.content === undefined) return undefined
  try {
    const { misses, unused } = await playCassette(path, surroundings)
    const [miss] = misses
    return { unused, ...(miss && { missed: firstLine(miss.message) }) }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { unused: [], missed: firstLine(error.message) }
  }
}

const firstLine = (text: string): string => text.split('\n')[0] ?? ''
