import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { AssistantPart, ReasoningPart } from '../../core/message.ts'
import { toolCallOf } from '../calls.ts'
import { jsonIn, stringOf } from '../read.ts'

/** A block as it gathers: `start` is how it was announced, `text` its words or thoughts, `json` its arguments. */
export type Block = {
  readonly type: string
  readonly id: string
  readonly name: string
  readonly start: JsonObject
  text: string
  json: string
  signature: string
}

/** What a piece added to a block. */
export type Delta = { readonly text: string; readonly json: string }

/** A block as it is announced: empty in a stream, whole in a message that is none and from some servers. */
export const beginBlock = (start: JsonObject): Block => {
  const { type, id, name, text, thinking, input, signature } = start
  return {
    type: stringOf(type),
    id: stringOf(id),
    name: stringOf(name),
    start,
    text: stringOf(text) || stringOf(thinking),
    json: isJsonObject(input) && Object.keys(input).length > 0 ? JSON.stringify(input) : '',
    signature: stringOf(signature),
  }
}

/** Adds a piece to a block, and tells what it added. Pieces of kinds that we do not know (citations) add nothing. */
export const extendBlock = (block: Block, { type, text, thinking, partial_json, signature }: JsonObject): Delta => {
  const added = {
    text: type === 'text_delta' ? stringOf(text) : type === 'thinking_delta' ? stringOf(thinking) : '',
    json: type === 'input_json_delta' ? stringOf(partial_json) : '',
  }
  block.text += added.text
  block.json += added.json
  if (type === 'signature_delta') block.signature = stringOf(signature)
  return added
}

/** What a complete block says; nothing for empty words. */
export const partOf = (block: Block): AssistantPart | undefined => {
  const { type, id, name, text, json, signature, start } = block
  if (type === 'text') return text === '' ? undefined : { type: 'text', text }
  if (type === 'tool_use') return toolCallOf({ id, name, text: json })
  if (type === 'thinking') return kept(text, { type, ...(signature !== '' && { signature }) })
  return kept('', json === '' ? start : { ...start, input: jsonIn(json) })
}

/**
 * Thoughts with their signature, hidden thoughts, and blocks of tools that run on Anthropic's side: sent back unopened.
 */
const kept = (text: string, value: JsonObject): ReasoningPart => ({
  type: 'reasoning',
  text,
  providerData: { protocol: 'anthropic-messages', value },
})
