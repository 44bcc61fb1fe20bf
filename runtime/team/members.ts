import type { Redactor } from '../cassette/redact/redact.ts'
import type { CassetteHeader } from '../core/cassette.ts'
import type { JsonObject } from '../core/json.ts'
import type { Workspace } from '../core/workspace.ts'
import type { Agent, Team } from '../loop/agent.ts'
import type { World } from '../loop/run.ts'
import type { PermissionRules } from '../policy/permissions.ts'
import { type AgentWiring, teamOf } from './agents.ts'
import { askingWithHooks } from './asking.ts'
import type { Crossing } from './crossing.ts'
import { gates, modelFor, windowFor } from './models.ts'
import type { OpenOptions } from './open.ts'
import { variablesOf } from './settings/secrets.ts'
import { firstOf, namesIn, placeOf, type TeamFile, type TeamFiles } from './team-file.ts'
import { servers } from './tools/mcp.ts'
import { storageOf } from './tools/storage.ts'
import { shared } from './tools/toolsets.ts'
import { type Tuning, tunable, wiringOf } from './tuning.ts'

/** What the agents of a file stand on. `opened` is what they start, and ends with the conversation. */
export type Footing = {
  readonly options: OpenOptions
  readonly tuning: Tuning
  readonly env: Readonly<Record<string, string | undefined>>
  /** What the agents of another file may do, by its rules. */
  readonly permissionIn: (rules: PermissionRules) => World['permission']
  readonly crossing: Pick<Crossing, 'border' | 'sleep' | 'now' | 'isOfOthers'>
  readonly opened: AsyncDisposableStack
  readonly workspace: Workspace
  readonly secrets: () => Readonly<Record<string, string>>
  readonly redactorFor: (recorded?: Pick<CassetteHeader, 'home' | 'workingDirectory' | 'redaction'>) => Redactor
  /** Keeps credentials out of what is said to a person. */
  readonly clean: (text: string) => string
  /** Told of credentials that come while the run goes on. */
  readonly learn: (values: Readonly<Record<string, string>>) => void
}

/** The agents of all files, with models, tools and hooks of their own. Gives those of the main file, by name. */
export const membersOf = (files: TeamFiles, footing: Footing): Team => {
  const [main] = files
  const facts = sessionFacts(footing.options)
  const names = namesIn(files)
  const { sleep, now } = footing.crossing
  const gateFor = gates({ sleep, now: () => now().getTime() })
  const teams = new Map(files.map(file => [file, new Map<string, Agent>()]))
  for (const [one, team] of teams) {
    const own = one === main ? undefined : { team, permission: footing.permissionIn(one.file.permissions ?? {}) }
    const agents = ownMembers(one, { ...footing, facts, names, gateFor, ...(own && { own }) })
    for (const [index, agent] of agents.entries()) team.set(one.names[index] ?? agent.name, agent)
  }
  for (const [{ members }, team] of teams)
    for (const [name, other] of members) {
      const agent = teams.get(other)?.get(firstOf(other.names))
      if (agent) team.set(name, agent)
    }
  return teams.get(main) ?? new Map()
}

type OwnFooting = Footing &
  Pick<AgentWiring, 'own'> & {
    readonly facts: () => JsonObject
    readonly names: readonly string[]
    readonly gateFor: ReturnType<typeof gates>
  }

const ownMembers = ({ file, path }: TeamFile, footing: OwnFooting): Agent[] => {
  const {
    options,
    tuning,
    env,
    names,
    crossing,
    opened,
    workspace,
    secrets,
    redactorFor,
    learn,
    clean,
    facts,
    gateFor,
    own,
  } = footing
  const { border, sleep, now } = crossing
  const { ask, fetch, notice, promptFiles } = options
  const wiring = wiringOf({ file, env, names, gateFor }, tuning)
  const there = path === '' ? options : { ...options, source: { path: placeOf(path, options) } }
  const hookWorld = { workspace, common: facts }
  const askFor = ask && askingWithHooks(file, hookWorld, { ask, notice })
  const around = { ...there, models: wiring, redact: redactorFor, learn, clean, ...(askFor && { askFor }) }
  const hosts = servers(file, around, () => variablesOf(secrets()))
  const common = {
    opened,
    border,
    fetch,
    notice: (text: string) => notice(clean(text)),
    storage: storageOf(there),
    isOfOthers: crossing.isOfOthers ?? false,
    ...(askFor && { askFor }),
  }
  const team = teamOf(file, {
    modelFor: (agent, chosen) =>
      tunable(tuning, () => modelFor(agent, { ...wiring, border, sleep, now: () => now().getTime() }, chosen)),
    windowFor: agent => windowFor(agent, wiring),
    shared: shared({ ...common, servers: hosts }),
    hookWorld,
    promptFiles,
    ...(own && { own }),
  })
  return [...team.values()]
}

/** A session is known by the time at which its first hook ran. */
const sessionFacts = ({ now, workingDirectory }: OpenOptions): (() => JsonObject) => {
  let id: string | undefined
  return () => {
    id ??= `run-${now().getTime()}`
    return { session_id: id, cwd: workingDirectory }
  }
}
