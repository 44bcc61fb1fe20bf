import { costText, short, tokensOf } from '../state/spent.ts'
import type { State } from '../state/state.ts'
import { isReplay, tapeText } from '../state/tapes.ts'
import { duration } from './duration.ts'
import { cut, type Line, type Span } from './line.ts'

/** One line: who, what it has cost, what is going on. What is left of it on a narrow screen matters most. */
export const statusLine = (state: State, width: number): Line => {
  const pieces = [
    activityOf(state),
    state.isYolo ? 'yolo' : 'ask',
    tapeText(state.tapes),
    state.agent,
    state.model,
    state.context > 0 ? `${short(tokensOf(state))} tokens` : undefined,
    costText(state),
    state.context > 0 ? `context ${share(state)}` : undefined,
  ]
  return cut(
    pieces
      .filter(piece => piece !== undefined && piece !== '')
      .map((piece, index): Span => ({ text: index === 0 ? `${piece}` : ` · ${piece}`, dim: true })),
    width,
  )
}

/** How much of the window the conversation fills, in tokens where nobody knows how large it is. */
const share = ({ context, window }: State): string =>
  window === undefined ? short(context) : `${Math.ceil((100 * context) / window)}%`

const activityOf = (state: State): string | undefined => {
  if (state.isLeaving) return 'Ctrl-C again to leave'
  if (state.isInterrupting) return 'interrupting…'
  if (state.questions.length > 0 || state.forms.length > 0) return 'waiting for you'
  if (!state.isBusy) return undefined
  const took = state.now - state.since
  const since = took < 1000 ? '' : ` ${duration(took)}`
  const steer =
    state.queue.length > 0 && !state.isSteering && !isReplay(state.tapes) ? 'Enter says it at the next step, ' : ''
  return `${state.isCompacting ? 'summing up' : 'working'}${since}, ${steer}Esc interrupts`
}
