import type { Answer, Setting } from '../../core/border.ts'
import { Failure, failures } from '../../core/errors.ts'
import type { ContentPart } from '../../core/message.ts'
import type { Conversation } from '../../team/open.ts'
import type { Stage, Tapes, Wishes } from '../../team/screen.ts'
import { type FormSitter, formsAt } from './form-sitter.ts'
import { sitterAt } from './sitter.ts'
import type { Level, State } from './state.ts'
import { isReplay } from './tapes.ts'
import { turnsOf } from './turns.ts'
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
  readonly takeBack: () => readonly ContentPart[] | undefined
  readonly answer: (answer: Answer) => void
  /** Answers the form of that number. */
  readonly answerForm: FormSitter['answerForm']
  /** Ends the turn; what waits in the queue is said next. */
  readonly interrupt: () => void
  /** Opens the conversation anew with other wishes. Throws a Failure where they cannot be met; nothing has changed then. */
  readonly reopen: (wishes: Partial<Wishes>) => Promise<void>
  /** Who speaks from now on, and how. Throws a Failure where that cannot be; nothing has changed then. */
  readonly set: (setting: Setting) => void
  /** Whether calls are approved that no rule denies. */
  readonly trust: (all: boolean) => void
  readonly tell: (level: Level, text: string) => void
  /** Ends all; a second time at once. */
  readonly leave: (ending?: Failure) => void
  /** Until somebody leaves; what ended it, if anything did. */
  readonly left: Promise<unknown>
  /** Ends all, with what is nobody's news but a bug's. */
  readonly crash: (error: unknown) => void
  /** The cassettes at work, with which a conversation that begins anew cannot go on. */
  readonly tapes: () => Tapes
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
  const tapes = () => tapesWith(stage.tapes, wishes)
  /** Who speaks now, and with which model: what is played back may have set that. */
  const showSpeaker = (name: string) => store.tell({ type: 'settings', ...speakerIn(conversation, name) })
  const show = () => {
    showSpeaker(wishes.agent ?? conversation.speaker)
    store.tell({ type: 'settings', isYolo: wishes.yolo, tapes: tapes() })
  }
  show()
  if (conversation.resumed) store.tell({ type: 'resumed', record: conversation.resumed })
  let failure: Failure | undefined
  tellMissingKey(conversation, tapes(), tell)
  const { say, steer, takeBack, interrupt, end } = turnsOf(() => conversation, store, {
    tell,
    crash: left.reject,
    over: () => showSpeaker(store.state().agent),
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
  const set: Driver['set'] = setting => {
    if (store.state().isBusy) throw busy
    conversation.set(setting)
    wishes = wishedWith(wishes, setting)
    showSpeaker(setting.agent ?? store.state().agent)
  }
  const trust: Driver['trust'] = all => {
    conversation.trust(all)
    wishes = { ...wishes, yolo: all }
    store.tell({ type: 'settings', isYolo: all })
  }
  const leave = leaving(end, ending => left.resolve(ending ?? failure))
  return {
    conversation: () => conversation,
    wishes: () => wishes,
    ...{ say, steer, takeBack, answer, answerForm, interrupt, reopen, set, trust, tell, leave },
    left: left.promise,
    crash: left.reject,
    tapes,
  }
}

/** Ends what is going on before; whoever does not want to wait for that leaves a second time. */
const leaving = (end: () => Promise<void>, left: (ending: Failure | undefined) => void): Driver['leave'] => {
  let isLeaving = false
  return ending => {
    if (isLeaving) process.exit(130)
    isLeaving = true
    void end().then(() => left(ending))
  }
}

/** A failure as a person reads it: what happened, then what to do. */
export const failureText = ({ message, hint }: Failure): string => (hint ? `${message.trimEnd()}\n${hint}` : message)

/** Whoever comes for the first time should know before he has written a long message. */
const tellMissingKey = ({ agents, speaker }: Conversation, tapes: Tapes, tell: Driver['tell']): void => {
  const { missingKey, model } = agents.find(({ name }) => name === speaker) ?? {}
  if (missingKey === undefined || isReplay(tapes)) return
  tell(
    'warning',
    `${model} needs a key, and ${missingKey} is not set.\nSet it and begin again, or take another model with /model. reprise demo shows what this is without a key.`,
  )
}

const tapesWith = ({ records, ...tapes }: Tapes, { record = records ?? false }: Wishes): Tapes =>
  record === false ? tapes : { ...tapes, records: record }

/** The same, for whatever is opened next. */
const wishedWith = (wishes: Wishes, { agent, models, thinking }: Setting): Wishes => ({
  ...wishes,
  ...(agent !== undefined && { agent }),
  ...(models && { models }),
  ...(thinking !== undefined && { thinking: thinking === 'file' ? undefined : (thinking as Wishes['thinking']) }),
})

const busy = new Failure('usage', 'Something is being done just now.', { hint: 'Esc interrupts it.' })

const speakerIn = (conversation: Conversation, agent: string): Pick<State, 'agent' | 'model' | 'window'> => {
  const { model, window } = conversation.agents.find(({ name }) => name === agent) ?? {}
  return { agent, model, window }
}
