import { encode } from '@toon-format/toon'
import type { Json } from '../runtime/core/json.ts'
import type { ContentPart } from '../runtime/core/message.ts'

/** Content whose JSON, where a text is nothing but an object or a list, stands there as TOON; the rest is as it was. */
export const toonOf = (content: readonly ContentPart[]): readonly ContentPart[] =>
  content.map(part => (part.type === 'text' ? { ...part, text: encoded(part.text) } : part))

const encoded = (text: string): string => {
  const value = /^\s*[[{]/.test(text) ? parsed(text) : undefined
  return value === undefined ? text : encode(value)
}

const parsed = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
