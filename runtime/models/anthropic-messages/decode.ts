import type { Reply } from '../../core/border.ts'
import type { JsonObject } from '../../core/json.ts'
import type { AssistantPart, StopReason, Usage } from '../../core/message.ts'
import type { ModelEvent } from '../../core/model.ts'
import { brokenOff, failureInStream, failureOf } from '../errors.ts'
import { numberOf, objectOf, objectsIn, stringOf } from '../read.ts'
import { messagesIn } from '../sse.ts'
import { type Block, beginBlock, type Delta, extendBlock, partOf } from './blocks.ts'

/** An answer as it gathers: blocks that are not closed yet, by their index. */
type Answer = {
  readonly open: Map<number, Block>
  /** A call without arguments: whether they are missing or none were meant is known when the answer ends. */
  bare: AssistantPart | undefined
  called: boolean
  usage: JsonObject
  model: string
  stop: string | undefined
  ended: boolean
}

/**
 * A message, streamed or whole. Throws a Failure for a status other than 2xx, for an error inside the stream, and for
 * an answer without an end; a stop reason is end enough.
 */
export async function* decode(reply: Reply): AsyncGenerator<ModelEvent> {
  if (reply.status < 200 || reply.status > 299) throw await failureOf(reply)
  const answer: Answer = {
    open: new Map(),
    bare: undefined,
    called: false,
    usage: {},
    model: '',
    stop: undefined,
    ended: false,
  }
  for await (const message of messagesIn<JsonObject>(reply.body)) {
    for (const event of eventsOf(message)) yield* take(event, answer)
  }
  if (!answer.ended && answer.stop === undefined) throw brokenOff()
  for (const index of [...answer.open.keys()]) yield* close(index, answer)
  yield* release(answer, answer.stop === 'max_tokens')
  yield {
    type: 'finish',
    stop: stopOf(answer),
    usage: usageOf(answer.usage),
    ...(answer.model !== '' && { model: answer.model }),
  }
}

/** A message that came whole is told as if it had been streamed. */
const eventsOf = (message: JsonObject): readonly JsonObject[] => {
  if (message['type'] !== 'message') return [message]
  const { content, stop_reason } = message
  return [
    { type: 'message_start', message },
    ...objectsIn(content).flatMap((block, index) => [
      { type: 'content_block_start', index, content_block: block },
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason: stop_reason ?? null } },
    { type: 'message_stop' },
  ]
}

function* take(event: JsonObject, answer: Answer): Generator<ModelEvent> {
  const index = numberOf(event['index'])
  switch (event['type']) {
    case 'message_start':
      return begin(objectOf(event['message']), answer)
    case 'content_block_start':
      yield* release(answer)
      return yield* open(index, objectOf(event['content_block']), answer)
    case 'content_block_delta':
      return yield* extend(answer.open.get(index), objectOf(event['delta']))
    case 'content_block_stop':
      return yield* close(index, answer)
    case 'message_delta':
      answer.stop = stringOf(objectOf(event['delta'])['stop_reason']) || answer.stop
      return count(objectOf(event['usage']), answer)
    case 'message_stop':
      answer.ended = true
      return
    case 'error':
      throw failureInStream(event)
    default:
      // Servers that speak this API may put an error of their own kind into the stream; new events mean nothing to us.
      if (event['error']) throw failureInStream(event)
  }
}

const begin = ({ model, usage }: JsonObject, answer: Answer): void => {
  answer.model = stringOf(model)
  count(objectOf(usage), answer)
}

/** Counters come twice; the later one counts, unless it is null. */
const count = (usage: JsonObject, answer: Answer): void => {
  const told = Object.entries(usage).filter(([, tokens]) => tokens !== null)
  answer.usage = { ...answer.usage, ...Object.fromEntries(told) }
}

function* open(index: number, start: JsonObject, answer: Answer): Generator<ModelEvent> {
  const block = beginBlock(start)
  answer.open.set(index, block)
  if (start['type'] === 'tool_use') answer.called = true
  yield* seen(block, { text: block.text, json: block.json })
}

function* extend(block: Block | undefined, delta: JsonObject): Generator<ModelEvent> {
  if (block) yield* seen(block, extendBlock(block, delta))
}

/** What can be seen of a block while it is being written. */
function* seen({ type, id, name }: Block, { text, json }: Delta): Generator<ModelEvent> {
  if (text !== '' && type === 'text') yield { type: 'text-delta', text }
  if (text !== '' && type === 'thinking') yield { type: 'reasoning-delta', text }
  if (json !== '' && type === 'tool_use') yield { type: 'tool-input-delta', id, name, text: json }
}

function* close(index: number, answer: Answer): Generator<ModelEvent> {
  const block = answer.open.get(index)
  if (!block) return
  answer.open.delete(index)
  const part = partOf(block)
  if (!part) return
  if (block.type === 'tool_use' && block.json === '') {
    yield* release(answer)
    answer.bare = part
  } else yield { type: 'part', part }
}

/** A call that the limit of tokens cut off before its first argument must not run as if it had none. */
function* release(answer: Answer, cutOff = false): Generator<ModelEvent> {
  const { bare } = answer
  if (!bare) return
  answer.bare = undefined
  yield { type: 'part', part: cutOff && bare.type === 'tool-call' ? { ...bare, invalid: '' } : bare }
}

/** The counters of the API are disjoint already; thinking is a share of the output. */
const usageOf = (usage: JsonObject): Usage => ({
  input: numberOf(usage['input_tokens']),
  cacheRead: numberOf(usage['cache_read_input_tokens']),
  cacheWrite: numberOf(usage['cache_creation_input_tokens']),
  output: numberOf(usage['output_tokens']),
  reasoning: numberOf(objectOf(usage['output_tokens_details'])['thinking_tokens']),
})

const stopOf = ({ stop, called }: Answer): StopReason => stops[stop ?? ''] ?? (called ? 'tool-calls' : 'end')

/** `pause_turn` is an answer that a server tool interrupted: there would be more. */
const stops: Readonly<Record<string, StopReason>> = {
  end_turn: 'end',
  stop_sequence: 'end',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  pause_turn: 'length',
  refusal: 'refusal',
}
