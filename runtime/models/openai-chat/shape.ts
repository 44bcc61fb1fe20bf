import type { JsonObject } from '../../core/json.ts'
import type { Conversation, Turn, WireShape } from '../../core/protocol.ts'
import { contentOf, textIn } from '../openai-content.ts'
import { jsonIn, objectOf, objectsIn, stringOf } from '../read.ts'

/** Where chat completions keep what. */
export const shape: WireShape = {
  ids: [
    { defines: 'messages.*.tool_calls.*.id', refers: 'messages.*.tool_call_id' },
    // The id of a call where Gemini stands behind, one of its own kind elsewhere.
    { defines: 'messages.*.reasoning_details.*.id', refers: 'messages.*.reasoning_details.*.id' },
  ],
  opaque: [
    'messages.*.reasoning_details.*.data',
    'messages.*.reasoning_details.*.signature',
    'messages.*.tool_calls.*.extra_content.google.thought_signature',
  ],
  // None of these changes what is answered; clients draw them anew for each session.
  volatile: ['prompt_cache_key', 'safety_identifier', 'stream_options.include_obfuscation'],
  markers: ['messages.*.cache_control', 'messages.*.content.*.cache_control', 'tools.*.cache_control'],
  jsonText: ['messages.*.tool_calls.*.function.arguments', 'messages.*.function_call.arguments'],
  unsaid: [
    'messages.*.reasoning_content',
    'messages.*.reasoning',
    'messages.*.reasoning_text',
    'messages.*.reasoning_details',
    'messages.*.content.*[type=thinking]',
    'messages.*.tool_calls.*.extra_content',
  ],
  conversation: body => conversationOf(body),
}

const conversationOf = (body: JsonObject): Conversation => {
  const messages = objectsIn(body['messages'])
  return {
    model: stringOf(body['model']),
    system: messages.filter(isInstruction).map(({ content }) => textIn(content)),
    tools: objectsIn(body['tools']).map(tool => {
      const definition = objectOf(tool['function'])
      return { name: stringOf(definition['name']) || stringOf(tool['type']), definition: tool }
    }),
    turns: messages.filter(message => !isInstruction(message)).map(turnOf),
  }
}

const isInstruction = ({ role }: JsonObject): boolean => role === 'system' || role === 'developer'

/** Reasoning is left out: it is sent back for the model's own use, and not every client does so. */
const turnOf = ({ role, content, tool_call_id, tool_calls }: JsonObject): Turn => {
  if (role === 'tool') return { role, content: [{ id: tool_call_id ?? null, text: textIn(content) }] }
  if (role !== 'assistant') return { role: 'user', content: contentOf(content) }
  const calls = objectsIn(tool_calls).map(callOf)
  const said = contentOf(content)
  if (calls.length === 0) return { role, content: said }
  return { role, content: [...(said === '' ? [] : [said].flat()), ...calls] }
}

const callOf = ({ id, function: asked }: JsonObject): JsonObject => {
  const { name, arguments: input } = objectOf(asked)
  return { id: id ?? null, call: stringOf(name), input: jsonIn(input) }
}
