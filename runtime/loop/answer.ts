import { Failure } from '../core/errors.ts'
import type { RunEvent } from '../core/event.ts'
import type { Message } from '../core/message.ts'
import { isNearlyFull } from './context.ts'
import { callerOf, type Here } from './here.ts'
import { prompts } from './prompt.ts'
import { type Spoken, speak } from './speak.ts'

/** Turns are counted through the whole conversation, so that each has a number of its own. */
export const turnOf = (messages: readonly Message[]): number =>
  messages.reduce((turn, { role }) => (role === 'assistant' ? turn + 1 : turn), 1)

/** Answers of one run: what the model says; after a summary, where the conversation has become too long for it. */
export const answers = (): ((here: Here) => AsyncGenerator<RunEvent, Spoken>) => {
  const promptFor = prompts()
  /** Whether a summary was wanted and could not be made: that is not tried at every turn. */
  let isTired = false
  return async function* (here) {
    if (!isTired) isTired = !(yield* shortened(here))
    for (let attempt = 0; ; attempt++) {
      try {
        return yield* speak(here, await promptFor(here))
      } catch (error) {
        if (!isOverflow(error) || attempt === 2) throw error
        const { compacted } = await import('./compact.ts')
        if (!(yield* compacted(here, { reason: 'overflow', keepsTail: attempt === 0 }))) throw error
      }
    }
  }
}

const isOverflow = (error: unknown): boolean => error instanceof Failure && error.code === 'context-overflow'

/** A summary before the turn, where the conversation nearly fills the context window. False where none could be made. */
async function* shortened(here: Here): AsyncGenerator<RunEvent, boolean> {
  const { agent, border, messages, countTokens } = here
  const { window } = agent
  const live = async () =>
    window !== undefined && (await isNearlyFull(messages, window, countTokens)) ? (true as const) : null
  const ask = { caller: callerOf(here), name: 'near', turn: turnOf(messages) } as const
  if (!(await border.perform('compact', ask, live))) return true
  const { compacted } = await import('./compact.ts')
  return yield* compacted(here, { reason: 'near', keepsTail: true })
}
