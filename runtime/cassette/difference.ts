import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts'
import type { Conversation, Turn } from '../core/protocol.ts'
import { canonical, canonicalText } from './canonical.ts'
import { conversationOf, type Protocols, type Request } from './request.ts'
import { clipped, firstDifferentLine } from './text.ts'

/** Why two requests are not equal. The first ones are what the conversation key lets pass, the others are never answered. */
export type Cause =
  | 'model'
  | 'instruction'
  | 'tools'
  | 'parameters'
  | 'message'
  | 'answer'
  | 'tool-result'
  | 'order'
  | 'ids-crossed'
  | 'longer'
  | 'shorter'
  | 'arguments'

/** One thing that differs, in the conversation's own terms, with the two texts where there are texts. */
export type Difference = {
  readonly cause: Cause
  readonly what: string
  readonly where?: string
  readonly recorded?: string
  readonly now?: string
}

/** All that differs between two requests, the conversation first. None for requests that are compared as equal. */
export const differencesBetween = (recorded: Request, now: Request, protocols: Protocols): Difference[] => {
  const before = comparable(recorded, protocols)
  const after = comparable(now, protocols)
  if (canonicalText(before.body) === canonicalText(after.body)) return []
  const told = conversationOf(before, protocols)
  const asked = conversationOf(after, protocols)
  if (!told || !asked) return [...firstDifferentPlace(before.body, after.body)]
  const ofTurns = turnDifference(told.turns, asked.turns)
  const others = [...modelDifference(told, asked), ...systemDifference(told, asked), ...toolDifference(told, asked)]
  const parameters = others.length > 0 || ofTurns ? [] : parameterDifference(before.body, after.body)
  return [...(ofTurns ? [ofTurns] : []), ...others, ...parameters]
}

const comparable = (request: Request, protocols: Protocols): Request => {
  const shape = request.protocol === undefined ? undefined : protocols(request.protocol)?.shape
  return { ...request, body: canonical(request.body, shape) }
}

const modelDifference = (told: Conversation, asked: Conversation): Difference[] =>
  told.model === asked.model
    ? []
    : [
        {
          cause: 'model',
          what: `the model is ${asked.model} and was ${told.model}`,
          recorded: told.model,
          now: asked.model,
        },
      ]

const systemDifference = (told: Conversation, asked: Conversation): Difference[] => {
  const before = told.system.join('\n')
  const after = asked.system.join('\n')
  if (before === after) return []
  const { line, recorded, now } = firstDifferentLine(before, after)
  return [{ cause: 'instruction', what: 'the instruction changed', where: `line ${line} of it`, recorded, now }]
}

const toolDifference = (told: Conversation, asked: Conversation): Difference[] => {
  const before = new Map(told.tools.map(tool => [tool.name, tool.definition]))
  const after = new Map(asked.tools.map(tool => [tool.name, tool.definition]))
  const added = [...after.keys()].filter(name => !before.has(name))
  const removed = [...before.keys()].filter(name => !after.has(name))
  const changed = [...after.keys()].filter(
    name => before.has(name) && !isDeepStrictEqual(before.get(name), after.get(name)),
  )
  const parts = [listed('new', added), listed('gone', removed), listed('described otherwise', changed)].filter(Boolean)
  if (parts.length > 0) return [{ cause: 'tools', what: `the tool list changed: ${parts.join(', ')}` }]
  if (isDeepStrictEqual(told.tools, asked.tools)) return []
  return [{ cause: 'tools', what: 'the tools are listed in another order' }]
}

const mostNames = 4

const listed = (word: string, names: readonly string[]): string => {
  if (names.length === 0) return ''
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : ''
  return `${names.slice(0, mostNames).join(', ')}${more} ${word}`
}

const parameterDifference = (before: Json, after: Json): Difference[] => {
  if (!isJsonObject(before) || !isJsonObject(after)) return firstDifferentPlace(before, after)
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const changed = keys.filter(key => !isDeepStrictEqual(before[key], after[key]))
  const words = changed.slice(0, mostNames).map(key => `${key} ${valueChange(before, after, key)}`)
  return [{ cause: 'parameters', what: `parameters changed: ${words.join(', ')}` }]
}

const valueChange = (before: JsonObject, after: JsonObject, key: string): string => {
  if (!(key in before)) return `is new`
  if (!(key in after)) return 'is gone'
  const text = (value: Json | undefined) => clipped(JSON.stringify(value), 30)
  return `is ${text(after[key])} and was ${text(before[key])}`
}

/** The first turn that differs, and why; nothing where all are equal. */
const turnDifference = (told: readonly Turn[], asked: readonly Turn[]): Difference | undefined => {
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
  if (textOf(turn, withoutIds) === textOf(before, withoutIds)) {
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
  const { line, recorded, now } = firstDifferentLine(textOf(before), textOf(turn))
  return { where: `${placeOf(index, turn)}, line ${line}`, recorded, now }
}

const isSameSet = (told: readonly Turn[], asked: readonly Turn[]): boolean => {
  const sorted = (turns: readonly Turn[]) => turns.map(turn => JSON.stringify(plain(turn))).sort()
  return told.length === asked.length && isDeepStrictEqual(sorted(told), sorted(asked))
}

const withoutIds = (text: string): string => text.replaceAll(/"id \d+\.\d+"/g, '"id"')

/** What a turn says, as lines: texts as they are, the rest as indented JSON. */
const textOf = ({ content }: Turn, change: (text: string) => string = text => text): string => {
  if (typeof content === 'string') return content
  const only = Array.isArray(content) && content.length === 1 ? content[0] : undefined
  if (typeof only === 'string') return only
  if (isJsonObject(only ?? null) && typeof (only as JsonObject)['text'] === 'string')
    return `${(only as JsonObject)['text']}`
  return change(JSON.stringify(content, null, 1).replaceAll('\\n', '\n'))
}

/** The first place where two bodies differ, as a path of keys. */
const firstDifferentPlace = (before: Json, after: Json, path: readonly string[] = []): Difference[] => {
  if (isDeepStrictEqual(before, after)) return []
  if (isJsonObject(before) && isJsonObject(after)) return inside(keysOf(before, after), before, after, path)
  if (Array.isArray(before) && Array.isArray(after)) {
    const indices = Array.from({ length: Math.max(before.length, after.length) }, (_, index) => `${index}`)
    return inside(indices, Object(before), Object(after), path)
  }
  const shown = (value: Json | undefined) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'))
  const { recorded, now } = firstDifferentLine(shown(before), shown(after))
  return [
    {
      cause: 'arguments',
      what: path.length > 0 ? `${path.join('.')} changed` : 'what was asked changed',
      recorded,
      now,
    },
  ]
}

const keysOf = (before: JsonObject, after: JsonObject): string[] => [
  ...new Set([...Object.keys(before), ...Object.keys(after)]),
]

const inside = (
  keys: readonly string[],
  before: JsonObject,
  after: JsonObject,
  path: readonly string[],
): Difference[] => {
  const key = keys.find(key => !isDeepStrictEqual(before[key], after[key]))
  return key === undefined ? [] : firstDifferentPlace(before[key] as Json, after[key] as Json, [...path, key])
}
