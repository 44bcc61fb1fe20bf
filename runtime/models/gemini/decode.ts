import type { Reply } from '../../core/border.ts'
import { Failure } from '../../core/errors.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { noUsage, type StopReason, type Usage } from '../../core/message.ts'
import type { ModelEvent } from '../../core/model.ts'
import { brokenOff, failureInStream, failureOf } from '../errors.ts'
import { numberOf, objectOf, objectsIn, stringOf } from '../read.ts'
import { messagesIn } from '../sse.ts'
import { flush, type Parts, readPart } from './parts.ts'

type Answer = {
  readonly parts: Parts
  finish: string
  /** Google's words on why it finished. */
  why: string
  usage: JsonObject | undefined
  model: string
}

/**
 * An answer, streamed or whole; its end is the last message that gives a reason, for there is no other mark. Throws a
 * Failure for a status other than 2xx, for an error inside the stream, for a prompt that was blocked, for an answer
 * that Google itself calls malformed, and for one without an end.
 */
export async function* decode(reply: Reply): AsyncGenerator<ModelEvent> {
  if (reply.status < 200 || reply.status > 299) throw await failureOf(reply)
  const answer: Answer = {
    parts: { open: undefined, calls: [], begun: false },
    finish: '',
    why: '',
    usage: undefined,
    model: '',
  }
  for await (const message of messagesIn<JsonObject>(reply.body)) yield* take(message, answer)
  yield* flush(answer.parts)
  yield {
    type: 'finish',
    stop: stopOf(answer),
    usage: usageOf(answer.usage),
    ...(answer.model !== '' && { model: answer.model }),
  }
}

function* take(message: JsonObject, answer: Answer): Generator<ModelEvent> {
  if (message['error']) throw failureInStream(message)
  answer.model = stringOf(message['modelVersion']) || answer.model
  if (message['usageMetadata']) answer.usage = objectOf(message['usageMetadata'])
  // More than one candidate is never asked for.
  const candidate = objectsIn(message['candidates']).find(({ index }) => !index)
  if (!candidate) return refuseBlocked(objectOf(message['promptFeedback']))
  for (const part of objectsIn(objectOf(candidate['content'])['parts'])) yield* readPart(part, answer.parts)
  answer.finish = reasonIn(candidate['finishReason']) || answer.finish
  answer.why = stringOf(candidate['finishMessage']) || answer.why
}

const refuseBlocked = ({ blockReason, blockReasonMessage }: JsonObject): void => {
  const reason = stringOf(blockReason)
  if (reason === '') return
  throw new Failure('content-filter', `Google refused the prompt (${reason}). ${stringOf(blockReasonMessage)}`.trim(), {
    hint: 'Rephrase it, or check what tools have read into the conversation.',
  })
}

/** A call that Google finds unexpected is told to the model like any other that no tool answers. */
const stopOf = ({ finish, why, parts }: Answer): StopReason => {
  if (finish === '') throw brokenOff()
  const stop = stops[finish]
  if (stop) return stop
  if (parts.calls.length > 0) return 'tool-calls'
  if (failed.has(finish) || (finish !== 'STOP' && !parts.begun)) throw noAnswer(finish, why)
  return 'end'
}

/** The model's slip, which is mostly over when it is asked again. */
const failed: ReadonlySet<string> = new Set(['MALFORMED_FUNCTION_CALL', 'MALFORMED_RESPONSE', 'UNEXPECTED_TOOL_CALL'])

const noAnswer = (finish: string, why: string): Failure =>
  new Failure(
    'stream-broken',
    `The model did not bring its answer to an end (${finish})${why === '' ? '.' : `: ${why}`}`,
    {
      hint: 'Try again; if it goes on, use simpler tools or another model.',
    },
  )

/** Some clients ask for numbers in place of words; these are the words by number. */
const reasonIn = (reason: Json | undefined): string =>
  typeof reason === 'number' ? (numbered[reason] ?? 'OTHER') : stringOf(reason)

const numbered: readonly string[] = [
  '',
  'STOP',
  'MAX_TOKENS',
  'SAFETY',
  'RECITATION',
  'OTHER',
  'LANGUAGE',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'MALFORMED_FUNCTION_CALL',
]

/** https://ai.google.dev/api/generate-content#FinishReason */
const stops: Readonly<Record<string, StopReason>> = {
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  LANGUAGE: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
}

/**
 * The prompt's counter includes what came from a cache; what server tools read comes on top; thoughts are beside the
 * answer.
 */
const usageOf = (usage: JsonObject | undefined): Usage => {
  if (!usage) return noUsage
  const prompt = numberOf(usage['promptTokenCount']) + numberOf(usage['toolUsePromptTokenCount'])
  const cached = numberOf(usage['cachedContentTokenCount'])
  const thoughts = numberOf(usage['thoughtsTokenCount'])
  return {
    input: Math.max(0, prompt - cached),
    cacheRead: cached,
    cacheWrite: 0,
    output: numberOf(usage['candidatesTokenCount']) + thoughts,
    reasoning: thoughts,
  }
}
