import { isJsonObject, type Json, type JsonObject } from '../core/json.ts'
import { ToolFailure } from '../core/tool.ts'
import type { Process } from '../core/workspace.ts'
import type { HookCommand, HookWorld } from './hooks.ts'

/** What one command said; `failure` tells why that cannot be told. */
export type Heard = {
  readonly decision?: 'allow' | 'ask' | 'deny'
  readonly reason?: string
  readonly input?: JsonObject
  readonly context?: string
  /** For a person. */
  readonly message?: string
  readonly failure?: string
}

const defaultTimeout = 60

/** Exit code of a hook that stops what it was asked about; what it wrote to standard error says why. */
const blocks = 2

/** Characters of what a hook says; more is no answer. */
const most = 1_000_000

/** Runs a hook to its end, however that comes, and reads what it says. Never throws. */
export const runHook = async (
  command: HookCommand,
  told: string,
  { workspace, signal }: Pick<HookWorld, 'workspace'> & { readonly signal: AbortSignal },
): Promise<Heard> => {
  const { timeout = defaultTimeout, env, working_dir: cwd } = command
  const failed = (why: string): Heard => ({ failure: `The hook ${nameOf(command)} failed: ${why}` })
  const limit = AbortSignal.timeout(timeout * 1000)
  const all = AbortSignal.any([signal, limit])
  try {
    const options = { input: told, signal: all, ...(env && { env }), ...(cwd !== undefined && { cwd }) }
    await using process = workspace.shell(command.command, options)
    const { stdout, stderr } = await listen(process, all)
    if (limit.aborted) return failed(`it took longer than ${timeout} seconds.`)
    const { code, signal: killedBy } = await process.exit
    if (code === blocks) return { decision: 'deny', reason: clipped(stderr) || stoppedBy(stdout) }
    if (code !== 0)
      return failed([`${code === null ? killedBy : `exit code ${code}`}.`, clipped(stderr)].join(' ').trim())
    return answerIn(stdout.trim(), failed)
  } catch (error) {
    if (error instanceof ToolFailure) return failed(error.message)
    if (all.aborted) return failed('it was cut off.')
    throw error
  }
}

const listen = async (process: Process, signal: AbortSignal): Promise<{ stdout: string; stderr: string }> => {
  // A pipe may cut a character in two, so each has a decoder of its own.
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  const said = { stdout: '', stderr: '' }
  for await (const { to, bytes } of process.output) {
    if (signal.aborted) break
    if (said[to].length <= most) said[to] += decoders[to].decode(bytes, { stream: true })
  }
  return said
}

/** The first line of the command that says something, for people. */
const nameOf = ({ command }: HookCommand): string => {
  const lines = command.split('\n').map(line => line.trim())
  const line = lines.find(line => line !== '' && !line.startsWith('#')) ?? command.trim()
  return `"${line.length > 60 ? `${line.slice(0, 60)}…` : line}"`
}

const clipped = (text: string): string => (text.length > 2000 ? `${text.slice(0, 2000).toWellFormed()}…` : text).trim()

/** Why, of a hook that says so in JSON and ends with 2. */
const stoppedBy = (stdout: string): string => {
  const heard = answerIn(stdout.trim(), () => ({}))
  return heard.reason ?? `A hook ended with ${blocks}.`
}

type Failed = (why: string) => Heard

/** JSON is read, and must be as it should: a word that is misspelt may have been meant to stop. Other text says nothing. */
const answerIn = (stdout: string, failed: Failed): Heard => {
  if (!stdout.startsWith('{')) return {}
  const json = parsed(stdout)
  if (!isJsonObject(json)) return failed('what it wrote begins like JSON, and is none.')
  const inner = json['hook_specific_output'] ?? {}
  const problem = isJsonObject(inner)
    ? (problemIn(json, fields) ?? problemIn(inner, specificFields))
    : 'hook_specific_output is no object'
  return problem !== undefined || !isJsonObject(inner) ? failed(`${problem} in what it wrote.`) : heardIn(json, inner)
}

const parsed = (text: string): Json | undefined => {
  if (text.length > most) return undefined
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

const isText = (value: Json): boolean => typeof value === 'string'
const isFlag = (value: Json): boolean => typeof value === 'boolean'
const oneOf =
  (...words: readonly string[]) =>
  (value: Json): boolean =>
    words.includes(String(value))

type Fields = Readonly<Record<string, (value: Json) => boolean>>

const fields: Fields = {
  continue: isFlag,
  stop_reason: isText,
  suppress_output: isFlag,
  system_message: isText,
  decision: oneOf('', 'block', 'approve'),
  reason: isText,
  hook_specific_output: isJsonObject,
}

const specificFields: Fields = {
  hook_event_name: isText,
  permission_decision: oneOf('', 'allow', 'deny', 'ask'),
  permission_decision_reason: isText,
  updated_input: isJsonObject,
  additional_context: isText,
}

const problemIn = (json: JsonObject, known: Fields): string | undefined => {
  for (const [name, value] of Object.entries(json)) {
    const fits = Object.hasOwn(known, name) ? known[name] : undefined
    if (!fits) return `there is no field ${JSON.stringify(name)}`
    if (value !== null && !fits(value)) return `${name} cannot be ${JSON.stringify(value).slice(0, 60)}`
  }
  return undefined
}

const heardIn = (json: JsonObject, inner: JsonObject): Heard => {
  const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')
  const word = text(inner['permission_decision'])
  const isStopped = json['continue'] === false || json['decision'] === 'block' || word === 'deny'
  const decision = isStopped ? 'deny' : word === 'ask' || word === 'allow' ? word : undefined
  const reason = text(inner['permission_decision_reason']) || text(json['reason']) || text(json['stop_reason'])
  const { updated_input: input } = inner
  const context = text(inner['additional_context'])
  const message = text(json['system_message'])
  return {
    ...(decision && { decision }),
    ...(reason && { reason }),
    ...(isJsonObject(input) && { input }),
    ...(context && { context }),
    ...(message && { message }),
  }
}
