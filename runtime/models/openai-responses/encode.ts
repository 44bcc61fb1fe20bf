import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import {
  type AssistantMessage,
  type AssistantPart,
  type ContentPart,
  type Message,
  type ToolMessage,
  textOf,
} from '../../core/message.ts'
import type { ModelRequest, OutputFormat } from '../../core/model.ts'
import type { ModelSettings, Quirks } from '../../core/protocol.ts'
import type { ToolDefinition } from '../../core/tool.ts'
import { familyOf } from '../families.ts'
import { asText, dataUrl, type FilePart, isImage, isPdf, sendable } from '../files.ts'
import { wellFormed } from '../history.ts'
import { effortOf, isSequential, withOptions } from '../parameters.ts'
import { objectSchema } from '../schema.ts'

/**
 * The body of a streamed response. Nothing is stored on the server: the conversation is sent whole each time, with what
 * the model thought as it came.
 */
export const encode = (model: string, request: ModelRequest, settings: ModelSettings, quirks: Quirks): JsonObject => {
  const { system, messages, tools, output } = request
  const body = {
    model,
    input: [...system.map(content => ({ role: 'system', content })), ...wellFormed(messages).flatMap(encodeMessage)],
    stream: true,
    store: false,
    ...(familyOf(model).encrypts && { include: ['reasoning.encrypted_content'] }),
    ...(tools.length > 0 && { tools: tools.map(encodeTool) }),
    ...(tools.length > 0 &&
      !quirks.noParallelToolCalls &&
      isSequential(model, settings) && { parallel_tool_calls: false }),
    ...(output && { text: { format: encodeOutput(output) } }),
    ...parameters(model, settings),
  }
  return withOptions(body, settings.options)
}

/** Penalties have no place in this API. */
const parameters = (model: string, settings: ModelSettings): JsonObject => {
  const { temperature, topP, maxTokens } = settings
  const { reasons } = familyOf(model)
  const reasoning = reasoningOf(model, settings)
  return {
    ...(maxTokens !== undefined && { max_output_tokens: Math.max(fewestTokens, maxTokens) }),
    ...(temperature !== undefined && !reasons && { temperature }),
    ...(topP !== undefined && !reasons && { top_p: topP }),
    ...(reasoning && { reasoning }),
  }
}

/** Less is refused. */
const fewestTokens = 16

/** A summary of what is thought is asked for with a budget only: OpenAI refuses it to organisations it does not know. */
const reasoningOf = (model: string, settings: ModelSettings): JsonObject | undefined => {
  if (settings.thinkingBudget === undefined) return undefined
  const { reasons, efforts } = familyOf(model)
  const effort = effortOf(model, settings)
  if (!reasons) return effort === undefined || efforts?.length === 0 ? undefined : { effort }
  return { ...(effort !== undefined && { effort }), ...(effort !== 'none' && { summary: 'auto' }) }
}

/** Functions are strict here unless they say no, and then every parameter would have to be required. */
const encodeTool = ({ name, description, parameters }: ToolDefinition): JsonObject => ({
  type: 'function',
  name,
  description,
  parameters: objectSchema(parameters),
  strict: false,
})

const encodeOutput = ({ name, description, schema, strict }: OutputFormat): JsonObject => ({
  type: 'json_schema',
  name,
  ...(description !== undefined && { description }),
  schema,
  ...(strict !== undefined && { strict }),
})

const encodeMessage = (message: Message): JsonObject[] => {
  switch (message.role) {
    case 'user':
      return [{ role: 'user', content: encodeContent(message.content) }]
    case 'assistant':
      return encodeAssistant(message)
    case 'tool':
      return encodeResults(message)
  }
}

const encodeContent = (content: readonly ContentPart[]): Json => {
  const [only] = content
  if (content.length === 1 && only?.type === 'text') return only.text
  return content.map(part => (part.type === 'text' ? { type: 'input_text', text: part.text } : encodeFile(part)))
}

const encodeFile = (file: FilePart): JsonObject => {
  if (isImage(file)) return { type: 'input_image', image_url: dataUrl(file), detail: 'auto' }
  if (isPdf(file)) return { type: 'input_file', filename: file.name ?? 'document.pdf', file_data: dataUrl(file) }
  return { type: 'input_text', text: asText(file, 'Responses') }
}

/**
 * Items go back with their ids only beside the reasoning they came of: a server that knows an id misses the reasoning
 * that belongs to it, and refuses reasoning that nothing follows.
 */
const encodeAssistant = ({ content }: AssistantMessage): JsonObject[] => {
  const last = content.findLastIndex(part => part.type !== 'reasoning')
  const parts = content.slice(0, last + 1)
  const withIds = parts.some(part => keptItem(part) !== undefined)
  return parts.flatMap(part => encodePart(part, withIds))
}

const encodePart = (part: AssistantPart, withIds: boolean): JsonObject[] => {
  const { id, ...data } = ownData(part)
  const own = withIds && typeof id === 'string' && id.length <= longestId ? { id } : {}
  switch (part.type) {
    case 'reasoning':
      return [keptItem(part) ?? []].flat()
    case 'text':
      return part.text === ''
        ? []
        : [{ type: 'message', role: 'assistant', ...own, ...data, content: [{ type: 'output_text', text: part.text }] }]
    case 'tool-call':
      return [
        { type: 'function_call', ...own, call_id: part.id, name: part.name, arguments: JSON.stringify(part.input) },
      ]
  }
}

/** Longer ones are refused, and some gateways make longer ones. */
const longestId = 64

const ownData = ({ providerData }: AssistantPart): JsonObject =>
  providerData?.protocol === 'openai-responses' && isJsonObject(providerData.value) ? providerData.value : {}

const keptItem = (part: AssistantPart): JsonObject | undefined => {
  const item = part.type === 'reasoning' ? ownData(part) : {}
  return 'type' in item ? item : undefined
}

const encodeResults = ({ results }: ToolMessage): JsonObject[] =>
  results
    .map(({ callId, content }) => ({ callId, content: sendable(content, file => isImage(file) || isPdf(file)) }))
    .map(({ callId, content }) => ({
      type: 'function_call_output',
      call_id: callId,
      output: content.some(part => part.type === 'file') ? encodeContent(content) : textOf(content),
    }))
