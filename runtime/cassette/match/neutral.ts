import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Turn } from '../../core/protocol.ts'
import { canonical, canonicalText } from './canonical.ts'
import { neutralFile } from './neutral-file.ts'
import { conversationOf, type Protocols, type Request } from './request.ts'

/**
 * What was said in a request, in no protocol's terms, so that it can be held against that to a model of another maker:
 * texts without the blanks around them, calls, and results by the number of the call that they answer. Nothing for what
 * is no model call. Takes bodies as they were sent.
 */
export const neutralTurns = (request: Request, protocols: Protocols): Turn[] | undefined => {
  const conversation = conversationOf(request, protocols)
  if (!conversation) return undefined
  const calls = new Calls()
  const turns = joined(conversation.turns.map(turn => ({ role: turn.role, content: partsOf(turn, calls) })))
  return turns.map(turn => ({
    ...turn,
    content: turn.role === 'tool' ? turn.content.toSorted(byNumber) : turn.content,
  }))
}

/** The same turns, each as a list of what was said at once: nothing is said in two turns by the same one. */
export const joinedTurns = (turns: readonly Turn[]): Turn[] =>
  joined(turns.map(({ role, content }) => ({ role, content: [content].flat() })))

export const neutralText = (turns: readonly Turn[]): string =>
  canonicalText(canonical(turns as unknown as Json, undefined))

type Neutral = Turn & { readonly content: readonly Json[] }

/** Some protocols give each result a turn of its own, or a message to each part of an answer. */
const joined = (turns: readonly Neutral[]): Neutral[] => {
  const all: Neutral[] = []
  for (const turn of turns.filter(({ content }) => content.length > 0)) {
    const last = all.at(-1)
    if (last?.role === turn.role) all[all.length - 1] = { ...last, content: [...last.content, ...turn.content] }
    else all.push(turn)
  }
  return all
}

const byNumber = (one: Json, other: Json): number => numberOf(one) - numberOf(other)
const numberOf = (part: Json): number => (isJsonObject(part) ? Number(part['answers']) : 0)

const partsOf = ({ content }: Turn, calls: Calls): Json[] =>
  [content].flat().flatMap(part => {
    if (typeof part === 'string') return part.trim() === '' ? [] : [part.trim()]
    if (!isJsonObject(part)) return [part as Json]
    if ('call' in part) return [called(part, calls)]
    const file = neutralFile(part)
    if (file) return [file]
    return 'text' in part || 'response' in part ? [answered(part, calls)] : [part]
  })

const called = ({ id, call, input }: JsonObject, calls: Calls): JsonObject => {
  calls.made(id)
  return { call: call ?? null, input: input ?? {} }
}

const answered = ({ id, of: _of, failed: _failed, text, files, ...rest }: JsonObject, calls: Calls): JsonObject => ({
  answers: calls.answered(id),
  ...rest,
  ...(Array.isArray(files) && { files: files.map(file => (isJsonObject(file) && neutralFile(file)) || file) }),
  ...(typeof text === 'string' && { text: text.trim() }),
})

/** The calls of a conversation, counted from 1: by their ids, or in their order where a protocol has none. */
class Calls {
  readonly #numbers = new Map<string, number>()
  #made = 0
  #answered = 0

  made(id: Json | undefined): void {
    this.#made += 1
    if (typeof id === 'string') this.#numbers.set(id, this.#made)
  }

  answered(id: Json | undefined): number {
    this.#answered += 1
    return (typeof id === 'string' ? this.#numbers.get(id) : undefined) ?? this.#answered
  }
}
