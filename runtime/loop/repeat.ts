import { isDeepStrictEqual } from 'node:util'
import type { Message } from '../core/message.ts'

/** So many equal rounds in a row are no progress; a model that polls for something sees a change before that, or is stuck. */
const limit = 6

/** Whether the last rounds of the conversation, calls and results alike, were all the same. */
export const isRepeating = (messages: readonly Message[]): boolean => {
  const rounds = messages.slice(-2 * limit).map(roundOf)
  if (rounds.length < 2 * limit) return false
  return rounds.every((round, index) => round !== undefined && isDeepStrictEqual(round, rounds[index % 2]))
}

/** Ids differ from round to round and are left out. */
const roundOf = (message: Message): unknown => {
  switch (message.role) {
    case 'user':
      return undefined
    case 'assistant':
      return message.content.flatMap(part => (part.type === 'tool-call' ? [[part.name, part.input]] : []))
    case 'tool':
      return message.results.map(({ name, content, error }) => [name, content, error])
  }
}
