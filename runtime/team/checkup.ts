import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import type { AgentFile } from '../config/schema.ts'
import type { Fetch } from '../core/border.ts'
import { Failure } from '../core/errors.ts'
import { type Endpoint, resolveEndpoint } from '../models/endpoint.ts'
import { providers } from '../models/providers.ts'
import { loadTeamFile } from './check.ts'
import { sessionDatabase, settingsFile } from './folders.ts'
import { endpointsFor } from './models.ts'
import { userSettings } from './settings/user-settings.ts'
import { type McpServer, mcpServersIn } from './tools/mcp-servers.ts'

/** What was found out about one thing: it is as it should be, it is not, or nobody needs it. `advice` says what to do. */
export type Finding = {
  readonly about: string
  readonly what: string
  readonly state: 'good' | 'bad' | 'none'
  readonly advice?: string
}

export type CheckupOptions = {
  readonly source?: { readonly path: string; readonly text: string }
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly workingDirectory: string
  readonly fetch: Fetch
}

/** Looks whether all is there that agents need: in general, and what one agent file needs, as far as can be told. */
export async function* checkup(options: CheckupOptions, signal: AbortSignal): AsyncGenerator<Finding> {
  yield settingsFinding(options)
  yield storageFinding(options)
  yield* programs.map(program => programFinding(program, options))
  const { source } = options
  if (source === undefined) return yield* providerFindings(options, signal)
  const file = await failing(() => loadTeamFile(source, options))
  if (file instanceof Failure) return yield { about: source.path, what: file.message, state: 'bad' }
  yield {
    about: source.path,
    what: `${file.agents.length === 1 ? 'one agent' : `${file.agents.length} agents`}, no mistakes`,
    state: 'good',
  }
  yield* modelFindings(file, options, signal)
  const servers = await mcpServersIn({ ...options, source })
  yield* await Promise.all(servers.map(server => serverFinding(server, signal)))
}

const failing = async <Value>(work: () => Value | Promise<Value>): Promise<Value | Failure> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

const settingsFinding = ({ env, home }: CheckupOptions): Finding => {
  const path = settingsFile(env, home)
  if (!existsSync(path)) return { about: 'settings', what: `none (${path})`, state: 'none' }
  try {
    const aliases = Object.keys(userSettings(path).aliases ?? {})
    return { about: 'settings', what: `${path}, ${aliases.length} aliases`, state: 'good' }
  } catch (error) {
    return { about: 'settings', what: error instanceof Error ? error.message : String(error), state: 'bad' }
  }
}

const storageFinding = ({ env, home }: CheckupOptions): Finding => {
  const path = sessionDatabase(env, home)
  const there = [path, dirname(path), dirname(dirname(path)), home].find(existsSync) ?? '/'
  try {
    accessSync(there, constants.W_OK)
    return { about: 'sessions', what: path, state: 'good' }
  } catch {
    const advice = 'REPRISE_HOME names another folder for them.'
    return { about: 'sessions', what: `${there} cannot be written, so none are stored`, state: 'bad', advice }
  }
}

/** Programs that something of Reprise uses where they are there. */
const programs = [
  { name: 'git', use: 'to leave out what git ignores, and to show cassettes in diffs' },
  { name: 'rg', use: 'to search files fast' },
  { name: 'docker', use: 'for MCP servers of the kind ref: docker:…' },
] as const

const programFinding = ({ name, use }: (typeof programs)[number], { env }: CheckupOptions): Finding => {
  const path = (env['PATH'] ?? '')
    .split(delimiter)
    .map(folder => join(folder, name))
    .find(isProgram)
  return path === undefined
    ? { about: name, what: `not there; it would be used ${use}`, state: 'none' }
    : { about: name, what: path, state: 'good' }
}

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Whose key is set; and of the servers that may run here, which do. */
async function* providerFindings(options: CheckupOptions, signal: AbortSignal): AsyncGenerator<Finding> {
  for (const { name, keyVariables, start } of providers) {
    const variable = keyVariables.find(one => options.env[one])
    if (variable !== undefined) yield { about: name, what: `${variable} is set`, state: 'good' }
    else if (start === undefined) yield { about: name, what: `no ${keyVariables.join(' or ')}`, state: 'none' }
    else {
      const endpoint = resolveEndpoint({ provider: name, model: '' }, { env: options.env, custom: {} })
      const isThere = await answers(endpoint.baseUrl, options.fetch, signal)
      yield isThere
        ? { about: name, what: `answers at ${endpoint.baseUrl}`, state: 'good' }
        : { about: name, what: `nobody answers at ${endpoint.baseUrl}`, state: 'none', advice: start }
    }
  }
}

async function* modelFindings(
  file: AgentFile,
  { env, fetch }: CheckupOptions,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  const all = await failing(() => file.agents.flatMap(agent => endpointsFor(agent, { file, env, overrides: [] })))
  if (all instanceof Failure) return yield { about: 'models', what: all.message, state: 'bad', ...advised(all.hint) }
  const byName = new Map(all.map(endpoint => [`${endpoint.provider}/${endpoint.model}`, endpoint]))
  for (const [about, endpoint] of byName) {
    const problem = keyProblem(endpoint) ?? (await reachProblem(endpoint, fetch, signal))
    yield problem
      ? { about, state: 'bad', ...problem }
      : { about, what: `answers at ${endpoint.baseUrl}`, state: 'good' }
  }
}

const advised = (advice: string | undefined): { advice?: string } => (advice === undefined ? {} : { advice })

type Trouble = Pick<Finding, 'what' | 'advice'>

const keyProblem = ({ key, keyVariables, keyOptional, missingUrl }: Endpoint): Trouble | undefined => {
  if (missingUrl) return { what: `${missingUrl} is not set`, advice: 'It holds the address of the provider.' }
  if (key !== undefined || keyOptional || keyVariables.length === 0) return undefined
  const advice = 'Set it, or play a recording back with --fake.'
  return { what: `no key: ${keyVariables.join(' or ')} is not set`, advice }
}

const reachProblem = async (
  { baseUrl, start }: Endpoint,
  fetch: Fetch,
  signal: AbortSignal,
): Promise<Trouble | undefined> =>
  (await answers(baseUrl, fetch, signal))
    ? undefined
    : { what: `nobody answers at ${baseUrl}`, ...advised(start ?? 'Is there a network, and a proxy to go through?') }

/** Milliseconds after which a server is not there. */
const patience = 3000

/** Whatever is answered, somebody is there. Nothing is asked of a model, and no key is sent. */
const answers = async (url: string, fetch: Fetch, signal: AbortSignal): Promise<boolean> => {
  try {
    const response = await fetch(url, {
      method: 'HEAD',
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    })
    await response.body?.cancel()
    return true
  } catch {
    signal.throwIfAborted()
    return false
  }
}

const serverFinding = async ({ config, toolset }: McpServer, signal: AbortSignal): Promise<Finding> => {
  const about = `mcp ${config.name}`
  await using opened = toolset()
  const { tools, notices = [] } = await opened.offer(signal)
  if (tools.length === 0 && notices.length > 0) return { about, what: notices.join(' '), state: 'bad' }
  return { about, what: `${tools.length} tools`, state: 'good' }
}
