import { Failure, type FailureCode } from '../core/errors.ts'
import type { RunEvent } from '../core/event.ts'
import { type AssistantMessage, type AssistantPart, noUsage, type StopReason, textOf } from '../core/message.ts'
import type { ModelEvent, ModelRequest } from '../core/model.ts'
import type { Here } from './here.ts'

/**
 * One model call: every event passed on, the message returned. Where it was stopped, or broke off, what had been said by
 * then is returned as `interrupted`, with the failure if it was one; nothing where nothing had.
 */
export async function* speak(
  { agent, toolbox, signal, path, budget }: Here,
  request: ModelRequest,
): AsyncGenerator<RunEvent, Spoken> {
  const heard = new Heard()
  try {
    signal.throwIfAborted()
    for await (const event of (toolbox.model ?? agent.model)(request, signal)) {
      yield { path, agent: agent.name, ...event }
      heard.event(event)
      if (event.type !== 'finish') continue
      budget?.spend(event)
      const { parts } = heard
      const text = shortcomings[event.stop] ?? (parts.length === 0 ? nothing : undefined)
      if (text) yield { path, agent: agent.name, type: 'notice', level: 'warning', code: event.stop, text }
      return { message: { role: 'assistant', content: parts, stop: event.stop, usage: event.usage } }
    }
  } catch (error) {
    if (signal.aborted) return heard.unfinished()
    if (!(error instanceof Failure) || !isBreak(error.code)) throw error
    return { ...heard.unfinished(), failure: error }
  }
  const failure = new Failure('stream-broken', `The answer of ${agent.name}'s model broke off before its end.`)
  return { ...heard.unfinished(), failure }
}

export type Spoken = { readonly message?: AssistantMessage; readonly failure?: Failure }

/** What a model has said so far, also of a part that it has not ended. */
class Heard {
  readonly parts: AssistantPart[] = []
  #open = ''

  event(event: ModelEvent): void {
    if (event.type === 'text-delta') this.#open += event.text
    if (event.type === 'retry') this.#open = ''
    if (event.type !== 'part') return
    this.parts.push(event.part)
    if (event.part.type === 'text') this.#open = ''
  }

  /** Words alone: thoughts are not taken back in pieces, and calls were never made. */
  unfinished(): Spoken {
    const text = textOf(this.parts) + this.#open
    if (text.trim() === '') return {}
    const content = [{ type: 'text', text }] as const
    return { message: { role: 'assistant', content, stop: 'interrupted', usage: noUsage } }
  }
}

/** Failures that come in the middle of an answer. */
const isBreak = (code: FailureCode): boolean => code === 'stream-broken' || code === 'model-unavailable'

const nothing = 'The model answered with nothing.'

/** What a person should know about an answer that ended otherwise than by the model's own will. */
const shortcomings: Readonly<Partial<Record<StopReason, string>>> = {
  length: 'The answer was cut off at its limit of tokens (max_tokens).',
  refusal: 'The model refused to answer.',
  'content-filter': "The provider's content filter cut the answer off.",
}
