import type { Entry, OpenCassette } from '../../cassette/file/file.ts'
import { Failure } from '../../core/errors.ts'
import type { RunEvent } from '../../core/event.ts'
import type { Replayed } from '../crossing.ts'
import { type OpenOptions, open } from '../open.ts'
import { optionsOf, type Script, scriptOf } from './script.ts'

/** What a replay of a whole cassette came to. `failure` is what the run failed with: that of the recording, or a miss. */
export type Played = Replayed & { readonly failure?: Failure }

export type PlayOptions = Pick<OpenOptions, 'env' | 'home' | 'workingDirectory' | 'now'> & {
  /** The agent file to run; that in the cassette where absent. */
  readonly source?: OpenOptions['source']
  /** The interactions that are played; all where absent. */
  readonly plays?: (tape: OpenCassette, entry: Entry) => boolean
}

/**
 * Runs what a cassette recorded against it, in this process, without a word: what was said in it is said again. Throws a
 * Failure for a cassette without an agent file, and for an agent file that is wrong.
 */
export const playCassette = async (path: string, options: PlayOptions): Promise<Played> => {
  const script = await scriptOf(path, options.workingDirectory)
  const conversation = await open({
    source: script.source,
    ...optionsOf(script),
    ...options,
    cassettesFrom: options.workingDirectory,
    fake: path,
    strict: false,
    person: async () => ({ verdict: 'no' }),
    notice: () => undefined,
    fetch: noNetwork,
  })
  const failure = await failureOf(() => said(conversation.say, script))
  const { replay } = await conversation.close(failure)
  if (!replay) throw new Error(`${path} was not replayed`)
  return { ...replay, ...(failure && { failure }) }
}

/** What a replay has instead of the network. */
export const noNetwork = async (): Promise<never> => {
  throw new Error('a replay asked for the network')
}

/** To the end of the script, or to a turn that does not come to its end: there the recorded run ended too. */
const said = async (say: (...asked: SayParameters) => AsyncGenerator<RunEvent>, { said }: Script): Promise<void> => {
  const { signal } = new AbortController()
  for (const { content } of said) {
    let isDone = false
    for await (const event of say(content, signal)) {
      if (event.type === 'agent-end' && event.path.length === 0) isDone = event.reason === 'done'
    }
    if (!isDone) return
  }
}
type SayParameters = Parameters<Awaited<ReturnType<typeof open>>['say']>

/** The Failure that work ended with, if any; whatever else is thrown is a mistake of ours. */
export const failureOf = async (work: () => Promise<void>): Promise<Failure | undefined> => {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}
