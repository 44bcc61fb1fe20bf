import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, posix, resolve } from 'node:path'
import type { AgentConfig, AgentFile } from '../config/schema.ts'
import { isFileReference } from '../config/unsupported.ts'
import { isUrl } from '../core/address.ts'
import type { CassetteHeader } from '../core/cassette.ts'
import { Failure } from '../core/errors.ts'
import { freeName } from '../core/free-name.ts'
import { loadTeamFile } from './check.ts'
import type { OpenOptions } from './open.ts'
import { recordedFiles } from './tapes/recorded-files.ts'
import { firstOf, placeOf, type TeamFile, type TeamFiles } from './team-file.ts'

export type FilesOptions = Pick<OpenOptions, 'source' | 'cassettesFrom' | 'home' | 'remote'> & {
  readonly env: Readonly<Record<string, string | undefined>>
  /** A recording that is played back: what it holds stands in for files that are not here. */
  readonly recorded?: CassetteHeader
}

type Loaded = {
  readonly path: string
  readonly text: string
  readonly file: AgentFile
  readonly references: Map<string, Loaded>
}

/**
 * A file, and all that its sub-agents and handoffs lead to, each once; the main one first. Throws a Failure for a mistake in
 * any of them, a file that is not there, and tasks that would go round in a circle.
 */
export const filesOf = async (options: FilesOptions): Promise<TeamFiles> => {
  const loaded = new Map<string, Loaded>()
  const main = await load('', options, loaded)
  for (const file of loaded.values()) {
    for (const reference of referencesIn(file.file)) {
      file.references.set(reference, await load(pathFrom(file.path, reference, options), options, loaded))
    }
  }
  checkCircles([...loaded.values()], options)
  const [first = teamFile(main, new Map()), ...others] = named([...loaded.values()])
  return [first, ...others]
}

const othersOf = ({ sub_agents = [], handoffs = [] }: AgentConfig): string[] => [...sub_agents, ...handoffs]

const referencesIn = ({ agents }: AgentFile): string[] => [...new Set(agents.flatMap(othersOf).filter(isFileReference))]

/** Where a reference leads, seen from the folder of the main file, which has the empty path; in the net from its address. */
const pathFrom = (path: string, reference: string, { source }: FilesOptions): string => {
  if (isUrl(reference) || isAbsolute(reference) || reference.startsWith('~/')) return reference
  const base = path || source.path
  return isUrl(base) ? new URL(reference, base).href : posix.join(posix.dirname(path || '.'), reference)
}

const load = async (path: string, options: FilesOptions, loaded: Map<string, Loaded>): Promise<Loaded> => {
  const { source, env, recorded } = options
  const own = path === '' || isMain(path, options)
  const known = loaded.get(own ? '' : path)
  if (known) return known
  const text = own ? source.text : (textAt(path, options) ?? (await options.remote?.(path)) ?? '')
  const named = { path: own ? source.path : shownPath(path, options), text }
  const complaint = (reference: string) => complaintAt(path, pathFrom(path, reference, options), options)
  const file = await loadTeamFile(named, { env, complaint, ...(recorded && { lenient: true }) })
  const one = { path: own ? '' : path, text, file, references: new Map() }
  loaded.set(one.path, one)
  return one
}

const isMain = (path: string, options: FilesOptions): boolean => {
  const { path: main } = options.source
  return isUrl(main) ? path === main : placeOf(path, options) === resolve(options.cassettesFrom, main)
}

/** As the main file was named. */
const shownPath = (path: string, { source }: FilesOptions): string =>
  isUrl(path) || isAbsolute(path) || path.startsWith('~/') ? path : join(dirname(source.path), path)

/** The text that was given, that lies there, or that was recorded. */
const textAt = (path: string, options: FilesOptions): string | undefined => {
  const given = options.source.files?.[path]
  if (given !== undefined) return given
  const place = placeOf(path, options)
  if (!isUrl(path) && existsSync(place)) return readFileSync(place, 'utf8')
  return options.recorded && recordedFiles(options.recorded)[path]
}

/** What is wrong with a reference to a file; nothing where one can be read there. */
const complaintAt = (from: string, path: string, options: FilesOptions): string | undefined => {
  if (isUrl(path) && options.remote) return undefined
  if (isUrl(from || options.source.path) && !isUrl(path))
    return 'An agent file from a URL cannot name files of this machine.'
  try {
    if (textAt(path, options) !== undefined) return undefined
    return isUrl(path) ? `${path} is not asked here.` : `There is no file ${shownPath(path, options)}.`
  } catch {
    return `The file ${shownPath(path, options)} cannot be read.`
  }
}

type Place = { readonly file: Loaded; readonly agent: AgentConfig }

/** Tasks that are passed round in a circle, from file to file, never come back. */
const checkCircles = (files: readonly Loaded[], options: FilesOptions): void => {
  const done = new Set<AgentConfig>()
  const visit = (place: Place, line: readonly Place[]): void => {
    const again = line.findIndex(({ agent }) => agent === place.agent)
    if (again >= 0) throw circle([...line.slice(again), place], options)
    if (done.has(place.agent)) return
    for (const next of membersOf(place)) visit(next, [...line, place])
    done.add(place.agent)
  }
  for (const file of files) for (const agent of file.file.agents) visit({ file, agent }, [])
}

const membersOf = ({ file, agent: { sub_agents = [] } }: Place): Place[] =>
  sub_agents.flatMap(name => {
    const other = file.references.get(name)
    const found = other ? defaultOf(other.file) : file.file.agents.find(agent => agent.name === name)
    return found ? [{ file: other ?? file, agent: found }] : []
  })

const circle = (line: readonly Place[], options: FilesOptions): Failure => {
  const told = line.map(
    ({ file, agent }) => `${file.path === '' ? options.source.path : shownPath(file.path, options)} (${agent.name})`,
  )
  return new Failure('config', `The sub-agents go round in a circle: ${told.join(' → ')}.`, {
    hint: 'To give a conversation back, use handoffs.',
  })
}

const defaultOf = ({ agents }: AgentFile): AgentConfig | undefined =>
  agents.find(({ name }) => name === firstOf(agents.map(({ name }) => name)))

/** All under names that nobody else has: the agent that another file stands for is called like the file. */
const named = (files: readonly Loaded[]): TeamFile[] => {
  const taken = new Set(files.flatMap(({ file }) => file.agents.map(({ name }) => name)))
  const names = new Map(files.map((file): [Loaded, string] => [file, nameFor(file.path, taken)]))
  const made = new Map<Loaded, TeamFile>()
  const make = (file: Loaded): TeamFile => {
    const known = made.get(file)
    if (known) return known
    const members = new Map<string, TeamFile>()
    const one = teamFile(file, members, names)
    made.set(file, one)
    for (const other of file.references.values()) members.set(names.get(other) ?? '', make(other))
    return one
  }
  return files.map(make)
}

const nameFor = (path: string, taken: Set<string>): string => {
  const base = basename(isUrl(path) ? new URL(path).pathname : path || 'main').replace(/\.ya?ml$/, '')
  const name = freeName(
    name => taken.has(name),
    suffix => base + suffix,
  )
  taken.add(name)
  return name
}

const teamFile = (
  { path, text, file, references }: Loaded,
  members: Map<string, TeamFile>,
  names: ReadonlyMap<Loaded, string> = new Map(),
): TeamFile => {
  const alias = [...names].find(([one]) => one.path === path)?.[1] ?? ''
  const nameOf = (reference: string): string => {
    const other = references.get(reference)
    return (other && names.get(other)) ?? reference
  }
  const shown = (agent: AgentConfig): string => {
    if (path === '') return agent.name
    return agent === defaultOf(file) ? alias : `${alias}.${agent.name}`
  }
  const agents = file.agents.map(agent => ({
    ...agent,
    name: shown(agent),
    ...(agent.sub_agents && { sub_agents: agent.sub_agents.map(nameOf) }),
    ...(agent.handoffs && { handoffs: agent.handoffs.map(nameOf) }),
  }))
  return { path, text, file: { ...file, agents }, names: file.agents.map(({ name }) => name), members }
}
