import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cleaned, cleanedHeader } from '../../cassette/care/check.ts'
import { type Found, foundInCassette, foundInText } from '../../cassette/care/check-places.ts'
import { rekeyed } from '../../cassette/care/rekey.ts'
import type { OpenCassette } from '../../cassette/file/file.ts'
import { placeFor } from '../../cassette/file/tape-place.ts'
import type { Redactor } from '../../cassette/redact/redact.ts'
import type { Interaction } from '../../core/cassette.ts'
import { Failure } from '../../core/errors.ts'
import { redactionFor } from '../settings/redaction.ts'
import { settingsFor } from '../settings/settings-read.ts'
import { cassetteAt, reading } from './reading.ts'
import { replaceCassette, type Surroundings } from './replacing.ts'

/** Every credential in a file: a cassette of whatever recorder, or any text. */
export const credentialsIn = (path: string, surroundings: Surroundings): Found[] => {
  const text = textAt(path)
  const cassette = cassetteOr(path, surroundings.workingDirectory)
  const redactor = redactorWithoutPlaces(surroundings, cassette)
  return cassette ? foundInCassette(cassette, text, redactor) : foundInText(text, redactor)
}

/**
 * Puts placeholders for the credentials in a cassette, in its place, and gives what was replaced. One of another
 * recorder keeps its layout. Throws a Failure where something would be left, and leaves all as it was.
 */
export const cleanCassette = async (path: string, surroundings: Surroundings): Promise<Found[]> => {
  const cassette = cassetteAt(path, surroundings.workingDirectory)
  const redactor = redactorWithoutPlaces(surroundings, cassette)
  const found = foundInCassette(cassette, textAt(path), redactor)
  if (found.length === 0) return found
  if (cassette.header.reprise === 'foreign') cleanLines(cassette, redactor)
  else await cleanOurs(cassette, redactor, surroundings)
  return found
}

/** What keeps credentials out of a cassette, and leaves places: those are placeholders already. */
export const redactorWithoutPlaces = (
  { env, workingDirectory }: Surroundings,
  cassette: OpenCassette | undefined,
): Redactor => {
  const { redactorFor } = redactionFor({ env, home: '', workingDirectory: '' }, settingsFor(workingDirectory))
  const redaction = cassette?.header.redaction
  return redactorFor(redaction && { redaction })
}

const textAt = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Failure('cassette-file', `${path} cannot be read.`, { cause: error })
  }
}

const cassetteOr = (path: string, from: string): OpenCassette | undefined => {
  try {
    return cassetteAt(path, from)
  } catch (error) {
    if (error instanceof Failure && error.code === 'cassette-file') return undefined
    throw error
  }
}

const cleanOurs = async (cassette: OpenCassette, redactor: Redactor, surroundings: Surroundings): Promise<void> => {
  const { protocols } = await reading()
  const header = cleanedHeader(cassette.header, redactor)
  const interactions = cassette.entries.map(({ id }) => id)
  await replaceCassette(
    cassette,
    { header, interactions: each(interactions, cassette, { redactor, protocols }) },
    surroundings,
  )
}

function* each(
  ids: readonly number[],
  cassette: OpenCassette,
  { redactor, protocols }: { redactor: Redactor; protocols: Parameters<typeof rekeyed>[2]['protocols'] },
) {
  for (const id of ids) {
    const before = cassette.load(id)
    yield rekeyed(cleaned(before, redactor), before, { header: cassette.header, protocols })
  }
}

/** Line by line: what no line shows whole cannot be replaced without changing the layout. */
const cleanLines = (cassette: OpenCassette, redactor: Redactor): void => {
  const { path, entries } = cassette
  const place = placeFor(path)
  const beside = `${place}.new`
  try {
    const text = textAt(path).split('\n').map(redactor.text).join('\n')
    writeFileSync(beside, text, { mode: statSync(path).mode })
    const made = cassetteAt(beside)
    if (!entries.every(({ id }) => isSame(cleaned(cassette.load(id), redactor), made.load(id)))) throw cannot(path)
    renameSync(beside, place)
  } finally {
    rmSync(beside, { force: true })
  }
}

const isSame = (one: Interaction, other: Interaction): boolean =>
  JSON.stringify([one.request, one.response]) === JSON.stringify([other.request, other.response])

const cannot = (path: string): Failure =>
  new Failure('cassette-file', `${path} is as it was: what stands there in pieces cannot be replaced in its layout.`, {
    hint: 'Record it again, or fix it by hand: reprise cassette check tells the lines.',
  })
