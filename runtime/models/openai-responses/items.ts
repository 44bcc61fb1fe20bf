import type { JsonObject } from '../../core/json.ts'
import type { AssistantPart, ReasoningPart, TextPart, ToolCall } from '../../core/message.ts'
import type { ModelEvent } from '../../core/model.ts'
import { distinctId, toolCallOf } from '../calls.ts'
import { objectsIn, stringOf } from '../read.ts'

/** What a response came to; a refusal is told as words. */
export type Gathered = { readonly parts: readonly AssistantPart[]; readonly refused: boolean }

/** The parts of an answer, made of its complete items. */
export const partsOf = (items: readonly JsonObject[]): Gathered => {
  const calls: ToolCall[] = []
  const parts = items.flatMap((item): AssistantPart[] => {
    if (item['type'] === 'message') return messageParts(item)
    if (item['type'] !== 'function_call') return keptParts(item)
    const call = callPart(item, calls)
    calls.push(call)
    return [call]
  })
  return { parts, refused: items.some(isRefusal) }
}

/** An item as deltas, for one of which nothing was told yet. */
export const tell = (item: JsonObject): ModelEvent[] => {
  if (item['type'] === 'function_call') {
    const text = stringOf(item['arguments'])
    return text === '' ? [] : [{ type: 'tool-input-delta', id: idOf(item), name: stringOf(item['name']), text }]
  }
  const text = item['type'] === 'message' ? wordsOf(item) : thoughtsOf(item)
  if (text === '') return []
  return [{ type: item['type'] === 'message' ? 'text-delta' : 'reasoning-delta', text }]
}

/** The id of a call, by which its result refers to it; an item has another one for itself. */
export const idOf = ({ call_id, id }: JsonObject): string => stringOf(call_id) || stringOf(id)

const isRefusal = ({ content }: JsonObject): boolean => objectsIn(content).some(({ type }) => type === 'refusal')

const wordsOf = ({ content }: JsonObject): string =>
  objectsIn(content)
    .map(({ text, refusal }) => stringOf(text) || stringOf(refusal))
    .join('')

/** Models that hide what they think give summaries of it; open ones say it. */
const thoughtsOf = ({ type, summary, content }: JsonObject): string => {
  if (type !== 'reasoning') return ''
  const summaries = objectsIn(summary).map(({ text }) => stringOf(text))
  return summaries.length > 0
    ? summaries.join('\n\n')
    : objectsIn(content)
        .map(({ text }) => stringOf(text))
        .join('')
}

/** `phase` tells commentary from the answer, and the model wants to know of its own words which they were. */
const messageParts = (item: JsonObject): TextPart[] => {
  const text = wordsOf(item)
  if (text === '') return []
  const { id, phase } = item
  const value = { ...(typeof id === 'string' && { id }), ...(typeof phase === 'string' && { phase }) }
  return [{ type: 'text', text, providerData: { protocol: 'openai-responses', value } }]
}

const callPart = (item: JsonObject, calls: readonly ToolCall[]): ToolCall => {
  const id = distinctId(idOf(item), calls)
  const call = toolCallOf({ id, name: stringOf(item['name']), text: stringOf(item['arguments']) })
  if (typeof item['id'] !== 'string') return call
  return { ...call, providerData: { protocol: 'openai-responses', value: { id: item['id'] } } }
}

/**
 * Reasoning, and whatever a tool of the provider's own did on the way: sent back as it came, in its place. Reasoning
 * that neither says anything nor can be sent back (kept on the server, or hidden for good) is no part.
 */
const keptParts = (item: JsonObject): ReasoningPart[] => {
  const text = thoughtsOf(item)
  if (!canReturn(item)) return text === '' ? [] : [{ type: 'reasoning', text }]
  return [{ type: 'reasoning', text, providerData: { protocol: 'openai-responses', value: returned(item) } }]
}

/** A summary alone is for eyes: what the model thought is in the encrypted bytes, or in the open. */
const canReturn = ({ type, encrypted_content, content }: JsonObject): boolean =>
  type !== 'reasoning' || stringOf(encrypted_content) !== '' || objectsIn(content).length > 0

/** The status of reasoning is told, never taken. */
const returned = (item: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(item).filter(
      ([key, value]) => value !== null && !(item['type'] === 'reasoning' && key === 'status'),
    ),
  )
