import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { resolveCassette } from '../../cassette/file/file.ts'
import { Failure } from '../../core/errors.ts'
import type { Surroundings } from '../../team/tapes/replacing.ts'
import { homeIn, type Terminal } from '../terminal.ts'

/**
 * The cassettes that are meant, by their paths, each once: names as `--fake` takes them, and folders with all the
 * cassettes in them; where nothing is named, the folder `cassettes`.
 */
export const cassettesNamed = (names: readonly string[], { workingDirectory }: Terminal): string[] => {
  const wanted = names.length > 0 ? names : ['cassettes']
  return [...new Set(wanted.flatMap(name => named(name, workingDirectory)))]
}

const named = (name: string, from: string): string[] => {
  const path = resolve(from, name)
  if (!isFolder(path)) return [resolveCassette(name, from)]
  const found = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.ya?ml$/.test(entry.name) && !entry.parentPath.includes('node_modules'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter(isCassette)
    .sort()
  if (found.length > 0) return found
  throw new Failure('usage', `There is no cassette in the folder ${name}.`, {
    hint: 'Name one, or record one: --record=NAME.',
  })
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** Agent files and others lie in such folders too. */
const isCassette = (path: string): boolean =>
  /^(?:# What crossed the border|interactions:)/m.test(readFileSync(path, 'utf8'))

/** What a replay in this process sees of the world. */
export const surroundingsOf = ({ env, workingDirectory, now }: Terminal): Surroundings => ({
  env,
  workingDirectory,
  now,
  home: homeIn(env),
})
