import type { Path } from '../../core/event.ts'
import type { ContentPart, Message, ToolCall, ToolResult, Usage } from '../../core/message.ts'
import type { SessionRecord } from '../../core/session.ts'
import type { Tail } from '../../core/tail.ts'
import type { Tapes } from '../../team/screen.ts'
import { type Editor, emptyEditor } from '../input/editor.ts'
import type { Menu } from '../input/menu.ts'
import type { Vim } from '../input/vim/state.ts'
import type { Filling, FormAct } from './form.ts'
import type { Asked, Reply } from './questions.ts'

/** Something that is over, and goes to the scrollback. `depth` is how many delegations deep it happened. */
export type Block = { readonly depth: number; readonly agent: string } & (
  | { readonly type: 'user'; readonly text: string }
  /** A piece of an answer; `isFirst` where it begins one. */
  | ({ readonly type: 'text'; readonly text: string; readonly isFirst: boolean } & Partial<Inside>)
  | { readonly type: 'reasoning'; readonly text: string; readonly isOpen?: boolean }
  /** `took` is in milliseconds; `isOpen` shows all of it. */
  | {
      readonly type: 'call'
      readonly call: ToolCall
      readonly result: ToolResult
      /** Whether it was made with other arguments than the model's; those are in `call`. */
      readonly isChanged?: boolean
      readonly took?: number
      readonly isOpen?: boolean
      /** What it changes was shown when a person was asked about it. */
      readonly wasShown?: true
    }
  | { readonly type: 'task'; readonly call: ToolCall }
  | { readonly type: 'question'; readonly call: ToolCall; readonly why: string }
  | { readonly type: 'form'; readonly form: Filling['form'] }
  | { readonly type: 'note'; readonly level: Level; readonly text: string }
  | ({ readonly type: 'list' } & Listing)
)
/** Names with what they mean, in two columns. */
export type Listing = {
  readonly title: string
  readonly rows: readonly (readonly [name: string, meaning: string])[]
}
export type Level = 'info' | 'warning' | 'error'

/** Where the text before ended inside a fence of code: the line that began it, and the code in it so far. */
export type Inside = { readonly fence: string | undefined; readonly code: string }

/** What an agent is saying just now: `text` from where it has not gone to the scrollback yet, `told` characters before it. */
export type Speech = {
  readonly path: Path
  readonly agent: string
  readonly reasoning: string
  readonly text: string
  readonly told: number
} & Inside

/** `since` is when it began, in milliseconds of the clock; `output` the end of what it has written so far. */
export type Card = {
  readonly path: Path
  readonly agent: string
  readonly call: ToolCall
  readonly state: 'called' | 'asked' | 'running'
  readonly since: number
  /** With which arguments a person was asked about it. */
  readonly shown?: ToolCall['input']
  readonly output?: Tail
}

/** An agent that works in the background, at a path below zero. */
export type Worker = Pick<Card, 'path' | 'agent' | 'since'>

export type Spent = {
  readonly model: string
  readonly usage: Usage
  readonly cost: number | undefined
  readonly calls: number
}

export type Todo = { readonly description: string; readonly status: string }
export type Attached = { readonly name: string; readonly part: ContentPart }
export type Shell = { readonly command: string; readonly output: Tail; readonly since: number }

export type State = {
  readonly blocks: readonly Block[]
  /** How often blocks have been forgotten that had gone to the scrollback: `blocks` are those since. */
  readonly page: number
  readonly speeches: readonly Speech[]
  readonly cards: readonly Card[]
  readonly workers: readonly Worker[]
  /** What was folded in the scrollback and can be opened, the newest last. */
  readonly folded: readonly Block[]
  readonly questions: readonly Asked[]
  /** What is being typed about the first question; then `reply` has the keys. */
  readonly replying: Reply | undefined
  readonly reply: Editor
  readonly forms: readonly Filling[]
  readonly editor: Editor
  readonly menu: Menu | undefined
  /** How far the keys of vim have come, where the input has them. */
  readonly vim: Vim | undefined
  /** What goes along with the next message. */
  readonly attached: readonly Attached[]
  /** A command of the user's own that is being run, with what it has written so far. */
  readonly shell: Shell | undefined
  readonly queue: readonly string[]
  /** What the user said in the recording that is played back, a turn each. */
  readonly script: readonly string[]
  /** How many turns have begun here. */
  readonly turns: number
  readonly isBusy: boolean
  /** When the turn began, and what time it is, in milliseconds of the clock. */
  readonly since: number
  readonly now: number
  /** A provider wants to be left alone until then, in milliseconds of the clock. */
  readonly pause: { readonly until: number; readonly reason: string } | undefined
  readonly isInterrupting: boolean
  /** What was said is being summed up, to make room. */
  readonly isCompacting: boolean
  /** What is in the queue is to be said as soon as the agent listens. */
  readonly isSteering: boolean
  /** Ctrl-C was pressed, and once more leaves. */
  readonly isLeaving: boolean
  /** Esc was pressed, and once more clears the input, or goes back to an earlier message where it is empty. */
  readonly isTurningBack: boolean
  /** When something was typed last, in milliseconds of the clock. */
  readonly typedAt: number
  readonly isOver: boolean
  readonly agent: string
  readonly model: string | undefined
  /** How many tokens that model reads, where that is known. */
  readonly window: number | undefined
  readonly isYolo: boolean
  readonly tapes: Tapes
  /** What is to be done, as the agent keeps it. */
  readonly todos: readonly Todo[]
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
  | { readonly type: 'menu'; readonly menu: Menu | undefined }
  | { readonly type: 'vim'; readonly vim: Vim | undefined }
  | { readonly type: 'replying'; readonly what?: Reply; readonly text?: string }
  | { readonly type: 'queued'; readonly text: string }
  | { readonly type: 'unqueued'; readonly isLast?: true }
  | { readonly type: 'turn'; readonly text: string }
  | { readonly type: 'turn-over'; readonly isCancelled: boolean }
  | { readonly type: 'interrupting' }
  | { readonly type: 'steering' }
  /** The agent hears it now; `isQueued` where it waited here. */
  | { readonly type: 'steered'; readonly text: string; readonly isQueued: boolean }
  | { readonly type: 'leaving'; readonly is: boolean }
  | { readonly type: 'turning-back'; readonly is: boolean }
  | { readonly type: 'typing' }
  | { readonly type: 'script'; readonly texts: readonly string[] }
  | { readonly type: 'over' }
  | ({ readonly type: 'asked' } & Asked)
  | { readonly type: 'decided'; readonly id: number }
  | FormAct
  | { readonly type: 'note'; readonly level: Level; readonly text: string }
  | ({ readonly type: 'list' } & Listing)
  | {
      readonly type: 'settings'
      readonly agent?: string
      readonly model?: string | undefined
      readonly window?: number | undefined
      readonly isYolo?: boolean
      readonly tapes?: Tapes
    }
  | { readonly type: 'new' }
  /** The conversation goes on from one that was stored. */
  | { readonly type: 'resumed'; readonly record: Pick<SessionRecord, 'title' | 'messages'> }
  | { readonly type: 'attached'; readonly attached: readonly Attached[] }
  | { readonly type: 'shell'; readonly shell: Shell | undefined }
  /** The last thing that was said is taken back: these messages are left. */
  | { readonly type: 'taken-back'; readonly messages: readonly Message[] }
  | { readonly type: 'welcome'; readonly text: string }
  /** Shows in full what was folded last, then what was folded before it. */
  | { readonly type: 'open' }

export const initial: State = {
  blocks: [],
  page: 0,
  speeches: [],
  cards: [],
  workers: [],
  folded: [],
  questions: [],
  replying: undefined,
  reply: emptyEditor,
  forms: [],
  editor: emptyEditor,
  menu: undefined,
  vim: undefined,
  attached: [],
  shell: undefined,
  queue: [],
  script: [],
  turns: 0,
  isBusy: false,
  since: 0,
  now: 0,
  pause: undefined,
  isInterrupting: false,
  isCompacting: false,
  isSteering: false,
  isLeaving: false,
  isTurningBack: false,
  typedAt: Number.NEGATIVE_INFINITY,
  isOver: false,
  agent: '',
  model: undefined,
  window: undefined,
  isYolo: false,
  tapes: {},
  todos: [],
  spent: [],
  context: 0,
  messages: [],
}
