import { endings, type Path, type RunEvent } from '../core/event.ts'
import { type Message, noUsage, type ToolCall, type ToolResult, type Usage } from '../core/message.ts'
import { type Editor, emptyEditor } from './editor.ts'
import { type Filling, type FormAct, formReducers } from './form.ts'
import { completeLength, endsInCode } from './markdown.ts'
import { type Asked, questionReducers, type Reply } from './questions.ts'

/** Something that is over, and goes to the scrollback. `depth` is how many delegations deep it happened. */
export type Block = { readonly depth: number; readonly agent: string } & (
  | { readonly type: 'user'; readonly text: string }
  /** A piece of an answer; `isFirst` where it begins one, `isCode` where the piece before ended inside a fence. */
  | { readonly type: 'text'; readonly text: string; readonly isFirst: boolean; readonly isCode: boolean }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'call'; readonly call: ToolCall; readonly result: ToolResult }
  | { readonly type: 'task'; readonly call: ToolCall }
  | { readonly type: 'question'; readonly call: ToolCall; readonly why: string }
  | { readonly type: 'form'; readonly form: Filling['form'] }
  | { readonly type: 'note'; readonly level: Level; readonly text: string }
)
export type Level = 'info' | 'warning' | 'error'

/** What an agent is saying just now: `text` from where it has not gone to the scrollback yet, `told` characters before it. */
export type Speech = {
  readonly path: Path
  readonly agent: string
  readonly reasoning: string
  readonly text: string
  readonly told: number
  readonly isCode: boolean
}

export type Card = {
  readonly path: Path
  readonly agent: string
  readonly call: ToolCall
  readonly state: 'called' | 'asked' | 'running'
}

export type Spent = {
  readonly model: string
  readonly usage: Usage
  readonly cost: number | undefined
  readonly calls: number
}

export type State = {
  readonly blocks: readonly Block[]
  readonly speeches: readonly Speech[]
  readonly cards: readonly Card[]
  readonly questions: readonly Asked[]
  /** What is being typed about the first question; then `reply` has the keys. */
  readonly replying: Reply | undefined
  readonly reply: Editor
  readonly forms: readonly Filling[]
  readonly editor: Editor
  readonly queue: readonly string[]
  readonly isBusy: boolean
  readonly isInterrupting: boolean
  /** Ctrl-C was pressed, and once more leaves. */
  readonly isLeaving: boolean
  readonly isOver: boolean
  readonly agent: string
  readonly model: string | undefined
  readonly isYolo: boolean
  readonly spent: readonly Spent[]
  /** Tokens in the root agent's window after its last answer. */
  readonly context: number
  /** The conversation as the model is sent it. */
  readonly messages: readonly Message[]
}

/** What happens here and not in the run. */
export type Act =
  | { readonly type: 'edit'; readonly editor: Editor }
  | { readonly type: 'edit-reply'; readonly editor: Editor }
  | { readonly type: 'replying'; readonly what?: Reply; readonly text?: string }
  | { readonly type: 'queued'; readonly text: string }
  | { readonly type: 'unqueued' }
  | { readonly type: 'turn'; readonly text: string }
  | { readonly type: 'turn-over'; readonly isCancelled: boolean }
  | { readonly type: 'interrupting' }
  | { readonly type: 'leaving'; readonly is: boolean }
  | { readonly type: 'over' }
  | ({ readonly type: 'asked' } & Asked)
  | { readonly type: 'decided'; readonly id: number }
  | FormAct
  | { readonly type: 'note'; readonly level: Level; readonly text: string }
  | {
      readonly type: 'settings'
      readonly agent?: string
      readonly model?: string | undefined
      readonly isYolo?: boolean
    }
  | { readonly type: 'new' }
  | { readonly type: 'welcome'; readonly text: string }

export const initial: State = {
  blocks: [],
  speeches: [],
  cards: [],
  questions: [],
  replying: undefined,
  reply: emptyEditor,
  forms: [],
  editor: emptyEditor,
  queue: [],
  isBusy: false,
  isInterrupting: false,
  isLeaving: false,
  isOver: false,
  agent: '',
  model: undefined,
  isYolo: false,
  spent: [],
  context: 0,
  messages: [],
}

type Happening = RunEvent | Act
export type Reducers = {
  readonly [T in Happening['type']]?: (state: State, event: Extract<Happening, { type: T }>) => State
}

/** The state after something happened. Pure. */
export const after = (state: State, event: Happening): State => {
  const reduce = (reducers as Readonly<Record<string, (state: State, event: Happening) => State>>)[event.type]
  return reduce ? reduce(state, event) : state
}

/** An agent at [] and its calls at [1] are of depth 0; a sub-agent speaks at the path of the call that began it. */
const depthOf = (path: Path): number => path.length
const atSame = (path: Path) => (other: { readonly path: Path }) => other.path.join('.') === path.join('.')
const plus = (state: State, ...blocks: readonly Block[]): State => ({ ...state, blocks: [...state.blocks, ...blocks] })

const speechAt = (state: State, { path, agent }: Here): Speech =>
  state.speeches.find(atSame(path)) ?? { path, agent, reasoning: '', text: '', told: 0, isCode: false }

const withSpeech = (state: State, speech: Speech): State => {
  const index = state.speeches.findIndex(atSame(speech.path))
  return { ...state, speeches: index < 0 ? [...state.speeches, speech] : state.speeches.with(index, speech) }
}

type Here = { readonly path: Path; readonly agent: string }

/** Complete lines of the root's answer are told at once; a sub-agent's when it has ended, since several speak at a time. */
const heard = (state: State, speech: Speech): State => {
  const length = speech.path.length === 0 ? completeLength(speech.text, speech.isCode) : 0
  return length === 0 ? withSpeech(state, speech) : told(state, speech, length)
}

const told = (state: State, speech: Speech, length: number): State => {
  const text = speech.text.slice(0, length)
  const isCode = endsInCode(text, speech.isCode)
  const rest = { ...speech, text: speech.text.slice(length), told: speech.told + length, isCode }
  const block: Block = {
    type: 'text',
    depth: depthOf(speech.path),
    agent: speech.agent,
    text,
    isFirst: speech.told === 0,
    isCode: speech.isCode,
  }
  return plus(withSpeech(state, rest), block)
}

/** What was said so far goes to the scrollback: it is complete, or nothing more will come. */
const ended = (state: State, path: Path): State => {
  const speech = state.speeches.find(atSame(path))
  if (!speech) return state
  const thought = thoughtOf(state, speech)
  const all = speech.text.trim() === '' ? thought : told(thought, speech, speech.text.length)
  return { ...all, speeches: all.speeches.filter(other => !atSame(path)(other)) }
}

const thoughtOf = (state: State, { path, agent, reasoning }: Speech): State =>
  reasoning.trim() === '' ? state : plus(state, { type: 'reasoning', depth: depthOf(path), agent, text: reasoning })

const reducers: Reducers = {
  ...questionReducers,
  ...formReducers,
  'text-delta': (state, event) => {
    const speech = speechAt(state, event)
    const quiet = thoughtOf(state, speech)
    const text = speech.text === '' && speech.told === 0 ? event.text.trimStart() : speech.text + event.text
    return heard(quiet, { ...speech, reasoning: '', text })
  },
  'reasoning-delta': (state, event) => {
    const speech = speechAt(state, event)
    return withSpeech(state, { ...speech, reasoning: speech.reasoning + event.text })
  },
  part: (state, event) => {
    if (event.part.type === 'tool-call') return state
    const speech = state.speeches.find(atSame(event.path))
    const isHeard =
      speech && (event.part.type === 'text' ? speech.text !== '' || speech.told > 0 : speech.reasoning !== '')
    if (isHeard) return ended(state, event.path)
    const [text, reasoning] = event.part.type === 'text' ? [event.part.text, ''] : ['', event.part.text]
    return ended(withSpeech(state, { ...speechAt(state, event), text, reasoning }), event.path)
  },
  retry: (state, { agent, path, reason }) =>
    plus(state, { type: 'note', depth: depthOf(path), agent, level: 'info', text: `${reason} Trying again.` }),
  notice: (state, { agent, path, level, text }) =>
    plus(state, { type: 'note', depth: depthOf(path), agent, level, text }),
  finish: (state, event) => {
    const next = ended(state, event.path)
    const { usage, cost } = event
    const model = event.model ?? next.model ?? ''
    const before = next.spent.find(one => one.model === model)
    const spent: Spent = {
      model,
      usage: sum(before?.usage ?? noUsage, usage),
      cost:
        before && before.cost === undefined ? undefined : cost === undefined ? undefined : (before?.cost ?? 0) + cost,
      calls: (before?.calls ?? 0) + 1,
    }
    const all = before ? next.spent.map(one => (one === before ? spent : one)) : [...next.spent, spent]
    if (event.path.length > 0) return { ...next, spent: all }
    const context = usage.input + usage.cacheRead + usage.cacheWrite + usage.output
    return { ...next, spent: all, context, agent: event.agent }
  },
  message: (state, { path, message }) =>
    path.length > 0 ? state : { ...state, messages: [...state.messages, message] },
  'tool-call': (state, { path, agent, call }) => ({
    ...ended(state, path.slice(0, -1)),
    cards: [...state.cards, { path, agent, call, state: 'called' }],
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
    const rest = { ...quiet, cards: quiet.cards.filter(card => !atSame(path)(card)) }
    // The words of a sub-agent have been told already.
    if (call.name === 'transfer_task' && !result.error) return rest
    return plus(rest, { type: 'call', depth: path.length - 1, agent, call, result })
  },
  'agent-end': (state, { path, agent, reason }) => {
    const quiet = ended(state, path)
    // An interruption is told when the turn is over, once.
    const text = reason === 'done' || reason === 'cancelled' ? undefined : endings[reason]
    return text === undefined
      ? quiet
      : plus(quiet, { type: 'note', depth: depthOf(path), agent, level: 'warning', text })
  },

  edit: (state, { editor }) => ({ ...state, editor }),
  queued: (state, { text }) => ({ ...state, queue: [...state.queue, text] }),
  unqueued: state => ({ ...state, queue: state.queue.slice(1) }),
  turn: (state, { text }) =>
    plus({ ...state, isBusy: true, isInterrupting: false }, { type: 'user', depth: 0, agent: state.agent, text }),
  'turn-over': (state, { isCancelled }) => {
    const quiet = state.speeches.reduce((all, { path }) => ended(all, path), state)
    const next = {
      ...quiet,
      cards: [],
      questions: [],
      forms: [],
      replying: undefined,
      isBusy: false,
      isInterrupting: false,
    }
    return isCancelled ? noted(next, 'warning', 'Interrupted.') : next
  },
  interrupting: state => ({ ...state, isInterrupting: true }),
  leaving: (state, { is }) => (state.isLeaving === is ? state : { ...state, isLeaving: is }),
  over: state => ({ ...state, isOver: true }),
  note: (state, { level, text }) => noted(state, level, text),
  settings: (state, { type: _, ...settings }) => ({ ...state, ...settings, model: settings.model ?? state.model }),
  welcome: (state, { text }) =>
    plus(state, { type: 'text', depth: 0, agent: state.agent, text, isFirst: true, isCode: false }),
  new: state => ({ ...state, messages: [], context: 0 }),
}

const withCard = (state: State, path: Path, to: Card['state']): State => ({
  ...state,
  cards: state.cards.map(card => (atSame(path)(card) ? { ...card, state: to } : card)),
})

const noted = (state: State, level: Level, text: string): State =>
  plus(state, { type: 'note', depth: 0, agent: state.agent, level, text })

const sum = (a: Usage, b: Usage): Usage => ({
  input: a.input + b.input,
  cacheRead: a.cacheRead + b.cacheRead,
  cacheWrite: a.cacheWrite + b.cacheWrite,
  output: a.output + b.output,
  reasoning: a.reasoning + b.reasoning,
})
