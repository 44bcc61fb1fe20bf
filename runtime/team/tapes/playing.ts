import type { Entry, OpenCassette } from '../../cassette/file/file.ts'
import { Failure } from '../../core/errors.ts'
import type { RunEvent } from '../../core/event.ts'
import type { Replayed } from '../crossing.ts'
import { type Conversation, type OpenOptions, open } from '../open.ts'
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
  const conversation = await openScript(path, script, options)
  const failure = await failureOf(() => sayAgain(conversation, script))
  const { replay } = await conversation.close(failure)
  if (!replay) throw new Error(`${path} was not replayed`)
  return { ...replay, ...(failure && { failure }) }
}

/** The run of a cassette, ready to be told what was said in it: nobody is asked, and nothing is said to anybody. */
export const openScript = (
  path: string,
  script: Script,
  options: PlayOptions & Pick<OpenOptions, 'speed' | 'onPlayed'>,
): Promise<Conversation> =>
  open({
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

const noNetwork = async (): Promise<never> => {
  throw new Error('a replay asked for the network')
}

/**
 * Says what was said, to the end of the script, or to a turn that does not come to its end: there the recorded run ended
 * too. `tell` gets each event at the moment at which it happens.
 */
export const sayAgain = async (
  { say }: Pick<Conversation, 'say'>,
  { said }: Script,
  tell: (event: RunEvent) => void = () => undefined,
): Promise<void> => {
  const { signal } = new AbortController()
  for (const { content } of said) {
    let isDone = false
    for await (const event of say(content, signal)) {
      tell(event)
      if (event.type === 'agent-end' && event.path.length === 0) isDone = event.reason === 'done'
    }
    if (!isDone) return
  }
}

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
