import type { Reply } from '../../core/border.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { AssistantPart, ReasoningPart, StopReason, ToolCall } from '../../core/message.ts'
import type { ModelEvent } from '../../core/model.ts'
import { toolCallOf } from '../calls.ts'
import { brokenOff, failureInStream, failureOf } from '../errors.ts'
import { chatUsage, costIn } from '../openai-usage.ts'
import { objectsIn, stringOf } from '../read.ts'
import { messagesIn } from '../sse.ts'
import { type ChatCall, takeCalls } from './calls.ts'
import { errorIn } from './errors.ts'
import { joinDetails, reasoningIn } from './reasoning.ts'

/** An answer as it gathers. Chat Completions has one place each for thoughts, words and calls, so that is what is kept. */
type Answer = {
  reasoning: string
  /** The field in which reasoning came, by which it is sent back. */
  field: string | undefined
  readonly details: JsonObject[]
  text: string
  refused: boolean
  readonly calls: ChatCall[]
  finish: string | undefined
  usage: JsonObject | undefined
  model: string
}

/** What stands for `[DONE]`: some servers end with it and never say why they finished. */
const done: JsonObject = { done: true }

/**
 * A chat completion, streamed or whole. Parts come at the end, all at once. Throws a Failure for a status other than
 * 2xx, for an error inside the stream, and for an answer without an end; nobody needs `[DONE]` after a finish reason.
 */
export async function* decode(reply: Reply): AsyncGenerator<ModelEvent> {
  if (reply.status < 200 || reply.status > 299) throw await failureOf(reply)
  const answer: Answer = {
    reasoning: '',
    field: undefined,
    details: [],
    text: '',
    refused: false,
    calls: [],
    finish: undefined,
    usage: undefined,
    model: '',
  }
  for await (const message of messagesIn<JsonObject>(reply.body, done)) {
    if (message === done) answer.finish ??= isBegun(answer) ? 'stop' : undefined
    else yield* take(message, answer)
  }
  if (answer.finish === undefined) throw brokenOff()
  for (const part of partsOf(answer)) yield { type: 'part', part }
  const cost = costIn(answer.usage)
  yield {
    type: 'finish',
    stop: stopOf(answer),
    usage: chatUsage(answer.usage),
    ...(answer.model !== '' && { model: answer.model }),
    ...(cost !== undefined && { cost }),
  }
}

function* take(message: JsonObject, answer: Answer): Generator<ModelEvent> {
  const error = errorIn(message)
  if (error) throw failureInStream(error)
  answer.model ||= stringOf(message['model'])
  const groq = message['x_groq']
  const usage = message['usage'] ?? (isJsonObject(groq) ? groq['usage'] : undefined)
  if (isJsonObject(usage)) answer.usage = usage

  // More than one choice is never asked for.
  const choice = objectsIn(message['choices']).find(({ index }) => !index)
  if (!choice) return
  const piece = pieceOf(choice, answer)
  yield* takeReasoning(piece, answer)
  yield* takeText(piece, answer)
  yield* takeCalls(piece, answer.calls)
  // Some servers send an empty reason with each piece; a message that is no delta is whole without one.
  answer.finish = stringOf(choice['finish_reason']) || answer.finish
  if (!('delta' in choice)) answer.finish ??= 'stop'
}

/** Perplexity repeats in `message` all that was said so far, beside the delta, also in an answer that is no stream. */
const pieceOf = ({ delta, message }: JsonObject, answer: Answer): JsonObject => {
  const whole = isJsonObject(message) ? message : {}
  if (!isJsonObject(delta)) return whole
  return isBegun(answer) || hasWords(delta) ? delta : { ...delta, ...whole }
}

const isBegun = ({ text, reasoning, calls, details }: Answer): boolean =>
  text !== '' || reasoning !== '' || calls.length > 0 || details.length > 0

const hasWords = ({ content }: JsonObject): boolean => content !== undefined && content !== null && content !== ''

function* takeReasoning(piece: JsonObject, answer: Answer): Generator<ModelEvent> {
  const { text, field, details } = reasoningIn(piece)
  answer.field ??= field
  joinDetails(answer.details, details)
  if (text === '') return
  answer.reasoning += text
  yield { type: 'reasoning-delta', text }
}

/** A refusal is said in words as well, in a field of its own. */
function* takeText({ content, refusal }: JsonObject, answer: Answer): Generator<ModelEvent> {
  const said = stringOf(refusal)
  if (said !== '') answer.refused = true
  const text = wordsIn(content) + said
  if (text === '') return
  answer.text += text
  yield { type: 'text-delta', text }
}

/** Words; Mistral's list of parts; or, from Cloudflare, the JSON of a structured answer as an object. */
const wordsIn = (content: JsonObject[string] | undefined): string => {
  if (Array.isArray(content))
    return objectsIn(content)
      .map(({ text }) => stringOf(text))
      .join('')
  return isJsonObject(content) ? JSON.stringify(content) : stringOf(content)
}

const partsOf = ({ reasoning, field, details, text, calls }: Answer): AssistantPart[] => [
  ...(reasoning !== '' || details.length > 0 ? [reasoningPart(reasoning, field, details)] : []),
  ...(text !== '' ? [{ type: 'text' as const, text }] : []),
  ...calls.map(callPart),
]

const reasoningPart = (text: string, field: string | undefined, details: readonly JsonObject[]): ReasoningPart => {
  const value = { ...(field !== undefined && { field }), ...(details.length > 0 && { reasoning_details: details }) }
  if (Object.keys(value).length === 0) return { type: 'reasoning', text }
  return { type: 'reasoning', text, providerData: { protocol: 'openai-chat', value } }
}

const callPart = (call: ChatCall): ToolCall =>
  call.extra === undefined
    ? toolCallOf(call)
    : { ...toolCallOf(call), providerData: { protocol: 'openai-chat', value: { extra_content: call.extra } } }

/** `stop` beside calls is what OpenAI says of a forced call, and what several others say of each. */
const stopOf = ({ finish, calls, refused }: Answer): StopReason => {
  const stop = stops[finish ?? '']
  if (stop) return stop
  if (calls.length > 0) return 'tool-calls'
  return refused ? 'refusal' : 'end'
}

const stops: Readonly<Record<string, StopReason>> = {
  length: 'length',
  max_tokens: 'length',
  model_length: 'length', // Mistral
  content_filter: 'content-filter',
  sensitive: 'content-filter', // z.ai
}
