import { fieldsOf, has, isFields, itemsOf } from './fields.ts'
import type { Parsed, Unfit } from './format.ts'

/** Files that lie beside recordings and are easily taken for one. None of them tells what went over the wire, both ways. */
export const unfit: readonly Unfit[] = [
  {
    name: 'a recording of gRPC (xAI)',
    isIt: ({ fields }) => itemsOf(fields['interactions']).some(item => has(item, 'request_sample') || isGrpc(item)),
    why: 'protocol buffers, which no provider is asked with here',
  },
  {
    name: 'a recording of mcp-recorder',
    isIt: ({ fields }) =>
      itemsOf(fields['interactions']).some(item => 'jsonrpc' in fieldsOf(fieldsOf(item)['request'])),
    why: 'messages of MCP, not of a model',
  },
  {
    name: "a recording of goose's MCP servers",
    isIt: ({ text }) => /^STD(?:IN|OUT|ERR): /.test(text),
    why: 'messages of MCP, not of a model',
  },
  {
    name: 'a conversation of the Copilot SDK',
    isIt: ({ fields }) => Array.isArray(fields['conversations']) && 'models' in fields,
    why: 'a conversation, not what went over the wire',
  },
  {
    name: 'a recording of Llama Stack',
    isIt: ({ fields: { request, response } }) =>
      isFields(request) && has(response, 'body') && /"__(?:type|data)__":/.test(JSON.stringify(response['body'])),
    why: 'objects of an SDK, not what went over the wire',
  },
  {
    name: 'a scenario of goose',
    isIt: ({ fields }) => {
      const [first] = Object.values(fields)
      return has(first, 'input', 'output') && has(first['input'], 'messages')
    },
    why: 'messages of an agent, not what went over the wire',
  },
  {
    name: 'a stream of events as AWS frames it',
    isIt: ({ bytes }) => bytes.toString('latin1', 0, 64).includes(':event-type'),
    why: 'an answer, and not what was asked',
  },
  {
    name: 'an answer by itself',
    isIt: parsed => isStream(parsed) || parsed.documents.flat().some(isAnswer),
    why: 'what a provider answered, and not what was asked',
  },
  {
    name: 'a request by itself',
    isIt: ({ fields }) => 'model' in fields && ['messages', 'input', 'prompt'].some(key => key in fields),
    why: 'what a provider was asked, and not what it answered',
  },
  {
    name: 'a list of results of tools',
    isIt: ({ documents: [list] }) => itemsOf(itemsOf(list)[0]).some(item => has(item, 'type') && !has(item, 'role')),
    why: 'no traffic of a model',
  },
]

const isGrpc = (item: unknown): boolean => 'raw' in fieldsOf(fieldsOf(item)['request']) && !has(item, 'url')

/** A stream, or the data of one, a line each. */
const isStream = ({ text, documents }: Parsed): boolean => {
  if (/^\s*(?:event|data|id): ?\S/.test(text)) return true
  if (documents.length > 0) return false
  const [first = ''] = text.split('\n', 1)
  return /^\{.*\}\s*$/.test(first) && /"(?:type|choices|candidates|object)":/.test(first)
}

const isAnswer = (value: unknown): boolean =>
  ['choices', 'candidates', 'output', 'stop_reason', 'usageMetadata', 'incomplete_details'].some(key =>
    has(value, key),
  ) || /^(?:chat\.completion|response)/.test(String(fieldsOf(value)['object']))
