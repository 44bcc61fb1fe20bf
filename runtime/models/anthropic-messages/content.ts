import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { AssistantPart, ContentPart, Message, ReasoningPart, ToolResult } from '../../core/message.ts'
import { asText, type FilePart, isPdf, sendable } from '../files.ts'
import { wellFormed } from '../history.ts'
import { joinNeighbours } from '../neighbours.ts'
import { listOf } from '../read.ts'
import type { Traits } from './models.ts'

/** The conversation in turns of user and assistant; what tools returned is said by the user. */
export const encodeMessages = (messages: readonly Message[], traits: Traits): JsonObject[] =>
  joined(wellFormed(messages).map(message => encodeMessage(message, traits)))

const encodeMessage = (message: Message, traits: Traits): JsonObject => {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: encodeContent(message.content) }
    case 'assistant':
      return { role: 'assistant', content: message.content.flatMap(part => encodePart(part, traits)) }
    case 'tool':
      return { role: 'user', content: message.results.map(encodeResult) }
  }
}

/** Empty messages are refused; messages of one role in a row are one, so that results stand first in theirs. */
const joined = (messages: readonly JsonObject[]): JsonObject[] =>
  joinNeighbours(
    messages.filter(({ content }) => listOf(content).length > 0),
    (before, after) =>
      before['role'] === after['role']
        ? { ...before, content: [...listOf(before['content']), ...listOf(after['content'])] }
        : undefined,
  )

const encodeContent = (content: readonly ContentPart[]): JsonObject[] =>
  content.flatMap(part => (part.type === 'text' ? textBlocks(part.text) : [encodeFile(part)]))

/** Text without a visible character is refused. */
const textBlocks = (text: string): JsonObject[] => (text.trim() === '' ? [] : [{ type: 'text', text }])

const imageTypes: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])

const encodeFile = (file: FilePart): JsonObject => {
  const source = { type: 'base64', media_type: file.mediaType, data: file.data }
  if (imageTypes.has(file.mediaType)) return { type: 'image', source }
  if (isPdf(file)) return { type: 'document', source, ...(file.name !== undefined && { title: file.name }) }
  return { type: 'text', text: asText(file, 'the Messages API') }
}

const encodePart = (part: AssistantPart, traits: Traits): JsonObject[] => {
  switch (part.type) {
    case 'text':
      return textBlocks(part.text)
    case 'reasoning':
      return encodeReasoning(part, traits)
    case 'tool-call':
      return [{ type: 'tool_use', id: acceptedId(part.id), name: part.name, input: part.input }]
  }
}

/** What this API thought goes back unopened and in its place; what others thought would be refused. */
const encodeReasoning = ({ text, providerData }: ReasoningPart, traits: Traits): JsonObject[] => {
  if (providerData?.protocol !== 'anthropic-messages' || !isJsonObject(providerData.value)) return []
  if (traits.thinking === 'never') return []
  const block = providerData.value
  if (block['type'] !== 'thinking') return [block]
  return block['signature'] === undefined && !traits.unsignedThoughts ? [] : [{ ...block, thinking: text }]
}

const encodeResult = ({ callId, content, error }: ToolResult): JsonObject => {
  const blocks = encodeContent(sendable(content, file => imageTypes.has(file.mediaType) || isPdf(file)))
  return {
    type: 'tool_result',
    tool_use_id: acceptedId(callId),
    ...(blocks.length > 0 && { content: blocks as Json }),
    ...(error !== undefined && { is_error: true }),
  }
}

/** Ids of other providers (`functions.read_file:0`) hold characters that are refused. */
const acceptedId = (id: string): string => id.replaceAll(/[^a-zA-Z0-9_-]/g, '_')
