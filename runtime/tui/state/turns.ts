import { Failure } from '../../core/errors.ts'
import type { RunEvent } from '../../core/event.ts'
import { type ContentPart, textOf } from '../../core/message.ts'
import type { Conversation } from '../../team/open.ts'
import type { Driver } from './driver.ts'
import { isReplay } from './tapes.ts'
import type { Watched } from './watched.ts'

type Turns = Pick<Driver, 'say' | 'steer' | 'takeBack' | 'interrupt'> & { readonly end: () => Promise<void> }

type Mishaps = Pick<Driver, 'tell' | 'crash'> & {
  readonly failed: (failure: Failure) => void
  /** A turn is over. */
  readonly over: () => void
}

type Waiting = { readonly content: readonly ContentPart[]; readonly shown: string }

/** One turn after the other, as long as something waits to be said. `crash` gets what is nobody's news but a bug's. */
export const turnsOf = (conversation: () => Conversation, store: Watched, mishaps: Mishaps): Turns => {
  const waiting: Waiting[] = []
  const ear = earOf(waiting, store)
  let running: Promise<void> | undefined
  let controller = new AbortController()

  const turn = async ({ content, shown }: Waiting): Promise<void> => {
    controller = new AbortController()
    const { signal } = controller
    store.tell({ type: 'turn', text: shown })
    let failure: Failure | undefined
    try {
      for await (const event of conversation().say(content, signal, ear.heard)) {
        ear.tell(event)
        store.tell(event)
      }
    } catch (error) {
      if (!(error instanceof Failure) && !signal.aborted) throw error
      if (error instanceof Failure) failure = error
    }
    // What was said before it failed stands above what is told of that.
    store.tell({ type: 'turn-over', isCancelled: signal.aborted })
    mishaps.over()
    if (failure) mishaps.failed(failure)
  }
  const pump = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      store.tell({ type: 'unqueued' })
      await turn(next)
    }
    running = undefined
  }
  return {
    say: (content, shown) => {
      waiting.push({ content, shown })
      store.tell({ type: 'queued', text: shown })
      running ??= pump().catch(mishaps.crash)
    },
    steer: () => {
      if (!running || waiting.length === 0) return
      const why = store.state().isSteering ? undefined : whyNotNow(waiting[0], store)
      if (why === undefined) store.tell({ type: 'steering' })
      else mishaps.tell('info', why)
    },
    takeBack: () => {
      const { content } = waiting.pop() ?? {}
      if (!content) return undefined
      store.tell({ type: 'unqueued', isLast: true })
      return content
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

/** What the agent hears of the queue within a turn, and how that is shown when it has heard it. */
const earOf = (waiting: Waiting[], store: Watched) => {
  const texts = new Map<readonly ContentPart[], string>()
  return {
    heard: (): readonly ContentPart[] | undefined => {
      if (!store.state().isSteering || isCommand(waiting[0])) return undefined
      const { content, shown = '' } = waiting.shift() ?? {}
      if (content) texts.set(content, shown)
      return content
    },
    tell: (event: RunEvent): void => {
      if (event.type !== 'message' || !event.steers || event.message.role !== 'user') return
      const { content } = event.message
      const shown = texts.get(content)
      // What was not said here was said when this was recorded.
      store.tell({ type: 'steered', text: shown ?? textOf(content), isQueued: shown !== undefined })
      texts.delete(content)
    },
  }
}

/** Why what waits cannot be heard within this turn, and what to do instead; nothing where it can. */
const whyNotNow = (next: Waiting | undefined, store: Watched): string | undefined => {
  if (isReplay(store.state().tapes)) {
    return 'A replay hears within a turn what it heard when it was recorded; this is said when the turn is over.\nTo go on for real, start again with --record=NAME beside --fake.'
  }
  return isCommand(next) ? 'A command begins a turn: it is done when this one is over.' : undefined
}

/** Whether something is made of the words before they are said, for which there is no time within a turn. */
const isCommand = (next: Waiting | undefined): boolean =>
  /^\/[\w-]+(?:\s|$)/.test(textOf(next?.content.slice(0, 1) ?? []))
