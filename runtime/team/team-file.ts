import { dirname, join, resolve } from 'node:path'
import type { AgentFile } from '../config/schema.ts'
import { isFileReference } from '../config/unsupported.ts'
import { isUrl } from '../core/address.ts'
import type { OpenOptions } from './open.ts'

/**
 * An agent file of a team. In `file` its agents are called as events call them, and others by the names that they have
 * here; `names` are what the file itself calls its agents, in their order, and `members` those who are from other files.
 */
export type TeamFile = {
  /** The main file's folder leads to it; empty for the main file itself. */
  readonly path: string
  readonly text: string
  readonly file: AgentFile
  readonly names: readonly string[]
  readonly members: ReadonlyMap<string, TeamFile>
}

/** All files of a team, the main one first. */
export type TeamFiles = readonly [TeamFile, ...TeamFile[]]

/** Whether a file names agents of others. */
export const isWithOthers = ({ agents }: AgentFile): boolean =>
  agents.some(({ sub_agents = [], handoffs = [] }) => [...sub_agents, ...handoffs].some(isFileReference))

/** A file that names no others. */
export const onlyFile = (text: string, file: AgentFile): TeamFiles => [
  { path: '', text, file, names: file.agents.map(({ name }) => name), members: new Map() },
]

/** Where a file of a team lies, here or in the net. */
export const placeOf = (
  path: string,
  {
    source,
    cassettesFrom,
    home,
  }: Pick<OpenOptions, 'cassettesFrom' | 'home'> & { readonly source: { readonly path: string } },
): string => {
  if (isUrl(path)) return path
  return path.startsWith('~/') ? join(home, path.slice(2)) : resolve(dirname(resolve(cassettesFrom, source.path)), path)
}

/** Who is meant where a file is. */
export const firstOf = (names: readonly string[]): string => names.find(name => name === 'root') ?? names[0] ?? ''

/** All agents, as events call them. */
export const namesIn = (files: TeamFiles): string[] => files.flatMap(({ file }) => file.agents.map(({ name }) => name))
