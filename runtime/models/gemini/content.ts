import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import {
  type AssistantMessage,
  type AssistantPart,
  type ContentPart,
  type Message,
  type ProviderData,
  type ToolCall,
  type ToolResult,
  textOf,
} from '../../core/message.ts'
import { asText, type FilePart, isPdf, sendable } from '../files.ts'
import { wellFormed } from '../history.ts'
import { joinNeighbours } from '../neighbours.ts'
import { objectOf, stringOf } from '../read.ts'
import type { Traits } from './models.ts'

/**
 * The conversation as contents of `user` and `model`; what tools returned is said by the user, in a content of its own.
 */
export const encodeMessages = (messages: readonly Message[], traits: Traits): JsonObject[] => {
  const ids = givenIds(messages)
  const encoded = wellFormed(messages).map(message => encodeMessage(message, traits, ids))
  return joined(encoded).map(({ role, parts }) => ({ role, parts }))
}

type Content = {
  readonly from: Message['role']
  readonly role: 'user' | 'model'
  readonly parts: readonly JsonObject[]
}

/** A content without parts is refused; two that the user said in a row are one. */
const joined = (contents: readonly Content[]): Content[] =>
  joinNeighbours(
    contents.filter(({ parts }) => parts.length > 0),
    (before, after) =>
      before.from === after.from ? { ...before, parts: [...before.parts, ...after.parts] } : undefined,
  )

const encodeMessage = (message: Message, traits: Traits, ids: GivenIds): Content => {
  switch (message.role) {
    case 'user':
      return { from: 'user', role: 'user', parts: encodeContent(message.content) }
    case 'assistant':
      return { from: 'assistant', role: 'model', parts: encodeAssistant(message, traits) }
    case 'tool':
      return { from: 'tool', role: 'user', parts: message.results.flatMap(result => encodeResult(result, traits, ids)) }
  }
}

const encodeContent = (content: readonly ContentPart[]): JsonObject[] =>
  content.flatMap(part => (part.type === 'file' ? [encodeFile(part)] : part.text === '' ? [] : [{ text: part.text }]))

const isMedia = (file: FilePart): boolean =>
  isPdf(file) || (/^(image|audio|video)\//.test(file.mediaType) && file.mediaType !== 'image/svg+xml')

const encodeFile = (file: FilePart): JsonObject => {
  const { mediaType, data } = file
  if (isMedia(file)) return { inlineData: { mimeType: mediaType, data } }
  return { text: asText(file, 'Gemini') }
}

/** What stands for a signature that there never was, by https://ai.google.dev/gemini-api/docs/thought-signatures. */
const noSignature = 'skip_thought_signature_validator'

/** Gemini 3 refuses calls in whose answer the first is not signed, and so those that another model made. */
const encodeAssistant = ({ content }: AssistantMessage, { third }: Traits): JsonObject[] => {
  const parts = content.flatMap(encodePart)
  if (!third) return parts
  const first = parts.findIndex(part => part['functionCall'] !== undefined)
  return parts.map((part, index) => (index === first ? { thoughtSignature: noSignature, ...part } : part))
}

const encodePart = (part: AssistantPart): JsonObject[] => {
  const own = ownData(part.providerData)
  const signature = stringOf(own['thoughtSignature'])
  const signed = signature === '' ? {} : { thoughtSignature: signature }
  switch (part.type) {
    case 'text':
      return part.text === '' && signature === '' ? [] : [{ text: part.text, ...signed }]
    case 'reasoning':
      return encodeReasoning(part.text, own, signed)
    case 'tool-call':
      return [{ functionCall: { ...givenId(own), name: part.name, args: part.input }, ...signed }]
  }
}

/** Thoughts are a summary for the reader, and only worth sending back where they are signed. */
const encodeReasoning = (text: string, own: JsonObject, signed: JsonObject): JsonObject[] => {
  if (isJsonObject(own['part'])) return [own['part']]
  return Object.keys(signed).length > 0 ? [{ text, thought: true, ...signed }] : []
}

const ownData = (data: ProviderData | undefined): JsonObject =>
  objectOf(data?.protocol === 'gemini' ? data.value : null)

const givenId = ({ id }: JsonObject): JsonObject => (typeof id === 'string' ? { id } : {})

/** Ids that Gemini itself gave to calls, by ours. Where it gave none, results are told apart by name and place. */
type GivenIds = ReadonlyMap<string, JsonObject>

const givenIds = (messages: readonly Message[]): GivenIds => {
  const calls = messages.flatMap(({ role, ...message }) =>
    role === 'assistant' ? (message as AssistantMessage).content.filter(isCall) : [],
  )
  return new Map(calls.map(({ id, providerData }) => [id, givenId(ownData(providerData))]))
}

const isCall = (part: AssistantPart): part is ToolCall => part.type === 'tool-call'

/**
 * `result` and `error` are the names in Google's own examples. Files stand inside the response, or beside it before
 * Gemini 3.
 */
const encodeResult = (result: ToolResult, { third }: Traits, ids: GivenIds): JsonObject[] => {
  const { callId, name, error } = result
  const content = sendable(result.content, isMedia)
  const files = content.filter(part => part.type === 'file').map(encodeFile)
  const media = files.filter(part => part['inlineData'] !== undefined)
  const words = [textOf(content), ...files.map(({ text }) => stringOf(text))].filter(text => text !== '').join('\n')
  const functionResponse = {
    ...ids.get(callId),
    name,
    response: { [error === undefined ? 'result' : 'error']: words },
    ...(third && media.length > 0 && { parts: media as Json }),
  }
  return [{ functionResponse }, ...(third ? [] : media)]
}
