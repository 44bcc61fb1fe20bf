import type { JsonObject } from '../../core/json.ts'
import type { ModelRequest } from '../../core/model.ts'
import type { ModelSettings } from '../../core/protocol.ts'
import type { ToolDefinition } from '../../core/tool.ts'
import { outputInstruction } from '../output-instruction.ts'
import { withOptions } from '../parameters.ts'
import { objectOf } from '../read.ts'
import { withCacheMarks } from './cache.ts'
import { encodeMessages } from './content.ts'
import { traitsOf } from './models.ts'
import { answerSchema, argumentsSchema } from './schema.ts'
import { thinkingOf } from './thinking.ts'

/**
 * The body of a streamed message. Fields that the model is known to refuse are left out; the header that thinking
 * between tool calls needs is told by `betasOf`.
 */
export const encode = (model: string, request: ModelRequest, settings: ModelSettings): JsonObject => {
  const messages = encodeMessages(request.messages, traitsOf(model))
  const { thinks, fields } = thinkingOf(model, settings, messages)
  const { texts, stable } = instructions(model, request)
  const output = { ...objectOf(fields['output_config']), ...format(model, request) }
  const body: JsonObject = {
    model,
    max_tokens: settings.maxTokens ?? traitsOf(model).maxTokens,
    ...(texts.length > 0 && { system: texts.map(text => ({ type: 'text', text })) }),
    messages,
    stream: true,
    ...tooling(request.tools, settings),
    ...sampling(model, settings, thinks),
    ...fields,
    ...(Object.keys(output).length > 0 && { output_config: output }),
  }
  const { options } = settings
  const marked = options?.['disable_prompt_caching'] === true ? body : withCacheMarks(body, stable)
  return withOptions(marked, wireOptions(options))
}

/** A schema that can only be told is told with what does not change. */
const instructions = (
  model: string,
  { system, stable, output }: ModelRequest,
): { readonly texts: readonly string[]; readonly stable: number } => {
  if (!output || !traitsOf(model).noOutputFormat) return { texts: system, stable }
  const texts = [...system.slice(0, stable), outputInstruction(output), ...system.slice(stable)]
  return { texts, stable: stable + 1 }
}

/**
 * Structured output proper rather than a forced tool: a forced tool cannot be had together with thinking, nor with
 * other tools, which would never be called.
 */
const format = (model: string, { output }: ModelRequest): JsonObject =>
  output && !traitsOf(model).noOutputFormat
    ? { format: { type: 'json_schema', schema: answerSchema(output.schema) } }
    : {}

const tooling = (tools: readonly ToolDefinition[], { parallelToolCalls }: ModelSettings): JsonObject => {
  if (tools.length === 0) return {}
  return {
    tools: tools.map(encodeTool),
    ...(parallelToolCalls === false && { tool_choice: { type: 'auto', disable_parallel_tool_use: true } }),
  }
}

const encodeTool = ({ name, description, parameters }: ToolDefinition): JsonObject => ({
  name,
  description,
  input_schema: argumentsSchema(parameters),
})

/** While it thinks, a model takes no temperature, and of `top_p` only what hardly matters. It knows no penalties. */
const sampling = (model: string, { temperature, topP }: ModelSettings, thinks: boolean): JsonObject => {
  const limits = traitsOf(model).sampling
  if (limits === 'none') return {}
  if (thinks) return topP !== undefined && topP >= 0.95 ? { top_p: topP } : {}
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && !(limits === 'one' && temperature !== undefined) && { top_p: topP }),
  }
}

/** Options of cagent's that say how to ask, and are no fields of a body. */
const readHere: ReadonlySet<string> = new Set(['interleaved_thinking', 'thinking_display', 'disable_prompt_caching'])

const wireOptions = (options: JsonObject = {}): JsonObject =>
  Object.fromEntries(Object.entries(options).filter(([name]) => !readHere.has(name)))
