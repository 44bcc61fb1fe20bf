import type { Path } from '../../core/event.ts'
import type { ToolCall } from '../../core/message.ts'
import { emptyTail, tailAfter } from '../../core/tail.ts'
import { atSame, plus, type Reducers } from '../state/reduce.ts'
import type { Card, State } from '../state/state.ts'
import { todosIn } from './own-calls.ts'
import { ended } from './said.ts'

const withCard = (state: State, path: Path, change: Partial<Card>): State => ({
  ...state,
  cards: state.cards.map(card => (atSame(path)(card) ? { ...card, ...change } : card)),
})

const inState = (state: State, path: Path, to: Card['state'], call?: ToolCall): State =>
  withCard(state, path, { state: to, since: state.now, ...(call && { call }) })

/** Calls: a card while they go on, a block when they are over. */
export const calling: Reducers = {
  'tool-call': (state, { path, agent, call }) => ({
    ...ended(state, path.slice(0, -1)),
    cards: [...state.cards, { path, agent, call, state: 'called', since: state.now }],
  }),
  'tool-start': (state, { path, agent, call }) => {
    const running = inState(state, path, 'running', call)
    return call.name === 'transfer_task'
      ? plus(running, { type: 'task', depth: path.length - 1, agent, call })
      : running
  },
  'tool-output-delta': (state, { path, text }) => {
    const { output = emptyTail } = state.cards.find(atSame(path)) ?? {}
    return withCard(state, path, { output: tailAfter(output, text) })
  },
  question: (state, { path, call }) => inState(state, path, 'asked', call),
  answer: (state, { path, call, answer: { input } }) =>
    inState(state, path, 'called', { ...call, ...(input && { input }) }),
  'tool-end': (state, { path, agent, call, result }) => {
    const quiet = ended(state, path)
    const card = quiet.cards.find(atSame(path))
    const rest = { ...quiet, cards: quiet.cards.filter(one => one !== card) }
    // The words of a sub-agent have been told already.
    if (call.name === 'transfer_task' && !result.error) return rest
    const todos = todosIn(result)?.all
    const took = card?.state === 'running' ? { took: state.now - card.since } : {}
    // Hooks, or the person, may have made another call of it.
    const made = card?.call ?? call
    const changed = JSON.stringify(made.input) === JSON.stringify(call.input) ? {} : { isChanged: true }
    return plus(
      { ...rest, ...(todos && { todos }) },
      {
        type: 'call',
        depth: path.length - 1,
        agent,
        call: made,
        result,
        ...changed,
        ...took,
        ...(wasShown(card, made) && { wasShown: true }),
      },
    )
  },
}

/** Whether somebody was asked about just this: then all that it would do stands above already. */
const wasShown = (card: Card | undefined, { input }: ToolCall): boolean =>
  card?.shown !== undefined && JSON.stringify(card.shown) === JSON.stringify(input)
