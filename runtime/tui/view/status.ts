import { modeName } from '../input/vim-keys.ts'
import { costText, short, tokensOf } from '../state/spent.ts'
import type { State } from '../state/state.ts'
import { isReplay, tapeText } from '../state/tapes.ts'
import { lasting } from './duration.ts'
import { cut, type Line, lineWidth, type Span } from './line.ts'
import type { Color } from './theme.ts'

type Name = 'activity' | 'hint' | 'keys' | 'mode' | 'tape' | 'agent' | 'model' | 'tokens' | 'cost' | 'context'
type Piece = { readonly text: string; readonly color?: Color | undefined }
type Pieces = Readonly<Partial<Record<Name, Piece>>>

/** One line: what is going on, who speaks, what it has cost. What does not fit is left out, what matters least first. */
export const statusLine = (state: State, width: number): Line => {
  let pieces = piecesOf(state)
  for (const spare of sparing) {
    if (lineWidth(joined(pieces)) <= width) break
    pieces = spare(pieces)
  }
  return cut(joined(pieces), width)
}

const order: readonly Name[] = [
  'activity',
  'hint',
  'keys',
  'mode',
  'tape',
  'agent',
  'model',
  'tokens',
  'cost',
  'context',
]

const joined = (pieces: Pieces): Span[] =>
  order
    .flatMap(name => {
      const piece = pieces[name]
      return piece === undefined || piece.text === '' ? [] : [{ name, ...piece }]
    })
    .flatMap(({ name, text, color }, index): Span[] => {
      const between: Span[] = index === 0 ? [] : [{ text: name === 'hint' ? ', ' : ' · ', dim: true }]
      return [...between, color === undefined ? { text, dim: true } : { text, color }]
    })

const without =
  (name: Name) =>
  ({ [name]: _, ...rest }: Pieces): Pieces =>
    rest

/** What is done, one after the other, until the line fits. */
const sparing: readonly ((pieces: Pieces) => Pieces)[] = [
  without('tokens'),
  pieces => ({ ...pieces, ...(pieces.model && { model: { text: pieces.model.text.replace(/^[^/]*\//, '') } }) }),
  without('model'),
  without('cost'),
  without('agent'),
  without('hint'),
  without('context'),
]

/** From this part of the window on, the user should know. */
const nearlyFull = 0.8

const piecesOf = (state: State): Pieces => {
  const { isYolo, agent, model = '', context, window } = state
  const isFull = window !== undefined && context >= nearlyFull * window
  return {
    ...activityOf(state),
    keys: { text: state.vim ? modeName(state.vim) : '' },
    mode: isYolo ? { text: 'yolo', color: 'warning' } : { text: 'ask' },
    tape: { text: tapeText(state.tapes) ?? '' },
    agent: { text: agent },
    model: { text: model },
    cost: { text: costText(state) ?? '' },
    tokens: { text: state.spent.length === 0 ? '' : `${short(tokensOf(state))} tokens` },
    ...(context > 0 && {
      context: { text: `context ${share(state)}`, color: isFull ? 'warning' : undefined },
    }),
  }
}

/** How much of the window the conversation fills, in tokens where nobody knows how large it is. */
const share = ({ context, window }: State): string =>
  window === undefined ? short(context) : `${Math.ceil((100 * context) / window)}%`

const activityOf = (state: State): Pieces => {
  const alert = (text: string): Pieces => ({ activity: { text, color: 'warning' } })
  if (state.isLeaving) return alert('Ctrl-C again to leave')
  if (state.isTurningBack)
    return alert(`Esc again ${state.editor.text === '' ? 'to go back to an earlier message' : 'to clear'}`)
  if (state.isInterrupting) return alert('interrupting…')
  if (state.questions.length > 0 || state.forms.length > 0) return alert('waiting for you')
  if (!state.isBusy) return {}
  const since = lasting(state.now - state.since)
  const canSteer = state.queue.length > 0 && !state.isSteering && !isReplay(state.tapes)
  return {
    activity: { text: pausing(state) ?? `${state.isCompacting ? 'summing up' : 'working'}${since}` },
    hint: { text: `${canSteer ? 'Enter says it at the next step, ' : ''}${interrupting(state)}` },
  }
}

/** Esc leaves what is written with the keys of vim first. */
const interrupting = ({ vim }: State): string => (vim?.mode === 'insert' ? 'Esc Esc interrupts' : 'Esc interrupts')

/** The provider wants to be left alone for a while. */
const pausing = ({ pause, now }: State): string | undefined => {
  if (pause === undefined || pause.until <= now) return undefined
  return `asking again in ${Math.ceil((pause.until - now) / 1000)}s`
}
