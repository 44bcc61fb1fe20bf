import type { Answer } from '../../core/border.ts'
import { Failure, failures } from '../../core/errors.ts'
import { type ContentPart, type Message, textOf } from '../../core/message.ts'
import type { SessionRecord } from '../../core/session.ts'
import type { Conversation } from '../../team/open.ts'
import type { Stage, Wishes } from '../../team/screen.ts'
import { type FormSitter, formsAt } from './form-sitter.ts'
import { sitterAt } from './sitter.ts'
import type { Level, State } from './state.ts'
import type { Watched } from './watched.ts'

/** What a person can do with a conversation, and how it goes on: whatever comes of it is told to the store. */
export type Driver = {
  readonly conversation: () => Conversation
  readonly wishes: () => Wishes
  /** Says it now, or when what is being done is done. */
  readonly say: (content: readonly ContentPart[], shown: string) => void
  /** What waits in the queue is said between two steps of this turn; after it, where there is no other step. */
  readonly steer: () => void
  /** Takes the last of what waits in the queue out of it, to be changed; nothing where none waits. */
  readonly takeBack: () => string | undefined
  readonly answer: (answer: Answer) => void
  /** Answers the form of that number. */
  readonly answerForm: FormSitter['answerForm']
  /** Ends the turn; what waits in the queue is said next. */
  readonly interrupt: () => void
  /** Opens the conversation anew with other wishes. Throws a Failure where they cannot be met; nothing has changed then. */
  readonly reopen: (wishes: Partial<Wishes>) => Promise<void>
  readonly tell: (level: Level, text: string) => void
  /** Ends all; a second time at once. */
  readonly leave: (ending?: Failure) => void
  /** Until somebody leaves; what ended it, if anything did. */
  readonly left: Promise<unknown>
  /** Ends all, with what is nobody's news but a bug's. */
  readonly crash: (error: unknown) => void
  /** Whether a recording or a replay is going on, which a conversation that begins anew cannot go on with. */
  readonly isTaped: () => boolean
}

export const interrupted = new Failure('interrupted', 'The run was interrupted.')

/** `open` is called at once; the Failure that it may throw is thrown. */
export const driverFor = async (stage: Stage, store: Watched): Promise<Driver> => {
  const left = Promise.withResolvers<unknown>()
  const { person, answer } = sitterAt(store)
  const { ask, answerForm } = formsAt(store)
  let wishes = stage.wishes
  const tell: Driver['tell'] = (level, text) => store.tell({ type: 'note', level, text })
  const openWith = (wishes: Wishes) => stage.open(wishes, { person, ask, notice: text => tell('info', text) })
  let conversation = await openWith(wishes)
  const show = () => store.tell({ type: 'settings', ...settingsOf(conversation, wishes), tape: tapeIn(stage, wishes) })
  show()
  if (conversation.resumed) tell('info', resumedText(conversation.resumed))
  let failure: Failure | undefined
  const { say, steer, takeBack, interrupt, end } = turnsOf(() => conversation, store, {
    crash: left.reject,
    failed: error => {
      tell('error', failureText(error))
      // Whoever is there can go on after a failure of the provider; a replay without an answer is not mended by more words.
      if (failures[error.code].exit !== failures['model-request'].exit) failure = error
    },
  })

  const reopen: Driver['reopen'] = async wanted => {
    if (store.state().isBusy) throw busy
    const next = { ...wishes, earlier: store.state().messages, session: conversation.session(), ...wanted }
    const opened = await openWith(next)
    const closing = await conversation.close(undefined)
    for (const text of closing.notices) tell('info', text)
    conversation = opened
    wishes = next
    show()
  }
  let isLeaving = false
  const leave: Driver['leave'] = ending => {
    if (isLeaving) process.exit(130)
    isLeaving = true
    void end().then(() => left.resolve(ending ?? failure))
  }
  return {
    conversation: () => conversation,
    wishes: () => wishes,
    ...{ say, steer, takeBack, answer, answerForm, interrupt, reopen, tell, leave },
    left: left.promise,
    crash: left.reject,
    isTaped: () => stage.tape !== undefined || wishes.record !== undefined,
  }
}

/** A failure as a person reads it: what happened, then what to do. */
export const failureText = ({ message, hint }: Failure): string => (hint ? `${message.trimEnd()}\n${hint}` : message)

const resumedText = ({ title, messages }: SessionRecord): string =>
  `This goes on with «${title}», ${messages.length} messages.`

const busy = new Failure('usage', 'Something is being done just now.', { hint: 'Esc interrupts it.' })

const tapeIn = ({ tape }: Stage, { record }: Wishes): string | undefined =>
  tape ?? (record === undefined ? undefined : `recording ${record}`)

const settingsOf = (
  conversation: Conversation,
  { agent, yolo }: Wishes,
): Pick<State, 'agent' | 'model' | 'window' | 'isYolo'> => {
  const name = agent ?? conversation.speaker
  const { model, window } = conversation.agents.find(one => one.name === name) ?? {}
  return { agent: name, model, window, isYolo: yolo }
}

type Turns = Pick<Driver, 'say' | 'steer' | 'takeBack' | 'interrupt'> & { readonly end: () => Promise<void> }

type Mishaps = { readonly failed: (failure: Failure) => void; readonly crash: (error: unknown) => void }

/** One turn after the other, as long as something waits to be said. `crash` gets what is nobody's news but a bug's. */
const turnsOf = (conversation: () => Conversation, store: Watched, { failed, crash }: Mishaps): Turns => {
  const waiting: (readonly [content: readonly ContentPart[], shown: string])[] = []
  let running: Promise<void> | undefined
  let controller = new AbortController()

  const heard = (): Message[] => {
    if (!store.state().isSteering) return []
    return waiting.splice(0).map(([content, shown]) => {
      store.tell({ type: 'steered', text: shown })
      return { role: 'user', content }
    })
  }
  const turn = async (content: readonly ContentPart[], shown: string): Promise<void> => {
    controller = new AbortController()
    const { signal } = controller
    store.tell({ type: 'turn', text: shown })
    try {
      for await (const event of conversation().say(content, signal, heard)) store.tell(event)
    } catch (error) {
      if (!(error instanceof Failure) && !signal.aborted) throw error
      if (error instanceof Failure) failed(error)
    }
    store.tell({ type: 'turn-over', isCancelled: signal.aborted })
  }
  const pump = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      store.tell({ type: 'unqueued' })
      await turn(...next)
      await store.drawn()
    }
    running = undefined
  }
  return {
    say: (content, shown) => {
      waiting.push([content, shown])
      store.tell({ type: 'queued', text: shown })
      running ??= pump().catch(crash)
    },
    steer: () => {
      if (running && waiting.length > 0) store.tell({ type: 'steering' })
    },
    takeBack: () => {
      const [content] = waiting.pop() ?? []
      if (!content) return undefined
      store.tell({ type: 'unqueued', isLast: true })
      return textOf(content.slice(0, 1))
    },
    interrupt: () => {
      if (!running) return
      store.tell({ type: 'interrupting' })
      controller.abort(new Error('interrupted'))
    },
    end: async () => {
      waiting.splice(0)
      controller.abort(new Error('interrupted'))
      await running
    },
  }
}
