import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Conversation, Turn, WireShape } from '../../core/protocol.ts'
import { joinNeighbours } from '../neighbours.ts'
import { objectOf, objectsIn, stringOf } from '../read.ts'

/** Where contents keep what; Python clients spell names their own way. */
export const shape: WireShape = {
  ids: [
    { defines: 'contents.*.parts.*.functionCall.id', refers: 'contents.*.parts.*.functionResponse.id' },
    { defines: 'contents.*.parts.*.function_call.id', refers: 'contents.*.parts.*.function_response.id' },
  ],
  opaque: [
    'contents.*.parts.*.thoughtSignature',
    'contents.*.parts.*.thought_signature',
    'contents.*.parts.*.inlineData.data',
    'contents.*.parts.*.inline_data.data',
  ],
  volatile: [],
  markers: [],
  jsonText: [],
  unsaid: [
    'contents.*.parts.*[thought=true]',
    'contents.*.parts.*[text=]',
    'contents.*.parts.*.thoughtSignature',
    'contents.*.parts.*.thought_signature',
    'contents.*.parts.*.functionCall.id',
    'contents.*.parts.*.functionResponse.id',
    'contents.*.parts.*.function_call.id',
    'contents.*.parts.*.function_response.id',
  ],
  conversation: (body, operation) => conversationOf(body, operation, toldFirst),
  // Others mean what stands there: the user said it in several pieces.
  otherwise: (body, operation) => conversationOf(body, operation, () => 0),
}

type Told = (turns: readonly Said[]) => number

/** `toldIn` says how many of the first contents are instructions, where there are no others. */
const conversationOf = (body: JsonObject, operation: string, toldIn: Told): Conversation => {
  const instructions = textsIn(objectOf(body['systemInstruction'] ?? body['system_instruction']))
  const turns = objectsIn(body['contents']).map(turnOf)
  const told = instructions.length > 0 ? 0 : toldIn(turns)
  return {
    model: /models\/([^/:?]+)/.exec(operation)?.[1] ?? stringOf(body['model']),
    system: [...instructions, ...turns.slice(0, told).map(({ content }) => content.map(String).join('\n'))],
    tools: objectsIn(body['tools']).flatMap(toolsIn),
    turns: named(joined(turns.slice(told))),
  }
}

/**
 * cagent sends instructions as if the user had said them first, each in a content of its own. Ours go where they
 * belong, and what the user said is never in several contents, so neither is taken for the other.
 */
const toldFirst: Told = turns => {
  const first = turns.findIndex(({ role }) => role !== 'user')
  return Math.max(0, (first === -1 ? turns.length : first) - 1)
}

const textsIn = (content: JsonObject): string[] => objectsIn(content['parts']).map(({ text }) => stringOf(text))

const toolsIn = (tool: JsonObject): { readonly name: string; readonly definition: Json }[] => {
  const declared = objectsIn(tool['functionDeclarations'] ?? tool['function_declarations'])
  if (declared.length > 0) return declared.map(one => ({ name: stringOf(one['name']), definition: one }))
  return Object.keys(tool).map(name => ({ name, definition: tool }))
}

type Said = Turn & { readonly content: readonly Json[] }

const turnOf = ({ role, parts }: JsonObject): Said => {
  const said = objectsIn(parts)
  if (role === 'model') return { role: 'assistant', content: said.flatMap(saidIn) }
  return { role: said.some(part => responseIn(part)) ? 'tool' : 'user', content: said.flatMap(saidIn) }
}

/** cagent gives each result a content of its own, others all of them one; pieces of words are one text. */
const joined = (turns: readonly Said[]): Said[] => {
  const whole = joinNeighbours(
    turns.filter(({ content }) => content.length > 0),
    (before, after) =>
      before.role === after.role ? { ...before, content: [...before.content, ...after.content] } : undefined,
  )
  return whole.map(turn => ({ ...turn, content: turn.role === 'assistant' ? joinedWords(turn.content) : turn.content }))
}

const joinedWords = (content: readonly Json[]): Json[] =>
  joinNeighbours(content, (before, after) =>
    typeof before === 'string' && typeof after === 'string' ? before + after : undefined,
  )

/** Thoughts and signatures are left out: they are sent back for the model's own use, and not every client does so. */
const saidIn = (part: JsonObject): Json[] => {
  const call = part['functionCall'] ?? part['function_call']
  const response = responseIn(part)
  if (isJsonObject(call)) return [{ call: stringOf(call['name']), input: call['args'] ?? {} }]
  if (response) return [{ ...resultIn(response['response']), ...(response['parts'] && { files: response['parts'] }) }]
  if (part['thought'] === true) return []
  if (typeof part['text'] === 'string') return part['text'].trim() === '' ? [] : [part['text']]
  const { thoughtSignature: _one, thought_signature: _other, ...rest } = part
  return Object.keys(rest).length > 0 ? [rest] : []
}

const responseIn = (part: JsonObject): JsonObject | undefined => {
  const response = part['functionResponse'] ?? part['function_response']
  return isJsonObject(response) ? response : undefined
}

/** What a tool returned, in whatever field a client puts it: the words, where there is nothing else. */
const resultIn = (response: Json | undefined): JsonObject => {
  const fields = Object.values(objectOf(response))
  const [only] = fields
  return fields.length === 1 && typeof only === 'string' ? { text: only.trim() } : { response: response ?? null }
}

/** A result is named by the call at its place: cagent writes an id of its own where the name should be. */
const named = (turns: readonly Said[]): Turn[] =>
  turns.map((turn, index) => {
    if (turn.role !== 'tool') return turn
    const names = (turns[index - 1]?.content ?? []).filter(isJsonObject).flatMap(({ call }) => call ?? [])
    return {
      ...turn,
      content: turn.content.map(part => (isResult(part) ? { of: names.shift() ?? null, ...part } : part)),
    }
  })

const isResult = (part: Json): part is JsonObject => isJsonObject(part) && ('text' in part || 'response' in part)
