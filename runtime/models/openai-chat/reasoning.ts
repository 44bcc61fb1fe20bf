import type { Json, JsonObject } from '../../core/json.ts'
import { objectsIn, stringOf } from '../read.ts'

export type Reasoning = { readonly text: string; readonly field?: string; readonly details: readonly JsonObject[] }

/**
 * Where reasoning comes, in the order of preference: DeepSeek, xAI, z.ai and llama.cpp; Groq, Ollama and OpenRouter.
 * Some send it under both names.
 */
const fields = ['reasoning_content', 'reasoning', 'reasoning_text'] as const

/** What a delta or message has thought, and what of it must be sent back as it is (signatures, encrypted reasoning). */
export const reasoningIn = (piece: JsonObject): Reasoning => {
  const details = objectsIn(piece['reasoning_details'])
  const field = fields.find(name => stringOf(piece[name]) !== '')
  if (field !== undefined) return { text: stringOf(piece[field]), field, details }
  const told = details.map(({ text, summary }) => stringOf(text) || stringOf(summary)).join('')
  return { text: told || thinkingIn(piece['content']), details }
}

/** Mistral thinks in a list of parts, in which thoughts are lists of parts again. */
const thinkingIn = (content: Json | undefined): string =>
  objectsIn(content)
    .flatMap(({ thinking }) => objectsIn(thinking))
    .map(({ text }) => stringOf(text))
    .join('')

/** Puts details that come in pieces together: those of one index and kind, one after the other, are one. */
export const joinDetails = (all: JsonObject[], more: readonly JsonObject[]): void => {
  for (const detail of more) {
    const last = all.at(-1)
    const goesOn = last && last['type'] === detail['type'] && last['index'] === detail['index'] && !('data' in detail)
    if (goesOn) all[all.length - 1] = joined(last, detail)
    else all.push(detail)
  }
}

const joined = (one: JsonObject, other: JsonObject): JsonObject => ({
  ...one,
  ...Object.fromEntries(Object.entries(other).filter(([, value]) => value !== null)),
  ...('text' in one && { text: stringOf(one['text']) + stringOf(other['text']) }),
  ...('summary' in one && { summary: stringOf(one['summary']) + stringOf(other['summary']) }),
})
