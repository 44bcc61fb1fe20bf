import { isJsonObject, type Json, type JsonObject } from '../core/json.ts'
import { listOf, stringOf } from './read.ts'

/** What a message holds: words as text, whether alone or the only part of a list; everything else part by part. */
export const contentOf = (content: Json | undefined): Json => {
  const parts = listOf(content).map(part => (isText(part) ? stringOf(part['text']) : part))
  if (parts.length === 0) return stringOf(content)
  return parts.length === 1 ? (parts[0] ?? '') : parts
}

/** The same as one text, for instructions and the results of tools; what is no text is JSON in it. */
export const textIn = (content: Json | undefined): string =>
  [contentOf(content)]
    .flat()
    .map(part => (typeof part === 'string' ? part : JSON.stringify(part)))
    .join('\n')

const isText = (part: Json): part is JsonObject =>
  isJsonObject(part) && /^(input_|output_)?text$/.test(stringOf(part['type']))
