import type { Path } from '../../core/event.ts'
import type { ToolCall } from '../../core/message.ts'
import { emptyEditor, insert } from '../input/editor.ts'
import { atSame, type Reducers } from './reduce.ts'
import type { State } from './state.ts'

/** A call that a person is asked about: why, and which rules would answer for such calls. */
export type Asked = {
  readonly id: number
  /** Where the call is made; its agent is known by it. */
  readonly path: Path
  readonly call: ToolCall
  readonly why: string
  readonly rules: readonly string[]
}

/** Whoever pauses for so long has seen the question, in milliseconds. */
const glance = 800

/**
 * Whether keys are about the first question. Whoever is in the middle of a message has not seen it yet, and goes on with
 * that: what he types is no answer.
 */
export const isAnswering = ({ questions, replying, editor, typedAt, now }: State): boolean =>
  questions.length > 0 && (replying !== undefined || editor.text === '' || now - typedAt >= glance)

/** The reason for a no, the rules to be agreed to, or other arguments. */
export type Reply = 'reason' | 'session' | 'project' | 'arguments'

/** What becomes of questions about calls, and of what is being typed about the first of them. */
export const questionReducers: Pick<Reducers, 'asked' | 'decided' | 'edit-reply' | 'replying'> = {
  'edit-reply': (state, { editor }) => ({ ...state, reply: editor }),
  replying: (state, { what, text = '' }) => ({ ...state, replying: what, reply: insert(emptyEditor, text) }),
  asked: (state, { type: _, ...asked }) => {
    const next = { ...state, questions: [...state.questions, asked] }
    return state.questions.length === 0 ? withQuestion(next, asked) : next
  },
  decided: (state, { id }) => {
    const questions = state.questions.filter(one => one.id !== id)
    const [first] = questions
    // Another question that was answered along with it leaves what is being typed.
    if (first && first.id === state.questions[0]?.id) return { ...state, questions }
    const next = { ...state, questions, replying: undefined, reply: emptyEditor }
    return !state.isYolo && first ? withQuestion(next, first) : next
  },
}

/** What will happen is shown whole in the scrollback, where there is room for it, when its question comes up. */
const withQuestion = (state: State, { path, call, why }: Asked): State => ({
  ...state,
  cards: state.cards.map(card => (atSame(path)(card) ? { ...card, shown: call.input } : card)),
  blocks: [
    ...state.blocks,
    { type: 'question', depth: Math.max(0, path.length - 1), agent: askerOf(state, path), call, why },
  ],
})

/** Whose call that is. */
export const askerOf = ({ cards, agent }: Pick<State, 'cards' | 'agent'>, path: Path): string =>
  cards.find(atSame(path))?.agent ?? agent
