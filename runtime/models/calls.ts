import { deepest, isDeeperThan, isJsonObject, type Json } from '../core/json.ts'
import type { ToolCall } from '../core/message.ts'
import type { ModelEvent } from '../core/model.ts'

/** A call as it gathers: `text` is the JSON of its arguments so far. */
export type GatheredCall = { readonly id: string; readonly name: string; text: string }

/** A complete call. No arguments at all are an empty object; what is no JSON object, or nested too deep, is kept as `invalid`. */
export const toolCallOf = ({ id, name, text }: GatheredCall): ToolCall => {
  const input = objectIn(text)
  return input ? { type: 'tool-call', id, name, input } : { type: 'tool-call', id, name, input: {}, invalid: text }
}

const objectIn = (text: string): Readonly<Record<string, Json>> | undefined => {
  if (text.trim() === '') return {}
  try {
    const value = JSON.parse(text) as Json
    return isJsonObject(value) && !isDeeperThan(value, deepest) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Makes ids unique in the whole conversation: some providers give none (Gemini, a few local servers) or begin anew in
 * each answer (`call_0`). An id that was used before becomes `call_N`, where N counts all calls of the conversation.
 */
export async function* withOwnIds(
  events: AsyncIterable<ModelEvent>,
  usedBefore: readonly string[],
): AsyncGenerator<ModelEvent> {
  const used = new Set(usedBefore)
  const renamed = new Map<string, string>()
  const own = (id: string): string => {
    const known = renamed.get(id)
    if (known !== undefined) return known
    const name = used.has(id) ? free(used) : id
    used.add(name)
    renamed.set(id, name)
    return name
  }
  for await (const event of events) {
    if (event.type === 'tool-input-delta') yield { ...event, id: own(event.id) }
    else if (event.type === 'part' && event.part.type === 'tool-call') {
      yield { ...event, part: { ...event.part, id: own(event.part.id) } }
    } else yield event
  }
}

const free = (used: ReadonlySet<string>): string => {
  let count = used.size + 1
  while (used.has(`call_${count}`)) count++
  return `call_${count}`
}

/** An id for a call whose provider gave none, or one that another call of the same answer has. */
export const distinctId = (id: string, taken: readonly { readonly id: string }[]): string => {
  const isFree = (name: string) => name !== '' && !taken.some(call => call.id === name)
  if (isFree(id)) return id
  let count = taken.length + 1
  const prefix = id || 'call'
  while (!isFree(`${prefix}_${count}`)) count++
  return `${prefix}_${count}`
}
