import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type Json } from '../../core/json.ts'
import type { Turn } from '../../core/protocol.ts'
import type { Difference } from './cause.ts'
import { firstDifferentLine } from './text.ts'

/** The first turn that differs, and why; nothing where all are equal. */
export const turnDifference = (told: readonly Turn[], asked: readonly Turn[]): Difference | undefined => {
  const index = asked.findIndex((turn, at) => !isSame(turn, told[at]))
  if (index === -1) {
    if (told.length <= asked.length) return undefined
    return { cause: 'shorter', what: `the conversation has ${asked.length} turns and had ${told.length}` }
  }
  const turn = asked[index] as Turn
  const before = told[index]
  if (!before) return { cause: 'longer', what: `the conversation has ${asked.length} turns and had ${told.length}` }
  const mixedUp = countIn(told) === countIn(asked) ? mixUp(partsIn(told), partsIn(asked)) : undefined
  if (mixedUp) return { ...mixedUp, where: placeOf(index, turn) }
  return { cause: causes[turn.role], what: changes[turn.role], ...textsOf(index, before, turn) }
}

const isSame = (one: Turn, other: Turn | undefined): boolean =>
  one.role === other?.role && isDeepStrictEqual(one.content, other.content)

const causes = { user: 'message', assistant: 'answer', tool: 'tool-result' } as const
const changes = {
  user: 'the message changed',
  assistant: 'an earlier answer of the model changed',
  tool: 'the result of a tool changed',
} as const
const speakers = { user: 'the user', assistant: 'the model', tool: 'a tool' } as const

const placeOf = (index: number, { role }: Turn): string => `turn ${index + 1}, ${speakers[role]}`

/** What is said at once: a text, a call, a result. */
type Part = { readonly role: Turn['role']; readonly full: string; readonly withoutIds: string }

/** Ids as canonical bodies name them, the numbers of the calls that are answered, or their names where there are no ids. */
const ids = /"id \d+\.\d+"|"answers":\d+|"of":"[^"]*",?/g

const countIn = (turns: readonly Turn[]): number =>
  turns.reduce((sum, { content }) => sum + (Array.isArray(content) ? content.length : 1), 0)

const partsIn = (turns: readonly Turn[]): Part[] =>
  turns.flatMap(({ role, content }) =>
    [content].flat().map(part => {
      const full = JSON.stringify(part)
      return { role, full, withoutIds: full.replaceAll(ids, '"id"') }
    }),
  )

/** Whether nothing but the order differs, or which result answers which call. */
const mixUp = (told: readonly Part[], asked: readonly Part[]): Pick<Difference, 'cause' | 'what'> | undefined => {
  if (!isSameSet(told, asked, ({ withoutIds }) => withoutIds)) return undefined
  const moved = asked.filter(({ full }, at) => full !== told[at]?.full)
  const areResults = moved.every(({ role }) => role === 'tool')
  return areResults && !isSameSet(told, asked, ({ full }) => full)
    ? { cause: 'ids-crossed', what: 'a result was sent under the id of another call' }
    : { cause: 'order', what: 'the same things were said in another order' }
}

const isSameSet = (told: readonly Part[], asked: readonly Part[], textOf: (part: Part) => string): boolean => {
  const sorted = (parts: readonly Part[]) => parts.map(part => `${part.role} ${textOf(part)}`).sort()
  return told.length === asked.length && isDeepStrictEqual(sorted(told), sorted(asked))
}

const textsOf = (index: number, before: Turn, turn: Turn): Pick<Difference, 'where' | 'recorded' | 'now'> => {
  const where = placeOf(index, turn)
  if (before.role !== turn.role) {
    return { where, recorded: `${speakers[before.role]} spoke`, now: `${speakers[turn.role]} speaks` }
  }
  const [told, asked] = [[before.content].flat(), [turn.content].flat()]
  const at = asked.findIndex((part, at) => !isDeepStrictEqual(part, told[at]))
  const [one, other] = at === -1 ? [told[asked.length], undefined] : [told[at], asked[at]]
  const words = textOf(one) === textOf(other) ? jsonOf : textOf
  const { line, recorded, now } = firstDifferentLine(words(one), words(other))
  const part = asked.length > 1 || told.length > 1 ? `, part ${(at === -1 ? asked.length : at) + 1}` : ''
  return { where: `${where}${part}, line ${line}`, recorded, now }
}

/** What a part says, as lines: a text as it is, the rest as indented JSON. */
const textOf = (part: Json | undefined): string => {
  if (part === undefined) return '(nothing)'
  if (typeof part === 'string') return part
  const text = isJsonObject(part) ? part['text'] : undefined
  return typeof text === 'string' ? text : jsonOf(part)
}

const jsonOf = (part: Json | undefined): string => (JSON.stringify(part, null, 1) ?? '').replaceAll('\\n', '\n')
