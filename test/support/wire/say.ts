import type { JsonObject } from '../../../runtime/core/json.ts'

/** What the model says in one answer. Every id is the server's own and new on each run, unless a call gives one. */
export type Words = {
  /** A list is sent in just these pieces; one text is cut at its words. */
  readonly text?: string | readonly string[]
  readonly reasoning?: string | readonly string[]
  readonly toolCalls?: readonly { readonly name: string; readonly input: JsonObject | string; readonly id?: string }[]
  readonly stop?: 'end' | 'tool-calls' | 'length' | 'refusal' | 'content-filter'
  /** `input` counts all tokens of the prompt, those read from a cache too. */
  readonly usage?: {
    readonly input?: number
    readonly cached?: number
    readonly output?: number
    readonly reasoning?: number
  }
}

/** What a protocol makes frames from. */
export type Speech = {
  readonly model: string
  readonly text: readonly string[]
  readonly reasoning: readonly string[]
  readonly calls: readonly { readonly name: string; readonly json: string; readonly id: string | undefined }[]
  readonly stop: NonNullable<Words['stop']>
  readonly usage: {
    readonly input: number
    readonly cached: number
    readonly output: number
    readonly reasoning: number
  }
  /** The request, for the switches that change what a provider sends. */
  readonly request: JsonObject
}

/** A text at its words, as models give it. */
export const piecesOf = (text: string | readonly string[] | undefined): readonly string[] =>
  typeof text === 'string' ? (text.match(/\s*\S+|\s+$/g) ?? []) : (text ?? [])

/** JSON of arguments in pieces of a few characters, cut without regard to what they mean. */
export const jsonPieces = (json: string): readonly string[] => json.match(/[\s\S]{1,7}/gu) ?? []

export const speechOf = (words: Words, model: string, request: JsonObject): Speech => {
  const text = piecesOf(words.text)
  const reasoning = piecesOf(words.reasoning)
  const calls = (words.toolCalls ?? []).map(({ name, input, id }) => ({
    name,
    json: typeof input === 'string' ? input : JSON.stringify(input),
    id,
  }))
  const thought = words.usage?.reasoning ?? reasoning.length
  return {
    model,
    text,
    reasoning,
    calls,
    stop: words.stop ?? (calls.length > 0 ? 'tool-calls' : 'end'),
    usage: {
      input: words.usage?.input ?? 12,
      cached: words.usage?.cached ?? 0,
      output: words.usage?.output ?? text.length + thought + 9 * calls.length,
      reasoning: thought,
    },
    request,
  }
}
