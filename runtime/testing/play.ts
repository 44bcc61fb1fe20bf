import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, resolve } from 'node:path'
import { Failure } from '../core/errors.ts'
import type { RunEvent } from '../core/event.ts'
import type { ContentPart } from '../core/message.ts'
import { inOrder } from '../loop/order.ts'
import { type OpenOptions, open } from '../team/open.ts'
import { failureIn } from './failed.ts'
import { type PlayedRun, played } from './played.ts'

export type { PlayedCall, PlayedRun } from './played.ts'

/** Whether a missing cassette is recorded, each is recorded anew, or none is: then nothing but a cassette is asked. */
export type RecordMode = 'missing' | 'all' | 'none'

export type PlayOptions = {
  /** What is said, a turn each. */
  readonly messages: string | readonly (string | readonly ContentPart[])[]
  /** The name of the cassette, with or without `.yaml`; that of the agent file, in `cassettes/`, where absent. */
  readonly cassette?: string
  /** The variable RECORD where absent; without it `none` where CI is set, else `missing`. */
  readonly record?: RecordMode
  /** Whether a difference from the recording fails the run; true where absent. */
  readonly strict?: boolean
  /** Whether interactions that nobody asked for fail the run; true where absent. */
  readonly allUsed?: boolean
  readonly agent?: string
  readonly models?: readonly string[]
  /** Approves every tool call that no rule denies, when it is recorded. */
  readonly yolo?: boolean
  /** Answers what `user_prompt` and servers ask, when it is recorded; nobody is there where absent. */
  readonly ask?: OpenOptions['ask']
  /** The folder in which the agent works, and from which names are taken; that of the process where absent. */
  readonly workingDirectory?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly fetch?: OpenOptions['fetch']
  readonly signal?: AbortSignal
}

/**
 * Runs an agent file against its cassette and tells what it did. Throws the Failure of a run that failed, of a request
 * that was not recorded, and, unless it is told otherwise, of drift and of interactions that were not used.
 */
export const play = async (agentFile: string, options: PlayOptions): Promise<PlayedRun> => {
  // Whoever reads a failed test looks for its own line.
  const here = new Error('play was called here')
  try {
    return await playing(agentFile, options)
  } catch (error) {
    throw error instanceof Failure ? failureIn(here, error) : error
  }
}

const playing = async (agentFile: string, options: PlayOptions): Promise<PlayedRun> => {
  const { folder, env } = surroundings(options)
  const cassette = options.cassette ?? `cassettes/${basename(agentFile).replace(/\.ya?ml$/, '')}`
  const records = recordsNow(options.record ?? modeIn(env), resolve(folder, `${cassette.replace(/\.yaml$/, '')}.yaml`))
  const notices: string[] = []
  const conversation = await open({
    ...settings(agentFile, options),
    ...(records ? { record: cassette } : { fake: cassette }),
    notice: text => notices.push(text),
  })
  const { events, failure } = await said(conversation, options)
  const closing = await conversation.close(failure)
  const verdict = failure ?? verdictOf(closing.failure, options)
  if (verdict) throw verdict
  return played(events, { cassette, recorded: records, notices: [...notices, ...closing.notices] })
}

/** The process's own, where the test gives no other. */
const surroundings = ({ workingDirectory, env }: PlayOptions) => ({
  folder: resolve(workingDirectory ?? '.'),
  // biome-ignore lint/style/noProcessEnv: a test is a face of its own, and keys for recording come from here
  env: env ?? process.env,
})

const settings = (agentFile: string, options: PlayOptions): Omit<OpenOptions, 'notice'> => {
  const { folder, env } = surroundings(options)
  const { agent, models = [], yolo = false, strict = true, ask } = options
  return {
    source: { path: agentFile, text: readAgentFile(resolve(folder, agentFile), agentFile) },
    env,
    home: env['HOME'] ?? homedir(),
    workingDirectory: folder,
    cassettesFrom: folder,
    models,
    promptFiles: [],
    strict,
    yolo,
    person: async () => ({ verdict: 'no' }),
    fetch: options.fetch ?? globalThis.fetch,
    now: () => new Date(performance.timeOrigin + performance.now()),
    ...(agent !== undefined && { agent }),
    ...(ask && { ask }),
  }
}

const readAgentFile = (path: string, name: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Failure('config', `The agent file ${name} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

const modeIn = (env: Readonly<Record<string, string | undefined>>): RecordMode => {
  const mode = env['RECORD'] || (env['CI'] ? 'none' : 'missing')
  if (mode === 'missing' || mode === 'all' || mode === 'none') return mode
  throw new Failure('usage', `RECORD is ${JSON.stringify(mode)}.`, { hint: 'Set it to missing, all or none.' })
}

const recordsNow = (mode: RecordMode, path: string): boolean =>
  mode === 'all' || (mode === 'missing' && !existsSync(path))

type Said = { readonly events: readonly RunEvent[]; readonly failure?: unknown }

const said = async (
  conversation: Awaited<ReturnType<typeof open>>,
  { messages, signal = new AbortController().signal }: PlayOptions,
): Promise<Said> => {
  const events: RunEvent[] = []
  try {
    for (const message of typeof messages === 'string' ? [messages] : messages) {
      const content: readonly ContentPart[] = typeof message === 'string' ? [{ type: 'text', text: message }] : message
      for await (const event of inOrder(conversation.say(content, signal))) events.push(event)
    }
    return { events }
  } catch (failure) {
    return { events, failure }
  }
}

/** Left-over interactions are told apart from drift by there being no miss and no differing request. */
const verdictOf = (failure: Failure | undefined, { allUsed = true }: PlayOptions): Failure | undefined =>
  failure?.code === 'cassette-unused' && !allUsed ? undefined : failure
