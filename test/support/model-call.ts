import { liveBorder } from '../../runtime/border/live.ts'
import { Failure } from '../../runtime/core/errors.ts'
import type { Model, ModelEvent } from '../../runtime/core/model.ts'
import { type ModelConfig, resolveEndpoint } from '../../runtime/models/endpoint.ts'
import { modelOf } from '../../runtime/models/model.ts'
import { readFile, user } from './asked.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** A model as an agent file names it, over the real network. */
export const modelAt = (config: ModelConfig, env: Environment): Model =>
  modelOf(resolveEndpoint(config, { env, custom: {} }), liveBorder(fetch))

export type Outcome = { readonly events: readonly ModelEvent[]; readonly error: unknown }

/** One call, to its end or its failure. */
export const asked = async (model: Model, signal = new AbortController().signal): Promise<Outcome> => {
  const events: ModelEvent[] = []
  const caller = { agent: 'root', lane: 'root' }
  const request = { caller, system: [], stable: 0, messages: [user('Hi')], tools: [readFile] }
  try {
    for await (const event of model(request, signal)) events.push(event)
  } catch (error) {
    return { events, error }
  }
  return { events, error: undefined }
}

/** What a person is told. */
export const tellingOf = ({ error }: Outcome) => {
  if (!(error instanceof Failure)) throw error ?? new Error('nothing failed')
  const { code, message, hint, retryAfter } = error
  return { code, message, hint, ...(retryAfter !== undefined && { retryAfter }) }
}
