import type { Path } from '../../core/event.ts'
import type { ToolCall } from '../../core/message.ts'
import { atSame, plus, type Reducers } from '../state/reduce.ts'
import type { Card, State } from '../state/state.ts'
import { todosIn } from './own-calls.ts'
import { ended } from './said.ts'

const withCard = (state: State, path: Path, to: Card['state']): State => ({
  ...state,
  cards: state.cards.map(card => (atSame(path)(card) ? { ...card, state: to, since: state.now } : card)),
})

/** Calls: a card while they go on, a block when they are over. */
export const calling: Reducers = {
  'tool-call': (state, { path, agent, call }) => ({
    ...ended(state, path.slice(0, -1)),
    cards: [...state.cards, { path, agent, call, state: 'called', since: state.now }],
  }),
  'tool-start': (state, { path, agent, call }) => {
    const running = withCard(state, path, 'running')
    return call.name === 'transfer_task'
      ? plus(running, { type: 'task', depth: path.length - 1, agent, call })
      : running
  },
  question: (state, { path }) => withCard(state, path, 'asked'),
  answer: (state, { path }) => withCard(state, path, 'called'),
  'tool-end': (state, { path, agent, call, result }) => {
    const quiet = ended(state, path)
    const card = quiet.cards.find(atSame(path))
    const rest = { ...quiet, cards: quiet.cards.filter(one => one !== card) }
    // The words of a sub-agent have been told already.
    if (call.name === 'transfer_task' && !result.error) return rest
    const todos = todosIn(result)?.all
    const took = card?.state === 'running' ? { took: state.now - card.since } : {}
    return plus(
      { ...rest, ...(todos && { todos }) },
      {
        type: 'call',
        depth: path.length - 1,
        agent,
        call,
        result,
        ...took,
        ...(wasShown(card, call) && { wasShown: true }),
      },
    )
  },
}

/** Whether somebody was asked about just this: then all that it would do stands above already. */
const wasShown = (card: Card | undefined, { input }: ToolCall): boolean =>
  card?.shown !== undefined && JSON.stringify(card.shown) === JSON.stringify(input)
