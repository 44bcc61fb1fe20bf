import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Conversation, Turn, WireShape } from '../../core/protocol.ts'
import { joinNeighbours } from '../neighbours.ts'
import { listOf, objectsIn, stringOf } from '../read.ts'

/** Where messages keep what. */
export const shape: WireShape = {
  ids: [{ defines: 'messages.*.content.*.id', refers: 'messages.*.content.*.tool_use_id' }],
  opaque: [
    'messages.*.content.*.signature',
    'messages.*.content.*.data',
    'messages.*.content.*.content.*.encrypted_content',
    'messages.*.content.*.citations.*.encrypted_index',
  ],
  // Clients draw it anew for each session; it changes nothing in the answer.
  volatile: ['metadata'],
  markers: [
    'cache_control',
    'system.*.cache_control',
    'tools.*.cache_control',
    'messages.*.content.*.cache_control',
    'messages.*.content.*.content.*.cache_control',
  ],
  jsonText: [],
  unsaid: [
    'messages.*.content.*[type=thinking]',
    'messages.*.content.*[type=redacted_thinking]',
    // Where the thoughts of a turn are not sent back, it goes on without thinking.
    'thinking[type=enabled]',
  ],
  conversation: (body, operation) => conversationOf(body, operation),
}

/** Bedrock and Vertex have the model in the path. */
const conversationOf = (body: JsonObject, operation: string): Conversation => ({
  model: stringOf(body['model']) || (/\/models?\/([^/:?]+)/.exec(operation)?.[1] ?? ''),
  system: blocksIn(body['system']).map(({ text }) => stringOf(text)),
  tools: objectsIn(body['tools']).map(tool => ({
    name: stringOf(tool['name']) || stringOf(tool['type']),
    definition: tool,
  })),
  turns: joined(objectsIn(body['messages']).flatMap(turnsOf)),
})

/** Content is a text or a list of blocks, as a client likes. */
const blocksIn = (content: Json | undefined): readonly JsonObject[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : objectsIn(content)

type Said = Turn & { readonly content: readonly Json[] }

/** What tools returned is a turn of its own, though the user's message carries it. */
const turnsOf = ({ role, content }: JsonObject): Said[] => {
  const blocks = blocksIn(content)
  if (role === 'assistant') return [{ role, content: blocks.flatMap(saidIn) }]
  const results = blocks.filter(isResult)
  return [
    { role: 'tool', content: results.map(resultOf) },
    { role: 'user', content: blocks.filter(block => !isResult(block)).flatMap(saidIn) },
  ]
}

const isResult = ({ type }: JsonObject): boolean => type === 'tool_result'

/** Some clients send what belongs together in several messages. */
const joined = (turns: readonly Said[]): Said[] =>
  joinNeighbours(
    turns.filter(({ content }) => content.length > 0),
    (before, after) =>
      before.role === after.role ? { ...before, content: [...before.content, ...after.content] } : undefined,
  )

/**
 * Words without the blanks around them, which some clients trim; thoughts are left out, since not every client sends
 * them back.
 */
const saidIn = (block: JsonObject): Json[] => {
  const { type, id, name, input, cache_control: _mark, ...rest } = block
  if (type === 'text') return wordsIn(block['text'])
  if (type === 'thinking' || type === 'redacted_thinking') return []
  if (type === 'tool_use') return [{ id: id ?? null, call: stringOf(name), input: input ?? {} }]
  return [
    { ...rest, type: stringOf(type), ...(input !== undefined && { id: id ?? null, name: stringOf(name), input }) },
  ]
}

const wordsIn = (text: Json | undefined): string[] => {
  const words = stringOf(text).trim()
  return words === '' ? [] : [words]
}

const resultOf = ({ tool_use_id, content, is_error }: JsonObject): JsonObject => {
  const said = blocksIn(content).flatMap(saidIn)
  const text = said.filter(part => typeof part === 'string').join('\n')
  const files = listOf(said).filter(isJsonObject)
  return {
    id: tool_use_id ?? null,
    text,
    ...(is_error === true && { failed: true }),
    ...(files.length > 0 && { files }),
  }
}
