import { isOfUser, textOf } from '../../core/message.ts'
import type { Film, Frame } from '../../team/tapes/film.ts'
import { allTokens } from '../state/spent.ts'
import { initial, type State } from '../state/state.ts'
import { after } from '../state/store.ts'

/**
 * A film that can be stopped anywhere. Places are counted in frames that have been shown: 0 is before the first, `length`
 * behind the last. Nothing here changes: a place looks the same whenever one comes to it, from either side.
 */
export type Reel = {
  readonly film: Film
  readonly length: number
  /** Milliseconds from the first frame to the last. */
  readonly duration: number
  readonly stateAt: (place: number) => State
  /** The frame that was shown last; none at the beginning. */
  readonly frameAt: (place: number) => Frame | undefined
  /** Milliseconds at which a place is reached. */
  readonly timeOf: (place: number) => number
  /** The last place that is reached at that time. */
  readonly placeAt: (milliseconds: number) => number
  /** Who had something to do in it, in the order in which they came in. */
  readonly agents: readonly string[]
  /** The next place in a direction at which something of that kind has just happened, to one agent where one is named. */
  readonly step: (kind: Step, place: number, direction: Direction, only: string) => number | undefined
  /** The next place at which something that holds the words has just happened. */
  readonly find: (words: string, place: number, direction: Direction, only: string) => number | undefined
  /** Whose model answered last by then, with what, and how many tokens it had read and said. */
  readonly answerAt: (place: number) => Answer | undefined
  /** Where the interaction of that number, or the first after it, has begun. */
  readonly placeOf: (interaction: number) => number
}

/** By one event; to where somebody has said something, another agent is at work, a tool was called, something failed. */
export type Step = 'event' | 'turn' | 'agent' | 'call' | 'failure'
export type Answer = { readonly model: string | undefined; readonly context: number }
export type Direction = 1 | -1

/** So many states are worked out anew, at most, to go back. */
const stride = 64

export const reelOf = (film: Film): Reel => {
  const { frames } = film
  const duration = frames.at(-1)?.at ?? 0
  const stateAt = statesOf(film)
  const seek = (from: number, direction: Direction, isThere: (place: number) => boolean): number | undefined => {
    for (let place = from + direction; place > 0 && place <= frames.length; place += direction) {
      if (isThere(place)) return place
    }
    return undefined
  }
  const isOf = (only: string, place: number): boolean => only === '' || frames[place - 1]?.event.agent === only
  const agents = [...new Set(frames.map(({ event }) => event.agent))]
  return {
    film,
    length: frames.length,
    duration,
    stateAt,
    frameAt: place => frames[place - 1],
    timeOf: place => frames[place - 1]?.at ?? 0,
    placeAt: milliseconds => {
      const after = frames.findIndex(({ at }) => at > milliseconds)
      return after < 0 ? frames.length : after
    },
    agents,
    step: (kind, place, direction, only) =>
      seek(
        place,
        direction,
        at =>
          (isOf(only, at) && steps[kind](frames[at - 1], frames[at - 2])) ||
          (kind === 'failure' && at === frames.length && film.failure !== undefined),
      ),
    find: (words, place, direction, only) => {
      const wanted = words.toLowerCase()
      return seek(
        place,
        direction,
        at =>
          isOf(only, at) &&
          wordsIn(frames[at - 1])
            .toLowerCase()
            .includes(wanted),
      )
    },
    answerAt: place => answerIn(frames, place),
    placeOf: interaction => {
      const exact = frames.findIndex(frame => frame.interaction === interaction)
      const index = exact < 0 ? frames.findIndex(frame => frame.interaction > interaction) : exact
      return index < 0 ? frames.length : index + 1
    },
  }
}

/** What a screen would show at each place. */
const statesOf = (film: Film): ((place: number) => State) => {
  const { frames } = film
  const kept: State[] = [initial]
  let last = { place: 0, state: initial }
  /** From what was shown last where that is near: its words have been drawn already. */
  const before = (place: number, whole: number): typeof last =>
    last.place <= place && last.place >= whole * stride
      ? last
      : { place: whole * stride, state: kept[whole] ?? initial }
  return place => {
    const whole = Math.floor(place / stride)
    for (let next = kept.length; next <= whole; next++) {
      kept.push(run(kept[next - 1] ?? initial, frames.slice((next - 1) * stride, next * stride)))
    }
    const from = before(place, whole)
    last = { place, state: run(from.state, frames.slice(from.place, place)) }
    return place === frames.length ? ended(last.state, film) : last.state
  }
}

const steps: Readonly<Record<Step, (frame: Frame | undefined, before: Frame | undefined) => boolean>> = {
  event: () => true,
  turn: frame => frame?.event.type === 'message' && frame.event.message.role !== 'tool',
  agent: (frame, before) => frame?.event.agent !== before?.event.agent,
  call: frame => frame?.event.type === 'tool-call',
  failure: frame => frame !== undefined && isFailure(frame),
}

const goodEnds: readonly string[] = ['done', 'cancelled']

/** Whether something went otherwise than it should; an answer that was cut short, or refused, is told by a warning. */
export const isFailure = ({ event }: Frame): boolean => {
  if (event.type === 'tool-end') return event.result.error !== undefined
  if (event.type === 'agent-end') return !goodEnds.includes(event.reason)
  return event.type === 'retry' || (event.type === 'notice' && event.level === 'warning')
}

/** Of the agent who is at work at that place; who has not answered yet is going to. */
const answerIn = (frames: readonly Frame[], place: number): Answer | undefined => {
  const agent = frames[place - 1]?.event.agent
  const isAnswer = ({ event }: Frame): boolean => event.type === 'finish' && event.agent === agent
  const last = frames.findLast((frame, index) => index < place && isAnswer(frame))?.event
  const { model } = (last ?? frames.find(isAnswer)?.event ?? {}) as { readonly model?: string }
  if (last?.type !== 'finish') return { model, context: 0 }
  return { model, context: allTokens(last.usage) }
}

/** What a person would look for in an event. Pieces of what is told whole soon after are left out. */
const wordsIn = (frame: Frame | undefined): string => {
  const event = frame?.event
  if (event?.type === 'message') return event.message.role === 'user' ? textOf(event.message.content) : ''
  if (event?.type === 'part') return event.part.type === 'tool-call' ? '' : event.part.text
  if (event?.type === 'tool-call') return `${event.call.name} ${JSON.stringify(event.call)}`
  if (event?.type === 'tool-end') return `${event.call.name} ${textOf(event.result.content)}`
  return event?.type === 'notice' ? event.text : ''
}

const run = (state: State, frames: readonly Frame[]): State => frames.reduce((all, frame) => shown(all, frame), state)

/** An event, and what the screen of a live run does of itself around it: it shows what was typed, and tidies up. */
const shown = (state: State, { event }: Frame): State => {
  const isOfTurn = event.path.length === 0
  if (isOfTurn && event.type === 'message' && isOfUser(event.message)) {
    const text = textOf(event.message.content)
    if (event.steers) return after(after(state, { type: 'steered', text, isQueued: false }), event)
    const begun = after(state, { type: 'turn', text })
    return after({ ...begun, agent: event.agent }, event)
  }
  const next = after(state, event)
  return isOfTurn && event.type === 'agent-end'
    ? after(next, { type: 'turn-over', isCancelled: event.reason === 'cancelled' })
    : next
}

const ended = (state: State, { failure }: Film): State =>
  failure === undefined
    ? state
    : after(after(state, { type: 'turn-over', isCancelled: false }), {
        type: 'note',
        level: 'error',
        text: failure.message,
      })
