import type { OpenCassette } from '../../cassette/file/file.ts'
import type { Failure } from '../../core/errors.ts'
import type { RunEvent } from '../../core/event.ts'
import { isOfUser } from '../../core/message.ts'
import type { OpenOptions } from '../open.ts'
import { filmClock } from './film-clock.ts'
import { failureOf, openScript, sayAgain } from './playing.ts'
import { scriptOf } from './script.ts'
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
  const conversation = await openScript(name, script, {
    ...around,
    speed: { after: clock.after },
    onPlayed: (interaction, { agent }) => {
      begun.push(interaction)
      lastOf.set(agent, interaction)
    },
  })
  const failure = await failureOf(() =>
    sayAgain(conversation, script, event => {
      const interaction = lastOf.get(event.agent) ?? begun.at(-1) ?? 0
      frames.push({ at: clock.now(), event, interaction, begun: begun.length })
    }),
  )
  await conversation.close(failure)
  const turns = frames.flatMap(({ event }, index) => (beginsTurn(event) ? [index] : []))
  return { cassette: await tapeOf(name, around.workingDirectory), frames, begun, turns, ...(failure && { failure }) }
}

/** Whether the user begins a turn with it. */
const beginsTurn = (event: RunEvent): boolean =>
  event.type === 'message' && event.path.length === 0 && isOfUser(event.message) && !event.steers
