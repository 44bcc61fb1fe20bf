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
  /** It was read, and not played, since it does not say who ran: nothing can go on from it. */
  readonly isRead?: true
  /** With what the run ended, where it did not come to its end. */
  readonly failure?: Failure
}

type Around = Pick<OpenOptions, 'env' | 'home' | 'workingDirectory' | 'now'>

/**
 * A cassette as a film: played to its end, in milliseconds and without a word, or read where it holds no agent file. Throws
 * a Failure for what is no cassette.
 */
export const filmOf = async (name: string, around: Around): Promise<Film> => {
  const cassette = await tapeOf(name, around.workingDirectory)
  if (cassette.header.agent?.content !== undefined) return await played(name, around)
  const film = await (await import('./film-read.ts')).filmRead(cassette)
  return { ...film, turns: turnsIn(film.frames) }
}

/** Each event with the time at which it happened when it was recorded. */
const played = async (name: string, around: Around): Promise<Film> => {
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
  const cassette = await tapeOf(name, around.workingDirectory)
  return { cassette, frames, begun, turns: turnsIn(frames), ...(failure && { failure }) }
}

/** Where the user begins a turn. */
const turnsIn = (frames: readonly Frame[]): number[] =>
  frames.flatMap(({ event }, index) => (beginsTurn(event) ? [index] : []))

const beginsTurn = (event: RunEvent): boolean =>
  event.type === 'message' && event.path.length === 0 && isOfUser(event.message) && !event.steers
