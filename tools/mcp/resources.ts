import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js'
import type { ResultSchema } from '@modelcontextprotocol/sdk/types.js'
import { isJsonObject, type Json, type JsonObject } from '../../runtime/core/json.ts'
import { ToolFailure } from '../../runtime/core/tool.ts'
import type { ServerTool } from './listing.ts'

/** What a server has to read beside its tools: by addresses, or by templates of addresses. */
export type Resources = { readonly listed: readonly Json[]; readonly templates: readonly Json[] }

const common = { isReadOnly: true, isRepeatable: true, needsTask: false }

/** Tools of ours through which a model reads what a server has; none where it has nothing. */
export const resourceTools = ({ listed, templates }: Resources): ServerTool[] =>
  listed.length + templates.length === 0
    ? []
    : [
        {
          ...common,
          name: 'list_resources',
          description: 'List what this server has to read: documents, records, files, each with its address (URI).',
          parameters: { type: 'object', properties: {}, additionalProperties: false },
          reads: 'list',
        },
        {
          ...common,
          name: 'read_resource',
          description: 'Read what stands at an address of this server, as list_resources tells it.',
          parameters: {
            type: 'object',
            properties: { uri: { type: 'string', description: 'The address, with the gaps of a template filled in' } },
            required: ['uri'],
            additionalProperties: false,
          },
          reads: 'one',
        },
      ]

type Asking = { readonly schema: typeof ResultSchema; readonly options: RequestOptions }

/** What stands at an address, as a call of a tool would give it back. */
export const readResource = async (client: Client, input: JsonObject, asking: Asking): Promise<JsonObject> => {
  const { uri } = input
  if (typeof uri !== 'string' || uri === '')
    throw new ToolFailure('The parameter uri is missing. list_resources tells what there is.')
  const params = { uri }
  const result = await client.request({ method: 'resources/read', params }, asking.schema, asking.options)
  const contents = (result as JsonObject)['contents']
  const found = Array.isArray(contents) ? (contents as readonly Json[]) : []
  return { content: found.map(resource => ({ type: 'resource', resource })) }
}

/** All that there is to read, a line each, as a call of a tool would give it back. */
export const resourceList = ({ listed, templates }: Resources): JsonObject => {
  const lines = [
    ...listed.flatMap(item => lineOf(item, 'uri')),
    ...(templates.length > 0 ? ['By templates, whose gaps are to be filled in:'] : []),
    ...templates.flatMap(item => lineOf(item, 'uriTemplate')),
  ]
  return { content: [{ type: 'text', text: lines.join('\n') || 'There is nothing to read.' }] }
}

const lineOf = (item: Json, address: string): string[] => {
  if (!isJsonObject(item) || typeof item[address] !== 'string') return []
  const { name, title, description, mimeType } = item
  const words = [title ?? name, description].filter(text => typeof text === 'string' && text !== '').join(': ')
  const line = `${item[address]}${words === '' ? '' : `  ${words}`}${typeof mimeType === 'string' ? ` (${mimeType})` : ''}`
  return [line.replace(/\s*\n\s*/g, ' ')]
}
