import type { Reply } from '../../core/border.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { StopReason } from '../../core/message.ts'
import type { ModelEvent } from '../../core/model.ts'
import { brokenOff, failureInStream, failureOf } from '../errors.ts'
import { costIn, responsesUsage } from '../openai-usage.ts'
import { numberOf, objectOf, objectsIn, stringOf } from '../read.ts'
import { messagesIn } from '../sse.ts'
import { type Gathered, idOf, partsOf, tell } from './items.ts'

/** An answer as it gathers: its items by their place, and in the end the response that holds reason and usage. */
type Answer = {
  /** As they began: a call has its name from there. */
  readonly begun: Map<number, JsonObject>
  /** As they were in the end. */
  readonly items: Map<number, JsonObject>
  /** Places of which something was told in pieces. */
  readonly told: Set<number>
  response: JsonObject | undefined
}

/**
 * A response, streamed or whole. Parts come at the end, all at once. Throws a Failure for a status other than 2xx, for a
 * response that failed, and for a stream that ends before its response does.
 */
export async function* decode(reply: Reply): AsyncGenerator<ModelEvent> {
  if (reply.status < 200 || reply.status > 299) throw await failureOf(reply)
  const answer: Answer = { begun: new Map(), items: new Map(), told: new Set(), response: undefined }
  for await (const event of messagesIn<JsonObject>(reply.body)) yield* take(event, answer)
  if (!answer.response) throw brokenOff()

  const gathered = partsOf(inOrder(answer.items))
  for (const part of gathered.parts) yield { type: 'part', part }
  yield finishOf(answer.response, gathered)
}

const inOrder = (items: ReadonlyMap<number, JsonObject>): JsonObject[] =>
  [...items].sort(([one], [other]) => one - other).map(([, item]) => item)

const finishOf = (response: JsonObject, gathered: Gathered): ModelEvent => {
  const usage = isJsonObject(response['usage']) ? response['usage'] : undefined
  const model = stringOf(response['model'])
  const cost = costIn(usage)
  return {
    type: 'finish',
    stop: stopOf(response, gathered),
    usage: responsesUsage(usage),
    ...(model !== '' && { model }),
    ...(cost !== undefined && { cost }),
  }
}

const stopOf = (response: JsonObject, { parts, refused }: Gathered): StopReason => {
  const reason = objectOf(response['incomplete_details'])['reason']
  if (reason === 'content_filter') return 'content-filter'
  if (response['status'] === 'incomplete') return 'length'
  if (parts.some(({ type }) => type === 'tool-call')) return 'tool-calls'
  return refused ? 'refusal' : 'end'
}

function* take(event: JsonObject, answer: Answer): Generator<ModelEvent> {
  const type = event['object'] === 'response' ? wholes[`${event['status']}`] : stringOf(event['type'])
  const step = type === undefined ? undefined : steps[type]
  if (step) return yield* step(event, answer)
  // An error that is no event: what a gateway says when it could not reach the server behind it.
  if (event['error'] || event['object'] === 'error') throw failureInStream(event)
}

/** An answer that is no stream stands for the last event of one. */
const wholes: Readonly<Record<string, string>> = {
  completed: 'response.completed',
  incomplete: 'response.incomplete',
  failed: 'response.failed',
  cancelled: 'response.failed',
}

type Step = (event: JsonObject, answer: Answer) => readonly ModelEvent[]

const words: Step = (event, answer) => {
  answer.told.add(placeOf(event))
  return [{ type: 'text-delta', text: stringOf(event['delta']) }]
}

const thoughts: Step = (event, answer) => {
  answer.told.add(placeOf(event))
  return [{ type: 'reasoning-delta', text: stringOf(event['delta']) }]
}

/** Summaries are paragraphs. */
const anotherSummary: Step = event =>
  numberOf(event['summary_index']) > 0 ? [{ type: 'reasoning-delta', text: '\n\n' }] : []

const begun: Step = (event, answer) => {
  answer.begun.set(placeOf(event), objectOf(event['item']))
  return []
}

const input: Step = (event, answer) => {
  const call = answer.begun.get(placeOf(event)) ?? {}
  answer.told.add(placeOf(event))
  return [{ type: 'tool-input-delta', id: idOf(call), name: stringOf(call['name']), text: stringOf(event['delta']) }]
}

const itemDone: Step = (event, answer) => keep(objectOf(event['item']), placeOf(event), answer)

/** What was not told in pieces is told whole: whoever draws reads deltas. */
const keep = (item: JsonObject, place: number, { items, told }: Answer): readonly ModelEvent[] => {
  items.set(place, item)
  return told.has(place) ? [] : tell(item)
}

/** The response lists its items again; they are needed where they did not come one by one. */
const ended: Step = (event, answer) => {
  const response = isJsonObject(event['response']) ? event['response'] : event
  const ids = new Set([...answer.items.values()].map(({ id }) => id))
  answer.response = response
  return [...objectsIn(response['output']).entries()]
    .filter(([place, { id }]) => !answer.items.has(place) && (id === undefined || !ids.has(id)))
    .flatMap(([place, item]) => keep(item, place, answer))
}

const failed: Step = event => {
  const error =
    objectOf(event['response'])['error'] ?? (event['error'] || event['type'] === 'error' ? event : undefined)
  throw failureInStream(error ?? { code: 'server_error', message: 'The response failed, and no reason was given.' })
}

const placeOf = (event: JsonObject): number => numberOf(event['output_index'])

const steps: Readonly<Record<string, Step>> = {
  'response.output_text.delta': words,
  'response.refusal.delta': words,
  'response.reasoning_summary_text.delta': thoughts,
  'response.reasoning_summary_part.added': anotherSummary,
  'response.reasoning_text.delta': thoughts,
  'response.output_item.added': begun,
  'response.function_call_arguments.delta': input,
  'response.output_item.done': itemDone,
  'response.completed': ended,
  'response.incomplete': ended,
  'response.failed': failed,
  error: failed,
}
