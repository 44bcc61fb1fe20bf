import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import type { Turn } from '../core/protocol.ts'
import type { Difference } from './cause.ts'
import { firstDifferentLine } from './text.ts'

/** The first turn that differs, and why; nothing where all are equal. */
export const turnDifference = (told: readonly Turn[], asked: readonly Turn[]): Difference | undefined => {
  const index = asked.findIndex((turn, at) => !isDeepStrictEqual(plain(turn), plain(told[at])))
  if (index === -1) {
    if (told.length <= asked.length) return undefined
    return { cause: 'shorter', what: `the conversation has ${asked.length} turns and had ${told.length}` }
  }
  const turn = asked[index] as Turn
  const before = told[index]
  if (!before) return { cause: 'longer', what: `the conversation has ${asked.length} turns and had ${told.length}` }
  if (isSameSet(told, asked))
    return { cause: 'order', what: 'the same things were said in another order', where: placeOf(index, turn) }
  if (turn.role === before.role && withoutIds(turn) === withoutIds(before)) {
    return { cause: 'ids-crossed', what: 'a result was sent under the id of another call', where: placeOf(index, turn) }
  }
  return { cause: causes[turn.role], what: changes[turn.role], ...lineOf(index, before, turn) }
}

const plain = (turn: Turn | undefined) => turn && { role: turn.role, content: turn.content }

const causes = { user: 'message', assistant: 'answer', tool: 'tool-result' } as const
const changes = {
  user: 'the message changed',
  assistant: 'an earlier answer of the model changed',
  tool: 'the result of a tool changed',
} as const
const speakers = { user: 'the user', assistant: 'the model', tool: 'a tool' } as const

const placeOf = (index: number, { role }: Turn): string => `turn ${index + 1}, ${speakers[role]}`

const lineOf = (index: number, before: Turn, turn: Turn): Pick<Difference, 'where' | 'recorded' | 'now'> => {
  if (before.role !== turn.role) {
    return {
      where: placeOf(index, turn),
      recorded: `${speakers[before.role]} spoke`,
      now: `${speakers[turn.role]} speaks`,
    }
  }
  const words = textOf(before) === textOf(turn) ? jsonOf : textOf
  const { line, recorded, now } = firstDifferentLine(words(before), words(turn))
  return { where: `${placeOf(index, turn)}, line ${line}`, recorded, now }
}

const isSameSet = (told: readonly Turn[], asked: readonly Turn[]): boolean => {
  const sorted = (turns: readonly Turn[]) => turns.map(turn => JSON.stringify(plain(turn))).sort()
  return told.length === asked.length && isDeepStrictEqual(sorted(told), sorted(asked))
}

/** Ids as canonical bodies name them, or the numbers of the calls that are answered. */
const withoutIds = ({ content }: Turn): string =>
  JSON.stringify(content).replaceAll(/"id \d+\.\d+"|"answers":\d+/g, '"id"')

/** What a turn says, as lines: texts as they are, the rest as indented JSON. */
const textOf = (turn: Turn): string => {
  const { content } = turn
  if (typeof content === 'string') return content
  const only = Array.isArray(content) && content.length === 1 ? content[0] : undefined
  if (typeof only === 'string') return only
  if (isJsonObject(only ?? null) && typeof (only as JsonObject)['text'] === 'string')
    return `${(only as JsonObject)['text']}`
  return jsonOf(turn)
}

const jsonOf = ({ content }: Turn): string => JSON.stringify(content, null, 1).replaceAll('\\n', '\n')
