import type { AnswerTo, Kind, ToolAnswer } from '../../core/border.ts'
import type { Json } from '../../core/json.ts'
import type { ContentPart } from '../../core/message.ts'

/** Content as a person reads it: the text alone where there is nothing else. */
export const written = (content: readonly ContentPart[]): Json => {
  const [only] = content
  return content.length === 1 && only?.type === 'text' ? only.text : (content as unknown as Json)
}

/** The way back. */
export const read = (content: Json): readonly ContentPart[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : (content as unknown as readonly ContentPart[])

/** What came back over the border, as it stands in a cassette. A tool's plain words are text; all else is as it is. */
export const writtenAnswer = <K extends Kind>(kind: K, answer: AnswerTo<K>): Json => {
  if (kind === 'heard' && answer !== null) return written(answer as readonly ContentPart[])
  if (kind !== 'tool') return answer as Json
  const { content, error } = answer as ToolAnswer
  return error === undefined ? written(content) : { error, content: written(content) }
}

/** The way back. What a person wrote there by hand is taken at its word. */
export const readAnswer = <K extends Kind>(kind: K, body: Json): AnswerTo<K> => {
  if (kind === 'heard') return read(body) as AnswerTo<K>
  if (kind !== 'tool') return body as AnswerTo<K>
  const failed = typeof body === 'object' && body !== null && !Array.isArray(body) && 'error' in body
  const { error, content } = (failed ? body : { content: body }) as { error?: ToolAnswer['error']; content: Json }
  return { content: read(content), ...(error && { error }) } as AnswerTo<K>
}
