import type { Failure } from '../../runtime/core/errors.ts'
import type { JsonObject } from '../../runtime/core/json.ts'
import { type AssistantPart, noUsage, type StopReason, type ToolCall, type Usage } from '../../runtime/core/message.ts'
import type { Model, ModelEvent, ModelRequest } from '../../runtime/core/model.ts'

/**
 * What a model says in one turn: words, calls, or both; or the failure it meets. `when` is part of the last thing it was
 * told, so that a step for one agent is never given to another; steps without it are taken in their order.
 */
export type Step =
  | string
  | {
      readonly when?: string
      readonly reasoning?: string
      readonly text?: string
      readonly calls?: readonly (Partial<ToolCall> & { readonly name: string })[]
      readonly stop?: StopReason
      readonly usage?: Partial<Usage>
      readonly failure?: Failure
    }

/**
 * A model that says what the test wrote down. Asked more often than there are steps, it throws; steps that were never
 * taken throw at dispose. `requests` is what it was asked, as it stood at that moment.
 */
export type ScriptedModel = Disposable & { readonly model: Model; readonly requests: readonly ModelRequest[] }

export const scriptedModel = (steps: readonly Step[]): ScriptedModel => {
  const left = steps.map(step => (typeof step === 'string' ? { text: step } : step))
  const requests: ModelRequest[] = []
  const next = (request: ModelRequest) => {
    const told = JSON.stringify(request.messages.at(-1))
    const index = left.findIndex(({ when }) => when === undefined || told.includes(when))
    const [step] = index === -1 ? [] : left.splice(index, 1)
    if (!step) throw new Error(`the model was asked more than the script has steps for: ${told}`)
    return step
  }
  return {
    requests,
    model: async function* (request, signal) {
      requests.push(structuredClone(request))
      signal.throwIfAborted()
      const step = next(request)
      if (step.failure) throw step.failure
      yield* eventsOf(step, requests.length)
    },
    [Symbol.dispose]: () => {
      if (left.length > 0) throw new Error(`steps that were never taken: ${JSON.stringify(left)}`)
    },
  }
}

function* eventsOf(step: Exclude<Step, string>, turn: number): Generator<ModelEvent> {
  const { reasoning, text, calls = [], usage } = step
  if (reasoning !== undefined) {
    yield { type: 'reasoning-delta', text: reasoning }
    yield { type: 'part', part: { type: 'reasoning', text: reasoning } }
  }
  if (text !== undefined) {
    yield { type: 'text-delta', text }
    yield { type: 'part', part: { type: 'text', text } }
  }
  for (const [index, call] of calls.entries()) yield { type: 'part', part: callPart(call, `call_${turn}_${index + 1}`) }
  const stop = step.stop ?? (calls.length > 0 ? 'tool-calls' : 'end')
  yield { type: 'finish', stop, usage: { ...noUsage, ...usage } }
}

const callPart = (call: Partial<ToolCall> & { readonly name: string }, id: string): AssistantPart => ({
  type: 'tool-call',
  id,
  input: {} satisfies JsonObject,
  ...call,
})
