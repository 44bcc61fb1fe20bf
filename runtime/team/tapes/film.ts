import type { OpenCassette } from '../../cassette/file/file.ts'
import type { Failure } from '../../core/errors.ts'
import type { RunEvent } from '../../core/event.ts'
import { type OpenOptions, open } from '../open.ts'
import { filmClock } from './film-clock.ts'
import { failureOf, noNetwork } from './playing.ts'
import { optionsOf, scriptOf } from './script.ts'
import { tapeOf } from './tape.ts'

/**
 * A moment of a recorded run: when it was, in milliseconds since the run began; the interaction that it came of; and
 * how many interactions had begun by then.
 */
export type Frame = {
  readonly at: number
  readonly event: RunEvent
  readonly interaction: number
  readonly begun: number
}

/** A run as its cassette remembers it, to be looked at in any order. */
export type Film = {
  readonly cassette: OpenCassette
  readonly frames: readonly Frame[]
  /** The interactions, in the order in which they began. */
  readonly begun: readonly number[]
  /** In which turn of the user each of his messages stands, by the index of its frame. */
  readonly turns: readonly number[]
  /** With what the run ended, where it did not come to its end. */
  readonly failure?: Failure
}

/**
 * Plays a cassette to its end, in milliseconds and without a word, and keeps each event with the time at which it
 * happened when it was recorded. Throws a Failure for a cassette without an agent file.
 */
export const filmOf = async (
  name: string,
  around: Pick<OpenOptions, 'env' | 'home' | 'workingDirectory' | 'now'>,
): Promise<Film> => {
  const script = await scriptOf(name, around.workingDirectory)
  const clock = filmClock()
  const frames: Frame[] = []
  const lastOf = new Map<string, number>()
  const begun: number[] = []
  const conversation = await open({
    ...around,
    source: script.source,
    ...optionsOf(script),
    cassettesFrom: around.workingDirectory,
    fake: name,
    strict: false,
    speed: { after: clock.after },
    onPlayed: (interaction, { agent }) => {
      begun.push(interaction)
      lastOf.set(agent, interaction)
    },
    person: async () => ({ verdict: 'no' }),
    notice: () => undefined,
    fetch: noNetwork,
  })
  const turns: number[] = []
  const failure = await failureOf(async () => {
    const { signal } = new AbortController()
    for (const { content } of script.said) {
      turns.push(frames.length)
      for await (const event of conversation.say(content, signal)) {
        const interaction = lastOf.get(event.agent) ?? begun.at(-1) ?? 0
        frames.push({ at: clock.now(), event, interaction, begun: begun.length })
      }
      if (!isDone(frames.at(-1))) return
    }
  })
  await conversation.close(failure)
  return { cassette: await tapeOf(name, around.workingDirectory), frames, begun, turns, ...(failure && { failure }) }
}

/** A turn that did not come to its end was the last one that was recorded. */
const isDone = (frame: Frame | undefined): boolean => frame?.event.type === 'agent-end' && frame.event.reason === 'done'
