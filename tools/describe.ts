import { isJsonObject, type JsonObject } from '../runtime/core/json.ts'
import type { Tool } from '../runtime/core/tool.ts'

const parameter = 'description'

/**
 * A tool with one more parameter, in which the model says why it makes the call. That stands in the call, for people and
 * recordings, and is not handed to the tool. A tool that has a parameter of that name stays as it is.
 */
export const described = (tool: Tool): Tool => {
  const { parameters } = tool
  const { properties = {} } = parameters
  if (!isJsonObject(properties) || parameter in properties) return tool
  const why = { type: 'string', description: 'In a few words for a human reader: what this call is for' }
  return {
    ...tool,
    parameters: { ...parameters, properties: { ...properties, [parameter]: why } },
    execute: (input, context) => tool.execute(without(input), context),
  }
}

const without = ({ [parameter]: _, ...rest }: JsonObject): JsonObject => rest
