import type { Redactor } from '../cassette/redact/redact.ts'
import type { AgentFile } from '../config/schema.ts'
import type { CassetteHeader } from '../core/cassette.ts'
import type { JsonObject } from '../core/json.ts'
import type { Workspace } from '../core/workspace.ts'
import type { Team } from '../loop/agent.ts'
import { teamOf } from './agents.ts'
import type { Crossing } from './crossing.ts'
import { servers } from './mcp.ts'
import { type ModelWiring, modelFor } from './models.ts'
import type { OpenOptions } from './open.ts'
import { variablesOf } from './secrets.ts'
import { storageOf } from './storage.ts'
import { shared } from './toolsets.ts'

/** What the agents of a file stand on. `opened` is what they start, and ends with the conversation. */
export type Footing = {
  readonly options: OpenOptions
  readonly wiring: Pick<ModelWiring, 'file' | 'env' | 'overrides'>
  readonly crossing: Pick<Crossing, 'border' | 'sleep' | 'now'>
  readonly opened: AsyncDisposableStack
  readonly workspace: Workspace
  readonly secrets: Readonly<Record<string, string>>
  readonly redactorFor: (recorded?: Pick<CassetteHeader, 'home' | 'workingDirectory' | 'redaction'>) => Redactor
  /** Told of credentials that come while the run goes on. */
  readonly learn: (values: Readonly<Record<string, string>>) => void
}

/** The agents of a file, by name, with models, tools and hooks of their own. */
export const membersOf = (file: AgentFile, footing: Footing): Team => {
  const { options, wiring, crossing, opened, workspace, secrets, redactorFor, learn } = footing
  const { border, sleep, now } = crossing
  const { ask, fetch, notice, promptFiles } = options
  const hosts = servers(file, { ...options, models: wiring, redact: redactorFor, learn }, variablesOf(secrets))
  const common = { opened, border, fetch, notice, storage: storageOf(options), ...(ask && { ask }) }
  return teamOf(file, {
    modelFor: (agent, chosen) => modelFor(agent, { ...wiring, border, sleep, now: () => now().getTime() }, chosen),
    shared: shared({ ...common, servers: hosts }),
    hookWorld: { workspace, common: sessionFacts(options) },
    promptFiles,
  })
}

/** A session is known by the time at which its first hook ran. */
const sessionFacts = ({ now, workingDirectory }: OpenOptions): (() => JsonObject) => {
  let id: string | undefined
  return () => {
    id ??= `run-${now().getTime()}`
    return { session_id: id, cwd: workingDirectory }
  }
}
