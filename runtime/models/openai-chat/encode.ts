import { Failure } from '../../core/errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import {
  type AssistantMessage,
  type ContentPart,
  type Message,
  type ToolCall,
  type ToolMessage,
  textOf,
} from '../../core/message.ts'
import type { ModelRequest, OutputFormat } from '../../core/model.ts'
import type { ModelSettings, Quirks } from '../../core/protocol.ts'
import type { ToolDefinition } from '../../core/tool.ts'
import { familyOf } from '../families.ts'
import { asText, dataUrl, type FilePart, isImage, isPdf, sendable } from '../files.ts'
import { wellFormed } from '../history.ts'
import { joinNeighbours } from '../neighbours.ts'
import { effortOf, isSequential, withOptions } from '../parameters.ts'
import { objectSchema } from '../schema.ts'

/** The body of a streamed chat completion. Fields that the model or the server is known to refuse are left out. */
export const encode = (model: string, request: ModelRequest, settings: ModelSettings, quirks: Quirks): JsonObject => {
  const { system, messages, tools, output } = request
  const body = {
    model,
    messages: suited(
      [
        ...system.map(content => ({ role: 'system', content })),
        ...wellFormed(messages).flatMap(message => encodeMessage(message, quirks)),
      ],
      quirks,
    ),
    stream: true,
    ...(settings.trackUsage !== false && !quirks.noStreamOptions && { stream_options: { include_usage: true } }),
    ...(tools.length > 0 && { tools: tools.map(encodeTool) }),
    ...(tools.length > 0 &&
      !quirks.noParallelToolCalls &&
      isSequential(model, settings) && { parallel_tool_calls: false }),
    ...(output && { response_format: encodeOutput(output) }),
    ...parameters(model, settings, quirks),
  }
  return withOptions(body, settings.options)
}

const suited = (messages: readonly JsonObject[], quirks: Quirks): readonly JsonObject[] => {
  const short = quirks.shortIds ? withShortIds(messages) : messages
  return quirks.mergeSameRole ? joinNeighbours(short, joinedTexts) : short
}

const parameters = (model: string, settings: ModelSettings, quirks: Quirks): JsonObject => {
  const { temperature, topP, maxTokens, frequencyPenalty, presencePenalty } = settings
  const family = familyOf(model)
  const maxTokensField = quirks.maxTokensField ?? family.maxTokensField ?? 'max_tokens'
  const penalties = !family.reasons && !family.noPenalties
  const effort = effortOf(model, settings)
  return {
    ...(maxTokens !== undefined && { [maxTokensField]: maxTokens }),
    ...(temperature !== undefined && !family.reasons && { temperature }),
    ...(topP !== undefined && !family.reasons && { top_p: topP }),
    ...(frequencyPenalty !== undefined && penalties && { frequency_penalty: frequencyPenalty }),
    ...(presencePenalty !== undefined && penalties && { presence_penalty: presencePenalty }),
    ...(effort !== undefined && { reasoning_effort: effort }),
  }
}

const encodeTool = ({ name, description, parameters }: ToolDefinition): JsonObject => ({
  type: 'function',
  function: { name, description, parameters: objectSchema(parameters) },
})

const encodeOutput = ({ name, description, schema, strict }: OutputFormat): JsonObject => ({
  type: 'json_schema',
  json_schema: {
    name,
    ...(description !== undefined && { description }),
    schema,
    ...(strict !== undefined && { strict }),
  },
})

const encodeMessage = (message: Message, quirks: Quirks): JsonObject[] => {
  switch (message.role) {
    case 'user':
      return [{ role: 'user', content: encodeContent(message.content) }]
    case 'assistant':
      return encodeAssistant(message, quirks)
    case 'tool':
      return encodeResults(message)
  }
}

const encodeContent = (content: readonly ContentPart[]): Json => {
  const [only] = content
  if (content.length === 1 && only?.type === 'text') return only.text
  return content.map(part => (part.type === 'text' ? { type: 'text', text: part.text } : encodeFile(part)))
}

const encodeFile = (file: FilePart): JsonObject => {
  if (isImage(file)) return { type: 'image_url', image_url: { url: dataUrl(file) } }
  if (isPdf(file)) return { type: 'file', file: { filename: file.name ?? 'document.pdf', file_data: dataUrl(file) } }
  const format = audioFormats[file.mediaType]
  if (format !== undefined) return { type: 'input_audio', input_audio: { data: file.data, format } }
  return { type: 'text', text: asText(file, 'Chat Completions') }
}

/** What any model of this API can be shown beside a result; few of them hear. */
const isShown = (file: FilePart): boolean => isImage(file) || isPdf(file)

const audioFormats: Readonly<Record<string, string>> = { 'audio/wav': 'wav', 'audio/mpeg': 'mp3', 'audio/mp3': 'mp3' }

/** Without words the content is null: to leave it out is legal and yet refused (DeepSeek: "missing field `content`"). */
const encodeAssistant = (message: AssistantMessage, quirks: Quirks): JsonObject[] => {
  const text = textOf(message.content)
  const calls = message.content.filter(part => part.type === 'tool-call')
  if (text === '' && calls.length === 0) return []
  return [
    {
      role: 'assistant',
      content: text === '' ? null : text,
      ...(quirks.echoReasoning && calls.length > 0 && encodeReasoning(message)),
      ...(calls.length > 0 && { tool_calls: calls.map(encodeCall) }),
    },
  ]
}

/** With what came beside the call: Gemini signs calls in `extra_content`, and refuses them unsigned. */
const encodeCall = ({ id, name, input, providerData }: ToolCall): JsonObject => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(input) },
  ...(providerData?.protocol === 'openai-chat' && isJsonObject(providerData.value) && providerData.value),
})

/** Under the name it came with; only beside calls, since servers refuse or ignore it in answers. */
const encodeReasoning = ({ content }: AssistantMessage): JsonObject => {
  const own = content.flatMap(part =>
    part.type === 'reasoning' && part.providerData?.protocol === 'openai-chat' && isJsonObject(part.providerData.value)
      ? [{ text: part.text, data: part.providerData.value }]
      : [],
  )
  const details = own.flatMap(({ data }) => data['reasoning_details'] ?? []) as Json[]
  const field = own.map(({ data }) => data['field']).find(name => typeof name === 'string')
  if (details.length > 0) return { reasoning_details: details }
  return typeof field === 'string' ? { [field]: own.map(({ text }) => text).join('') } : {}
}

/** A tool's message holds only words here, so files it returned follow as if the user had sent them. */
const encodeResults = ({ results }: ToolMessage): JsonObject[] => {
  const told = results.map(result => ({ ...result, content: sendable(result.content, isShown) }))
  const files = told.flatMap(({ content }) => content.filter(part => part.type === 'file'))
  return [
    ...told.map(({ callId, content }) => ({ role: 'tool', tool_call_id: callId, content: textOf(content) })),
    ...(files.length > 0 ? [{ role: 'user', content: encodeContent([...fileHeading, ...files]) }] : []),
  ]
}

const fileHeading: readonly ContentPart[] = [{ type: 'text', text: 'The tool returned these files:' }]

/** Templates of local models demand that user and assistant take turns. */
const joinedTexts = (one: JsonObject, other: JsonObject): JsonObject | undefined => {
  const joinable = one['role'] === other['role'] && one['role'] !== 'tool' && !one['tool_calls']
  if (!joinable || typeof one['content'] !== 'string' || typeof other['content'] !== 'string') return undefined
  return { ...one, ...other, content: `${one['content']}\n\n${other['content']}` }
}

/** Mistral refuses ids that are not nine letters or digits; those of other providers are counted instead. */
const withShortIds = (messages: readonly JsonObject[]): JsonObject[] => {
  const short = new Map<string, string>()
  const shorten = (id: Json | undefined): string => {
    if (typeof id !== 'string') throw new Failure('model-request', 'A tool call has no id.')
    if (/^[a-zA-Z0-9]{9}$/.test(id)) return id
    const known = short.get(id) ?? `call${String(short.size + 1).padStart(5, '0')}`
    short.set(id, known)
    return known
  }
  return messages.map(message => ({
    ...message,
    ...(Array.isArray(message['tool_calls']) && {
      tool_calls: message['tool_calls'].filter(isJsonObject).map(call => ({ ...call, id: shorten(call['id']) })),
    }),
    ...(message['tool_call_id'] !== undefined && { tool_call_id: shorten(message['tool_call_id']) }),
  }))
}
