import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Failure } from '../../core/errors.ts'
import { partialOf } from './partial.ts'

/**
 * The file that a name means: NAME, NAME.yaml, or either in `cassettes/`; where there is none, the beginning of one that
 * was cut off. Throws a Failure that lists names like it.
 */
export const resolveCassette = (name: string, from: string): string => {
  const places = [name, `${name}.yaml`, join('cassettes', name), join('cassettes', `${name}.yaml`)].map(place =>
    resolve(from, place),
  )
  const found = places.find(isFile) ?? places.map(partialOf).find(isFile)
  if (found !== undefined) return found
  throw new Failure('cassette-file', `There is no cassette ${name}.`, { hint: hintFor(name, from) })
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false

const hintFor = (name: string, from: string): string => {
  const near = namesIn(from)
    .map(known => ({ known, distance: distanceBetween(name.toLowerCase(), known.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance)
    .slice(0, 5)
    .map(({ known }) => known)
  const looked = `Looked for it here (${from}) and in cassettes/.`
  return near.length === 0 ? `${looked} To record it: --record=${name}.` : `${looked} There are: ${near.join(', ')}.`
}

/** Names as they can be given, without what is only beside a cassette. */
const namesIn = (from: string): string[] => [
  ...listed(join(from, 'cassettes')),
  ...listed(from).filter(name => /cassette|recording/.test(name)),
]

const listed = (folder: string): string[] => {
  try {
    return readdirSync(folder)
      .filter(name => /\.ya?ml(\.partial)?$/.test(name))
      .map(name => name.replace(/\.yaml$/, ''))
  } catch {
    return []
  }
}

/** How many letters must be changed, added or removed. */
const distanceBetween = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let at = 1; at <= one.length; at++) {
    const next = [at]
    for (let to = 1; to <= other.length; to++) {
      const changed = (row[to - 1] ?? 0) + (one[at - 1] === other[to - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
