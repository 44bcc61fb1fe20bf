import type { Json, JsonObject } from '../../core/json.ts'
import type { Conversation, Turn, WireShape } from '../../core/protocol.ts'
import { joinNeighbours } from '../neighbours.ts'
import { contentOf, textIn } from '../openai-content.ts'
import { jsonIn, objectsIn, stringOf } from '../read.ts'

/** Where responses keep what. */
export const shape: WireShape = {
  ids: [
    { defines: 'input.*.call_id', refers: 'input.*.call_id' },
    { defines: 'input.*.id', refers: 'input.*.id' },
  ],
  opaque: ['input.*.encrypted_content'],
  // None of these changes what is answered; clients draw them anew for each session.
  volatile: ['prompt_cache_key', 'safety_identifier', 'client_metadata', 'stream_options.include_obfuscation'],
  markers: [],
  jsonText: ['input.*.arguments'],
  unsaid: ['input.*[type=reasoning]', 'input.*.id', 'input.*.phase'],
  conversation: body => conversationOf(body),
}

const conversationOf = (body: JsonObject): Conversation => {
  const items = itemsOf(body['input'])
  const instructions = stringOf(body['instructions'])
  return {
    model: stringOf(body['model']),
    system: [
      ...(instructions === '' ? [] : [instructions]),
      ...items.filter(isInstruction).map(({ content }) => textIn(content)),
    ],
    tools: objectsIn(body['tools']).map(tool => ({
      name: stringOf(tool['name']) || stringOf(tool['type']),
      definition: tool,
    })),
    turns: turnsOf(items.filter(item => !isInstruction(item) && isSaid(item))),
  }
}

/** A text alone is what the user says. */
const itemsOf = (input: Json | undefined): readonly JsonObject[] =>
  typeof input === 'string' ? [{ role: 'user', content: input }] : objectsIn(input)

const isInstruction = ({ role }: JsonObject): boolean => role === 'system' || role === 'developer'

/** Reasoning is left out: it is sent back for the model's own use, and not every client does so. */
const isSaid = ({ type }: JsonObject): boolean => type !== 'reasoning' && type !== 'item_reference'

/** Items of the model that stand side by side are one turn of it. */
const turnsOf = (items: readonly JsonObject[]): Turn[] => joinNeighbours(items.map(turnOf), joinedTurns)

const joinedTurns = (one: Turn, other: Turn): Turn | undefined =>
  one.role === 'assistant' && other.role === 'assistant'
    ? { role: 'assistant', content: [one.content, other.content].flat() }
    : undefined

const turnOf = (item: JsonObject): Turn => {
  const { type, role, content, call_id, name, arguments: input, output } = item
  if (type === 'function_call') {
    return { role: 'assistant', content: [{ id: call_id ?? null, call: stringOf(name), input: jsonIn(input) }] }
  }
  if (output !== undefined && call_id !== undefined) {
    return { role: 'tool', content: [{ id: call_id, text: textIn(output) }] }
  }
  if (role === undefined) return { role: 'assistant', content: [item] }
  return { role: role === 'assistant' ? 'assistant' : 'user', content: contentOf(content) }
}
