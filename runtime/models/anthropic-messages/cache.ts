import type { JsonObject } from '../../core/json.ts'
import { objectsIn } from '../read.ts'

/**
 * A body with cache marks, at most three of the four that the API takes. One stands behind what does not change from
 * day to day, the first `stable` blocks of `system`, which covers the tools before them; one behind each of the last
 * two things the user or his tools said: the older finds what the request before this one wrote, the newer writes for
 * the next.
 */
export const withCacheMarks = (body: JsonObject, stable: number): JsonObject => {
  const system = objectsIn(body['system'])
  const tools = objectsIn(body['tools'])
  return {
    ...body,
    ...(stable > 0 && { system: markedAt(system, stable - 1) }),
    ...(stable === 0 && tools.length > 0 && { tools: markedAt(tools, tools.length - 1) }),
    messages: markedMessages(objectsIn(body['messages'])),
  }
}

const markedMessages = (messages: readonly JsonObject[]): JsonObject[] => {
  const last = new Set(messages.filter(({ role }) => role === 'user').slice(-2))
  return messages.map(message => (last.has(message) ? { ...message, content: markedLast(message) } : message))
}

const markedLast = ({ content }: JsonObject): JsonObject[] => {
  const blocks = objectsIn(content)
  return markedAt(blocks, blocks.length - 1)
}

const markedAt = (blocks: readonly JsonObject[], place: number): JsonObject[] =>
  blocks.map((block, index) => (index === place ? { ...block, cache_control: { type: 'ephemeral' } } : block))
