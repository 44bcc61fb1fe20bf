import type { JsonObject } from '../../core/json.ts'
import type { ModelRequest } from '../../core/model.ts'
import type { ModelSettings } from '../../core/protocol.ts'
import type { ToolDefinition } from '../../core/tool.ts'
import { familyOf } from '../families.ts'
import { outputInstruction } from '../output-instruction.ts'
import { withOptions } from '../parameters.ts'
import { objectSchema } from '../schema.ts'
import { encodeMessages } from './content.ts'
import { traitsOf } from './models.ts'
import { thinkingConfig } from './thinking.ts'

/** The body of a streamed generateContent. Fields that the model is known to refuse are left out. */
export const encode = (model: string, request: ModelRequest, settings: ModelSettings): JsonObject => {
  const { messages, tools } = request
  const system = instructions(model, request)
  const config = generationConfig(model, request, settings)
  const body: JsonObject = {
    ...(system.length > 0 && { systemInstruction: { parts: system.map(text => ({ text })) } }),
    contents: encodeMessages(messages, traitsOf(model)),
    ...(tools.length > 0 && { tools: [{ functionDeclarations: tools.map(encodeTool) }] }),
    ...(Object.keys(config).length > 0 && { generationConfig: config }),
  }
  return withOptions(body, wireOptions(settings.options))
}

/** Before Gemini 3 an answer's schema is refused beside tools, and can only be told. */
const takesFormat = (model: string, { tools }: ModelRequest): boolean =>
  tools.length === 0 || traitsOf(model).third === true

const instructions = (model: string, request: ModelRequest): readonly string[] => {
  const { system, stable, output } = request
  if (!output || takesFormat(model, request)) return system
  return [...system.slice(0, stable), outputInstruction(output), ...system.slice(stable)]
}

/** Penalties are refused by every Gemini of today. Parallel calls cannot be forbidden. */
const generationConfig = (model: string, request: ModelRequest, settings: ModelSettings): JsonObject => {
  const { temperature, topP, maxTokens, frequencyPenalty, presencePenalty } = settings
  const { output } = request
  const penalties = !familyOf(model).noPenalties
  const thinking = thinkingConfig(model, settings)
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    ...(frequencyPenalty !== undefined && penalties && { frequencyPenalty }),
    ...(presencePenalty !== undefined && penalties && { presencePenalty }),
    ...(thinking && { thinkingConfig: thinking }),
    ...(output &&
      takesFormat(model, request) && {
        responseMimeType: 'application/json',
        responseJsonSchema: withoutDialect(output.schema),
      }),
  }
}

/**
 * `parametersJsonSchema`, which is read as JSON Schema and passes over what it does not know; `parameters` is of
 * OpenAPI's kind and refuses a request for `$ref`, `additionalProperties`, `exclusiveMinimum` or a list of types.
 */
const encodeTool = ({ name, description, parameters }: ToolDefinition): JsonObject => ({
  name,
  description,
  parametersJsonSchema: withoutDialect(objectSchema(parameters)),
})

const withoutDialect = ({ $schema: _dialect, $id: _id, ...schema }: JsonObject): JsonObject => schema

/** Options of cagent's that say whom to ask, and are no fields of a body. */
const readHere: ReadonlySet<string> = new Set(['project', 'location', 'thinking_display'])

const wireOptions = (options: JsonObject = {}): JsonObject =>
  Object.fromEntries(Object.entries(options).filter(([name]) => !readHere.has(name)))
