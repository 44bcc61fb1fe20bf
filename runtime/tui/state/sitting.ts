import { recovered } from '../input/editor.ts'
import { ended } from '../view/said.ts'
import { noted, plus, type Reducers } from './reduce.ts'
import type { State } from './state.ts'

/** What is shown in full when a key asks for it: what was folded last, then what was folded before it. */
const opened = (state: State): State => {
  const last = state.folded.at(-1)
  if (!last) return noted(state, 'info', 'Nothing is folded.')
  const rest = { ...state, folded: state.folded.slice(0, -1) }
  return { ...rest, blocks: [...rest.blocks, { ...last, isOpen: true } as typeof last] }
}

/** What the person does at the keyboard, and how turns begin and end. */
export const sitting: Reducers = {
  edit: (state, { editor }) => ({ ...state, editor }),
  vim: (state, { vim }) => ({ ...state, vim }),
  menu: (state, { menu }) => (state.menu === menu ? state : { ...state, menu }),
  open: opened,
  queued: (state, { text }) => ({ ...state, queue: [...state.queue, text] }),
  unqueued: (state, { isLast }) => ({ ...state, queue: isLast ? state.queue.slice(0, -1) : state.queue.slice(1) }),
  turn: (state, { text }) =>
    plus(
      { ...state, isBusy: true, isInterrupting: false, isSteering: false, since: state.now, turns: state.turns + 1 },
      { type: 'user', depth: 0, agent: state.agent, text },
    ),
  'turn-over': (state, { isCancelled }) => {
    const quiet = state.speeches.reduce((all, { path }) => ended(all, path), state)
    const next = {
      ...quiet,
      cards: [],
      workers: [],
      questions: [],
      forms: [],
      replying: undefined,
      isBusy: false,
      isInterrupting: false,
      isCompacting: false,
      pause: undefined,
    }
    return isCancelled ? noted(next, 'warning', 'Interrupted.') : next
  },
  steering: state => ({ ...state, isSteering: true }),
  steered: (state, { text, isQueued }) =>
    plus(isQueued ? { ...state, queue: state.queue.slice(1), isSteering: state.queue.length > 1 } : state, {
      type: 'user',
      depth: 0,
      agent: state.agent,
      text,
    }),
  interrupting: state => ({ ...state, isInterrupting: true }),
  leaving: (state, { is }) => (state.isLeaving === is ? state : { ...state, isLeaving: is }),
  'turning-back': (state, { is }) => (state.isTurningBack === is ? state : { ...state, isTurningBack: is }),
  typing: state => ({ ...state, typedAt: state.now }),
  script: (state, { texts }) => ({ ...state, script: texts }),
  over: state => ({ ...state, isOver: true, menu: undefined }),
  note: (state, { level, text }) => noted(state, level, text),
  list: (state, list) => plus(state, { depth: 0, agent: state.agent, ...list }),
  settings: (state, { type: _, ...settings }) => ({ ...state, ...settings, model: settings.model ?? state.model }),
  welcome: (state, { text }) => plus(state, { type: 'text', depth: 0, agent: state.agent, text, isFirst: true }),
  attached: (state, { attached }) => ({ ...state, attached }),
  shell: (state, { shell }) => ({ ...state, shell }),
  'taken-back': (state, { messages }) => {
    const said = state.messages[messages.length]
    return { ...state, messages, editor: recovered(state.editor, said?.role === 'user' ? said.content : []) }
  },
  new: state => ({ ...state, messages: [], context: 0, folded: [], attached: [], todos: [] }),
}
