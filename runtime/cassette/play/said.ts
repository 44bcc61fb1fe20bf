import type { RecordedResponse } from '../../core/cassette.ts'
import { Failure } from '../../core/errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { AssistantPart, StopReason, Usage } from '../../core/message.ts'
import type { ModelEvent } from '../../core/model.ts'
import type { Protocol, Said } from '../../core/protocol.ts'
import { bytesOf } from '../file/body.ts'

/**
 * What the model said in an answer, folded, for the reader of a cassette: thoughts, words, calls, why it stopped, and
 * tokens. Nothing for an answer that is an error or did not come to its end.
 */
export const saidIn = async (response: RecordedResponse, protocol: Protocol | undefined): Promise<Json | undefined> => {
  const answer = await answerIn(response, protocol)
  return answer && { ...folded(answer.parts), stop: answer.finish.stop, usage: counted(answer.finish.usage) }
}

export type RecordedAnswer = {
  readonly parts: readonly AssistantPart[]
  readonly finish: Extract<ModelEvent, { type: 'finish' }>
}

/** The same in its parts, as the run got them. */
export const answerIn = async (
  response: RecordedResponse,
  protocol: Protocol | undefined,
): Promise<RecordedAnswer | undefined> => {
  if (!protocol || response.status < 200 || response.status >= 300) return undefined
  const bytes = bytesOf(response)
  const reply = { status: response.status, headers: response.headers ?? {}, body: once(bytes) }
  const parts: AssistantPart[] = []
  let finish: Extract<ModelEvent, { type: 'finish' }> | undefined
  try {
    for await (const event of protocol.decode(reply)) {
      if (event.type === 'part') parts.push(event.part)
      if (event.type === 'finish') finish = event
    }
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
  return finish && { parts, finish }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

const folded = (parts: readonly AssistantPart[]): JsonObject => {
  const reasoning = joined(parts, 'reasoning')
  const text = joined(parts, 'text')
  const calls = parts.filter(part => part.type === 'tool-call')
  return {
    ...(reasoning && { reasoning }),
    ...(text && { text }),
    ...(calls.length > 0 && { calls: calls.map(({ name, input, invalid }) => ({ [name]: invalid ?? input })) }),
  }
}

const joined = (parts: readonly AssistantPart[], type: 'reasoning' | 'text'): string =>
  parts.map(part => (part.type === type ? part.text : '')).join('')

/** Counters that are zero say nothing. */
const counted = (usage: Usage): JsonObject =>
  Object.fromEntries(Object.entries(usage).filter(([, tokens]) => tokens !== 0))

const stops: readonly StopReason[] = ['end', 'tool-calls', 'length', 'refusal', 'content-filter']

/** The way back, from what stands in a cassette, perhaps written by a person. What is left out is taken as it usually is. */
export const readSaid = (said: Json): Said => {
  const { reasoning, text, calls, stop, usage } = isJsonObject(said) ? said : { text: `${said}` }
  const asked = Array.isArray(calls) ? calls.filter(isJsonObject).flatMap(call => Object.entries(call)) : []
  return {
    ...(typeof reasoning === 'string' && { reasoning }),
    ...(typeof text === 'string' && { text }),
    ...(asked.length > 0 && { calls: asked }),
    stop: stops.find(known => known === stop) ?? (asked.length > 0 ? 'tool-calls' : 'end'),
    usage: isJsonObject(usage) ? (usage as Partial<Usage>) : {},
  }
}
