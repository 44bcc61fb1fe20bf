import { endings, type Path } from '../../core/event.ts'
import { calling } from '../view/called.ts'
import { duration } from '../view/duration.ts'
import { ended, speaking } from '../view/said.ts'
import { formReducers } from './form.ts'
import { goingOn } from './past.ts'
import { questionReducers } from './questions.ts'
import { atSame, depthOf, type Happening, plus, type Reducers } from './reduce.ts'
import { sitting } from './sitting.ts'
import { spending } from './spending.ts'
import type { State } from './state.ts'

const telling: Reducers = {
  // What was said so far is said anew. Why is told once, however often it is tried.
  retry: (state, { agent, path, reason, waited }) => {
    const quiet = { ...ended(state, path), pause: { until: state.now + waited, reason } }
    if (state.pause?.reason === reason) return quiet
    const text = retryText(reason, waited)
    return plus(quiet, { type: 'note', depth: depthOf(path), agent, level: 'info', text })
  },
  notice: (state, { agent, path, level, text }) =>
    plus(state, { type: 'note', depth: depthOf(path), agent, level, text }),
  compaction: (state, { state: step }) =>
    step === 'started' ? { ...state, isCompacting: true } : { ...state, isCompacting: false },
  message: (state, { path, message }) =>
    path.length > 0 ? state : { ...state, messages: [...state.messages, message] },
  'agent-start': (state, { path, agent }) =>
    isInBackground(path) ? { ...state, workers: [...state.workers, { path, agent, since: state.now }] } : state,
  'agent-end': (state, { path, agent, reason }) => {
    const spoken = ended(state, path)
    const quiet = { ...spoken, workers: spoken.workers.filter(worker => !atSame(path)(worker)) }
    // An interruption is told when the turn is over, once.
    const text = reason === 'done' || reason === 'cancelled' ? undefined : endings[reason]
    return text === undefined
      ? quiet
      : plus(quiet, { type: 'note', depth: depthOf(path), agent, level: 'warning', text })
  },
}

const isInBackground = (path: Path): boolean => path.length === 1 && (path[0] ?? 0) < 0

/** Whoever takes over does so at once; the same model is asked again after a while. */
const retryText = (reason: string, waited: number): string => {
  const said = /[.!?]$/.test(reason) ? reason : `${reason}.`
  if (waited === 0) return said
  return `${said} Asking again${waited < 1000 ? '' : ` in ${duration(Math.ceil(waited / 1000) * 1000)}`}.`
}

const reducers = {
  ...telling,
  ...speaking,
  ...calling,
  ...spending,
  ...questionReducers,
  ...formReducers,
  ...sitting,
  ...goingOn,
} as Readonly<Record<string, (state: State, event: Happening) => State>>

/** The state after something happened. Pure. */
export const after = (state: State, event: Happening): State => reducers[event.type]?.(state, event) ?? state
