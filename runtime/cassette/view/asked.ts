import { isJsonObject } from '../../core/json.ts'
import type { Conversation } from '../../core/protocol.ts'
import { canonical } from '../match/canonical.ts'
import { conversationOf, type Request } from '../match/request.ts'
import { lanesIn } from './lanes.ts'
import { parametersOf } from './parameters.ts'
import type { Effect, Lane, Reading, Transcript, Turn } from './transcript.ts'
import { readable } from './words.ts'

/**
 * With what a model was asked, beside the conversation, as texts to be read and compared line by line. What the clock
 * put in is left out.
 */
export type Asked = { readonly instruction: string; readonly tools: string; readonly parameters: string }

/** Reads that of the turns of one transcript. Each request is read from the file when it is asked about. */
export const askedIn = ({ cassette, lanes }: Transcript, reading: Reading): ((turn: Turn) => Asked) => {
  const moments = lanes.flatMap(effectsIn).flatMap(momentsOf)
  return turn => {
    const { instruction, ...rest } = askedAt(cassette.load(turn.id).request, reading)
    return {
      instruction: moments.reduce((text, { value, name }) => text.replaceAll(value, `(${name})`), instruction),
      ...rest,
    }
  }
}

export const askedAt = (request: Request, reading: Reading): Asked => {
  const conversation = conversationOf(request, reading.protocols)
  if (!conversation) return { instruction: '', tools: '', parameters: '' }
  const { system, tools } = conversation
  const parameters = canonical(parametersOf(request, reading.protocols), undefined)
  return {
    instruction: system.map(text => text.trim()).join('\n\n'),
    tools: tools.map(toolText).join('\n'),
    parameters: Object.keys(parameters as object).length === 0 ? '' : readable(parameters),
  }
}

/** A tool as its name, what it is for, and what it takes. */
const toolText = (tool: Conversation['tools'][number]): string => {
  const { description, takes } = definitionOf(tool)
  return [tool.name, ...(description ? [indented(description)] : []), ...(takes ? [indented(takes)] : [])].join('\n')
}

/** The words that protocols have for the schema of what a tool takes. */
const schemas = ['parameters', 'input_schema', 'parametersJsonSchema', 'inputSchema']

/** What a tool is for, and its schema as text; a tool that the provider brings has other fields, told as they are. */
export const definitionOf = ({
  definition,
}: Conversation['tools'][number]): { readonly description: string; readonly takes: string } => {
  if (!isJsonObject(definition)) return { description: '', takes: '' }
  const inner = isJsonObject(definition['function']) ? definition['function'] : definition
  const { name: _, type: _type, description = '', ...rest } = inner
  const schema = schemas.flatMap(key => rest[key] ?? [])[0] ?? rest
  const isEmpty = isJsonObject(schema) && Object.keys(schema).length === 0
  return { description: String(description), takes: isEmpty ? '' : readable(canonical(schema, undefined)) }
}

export const indented = (text: string, by = '  '): string =>
  text
    .split('\n')
    .map(line => (line === '' ? line : by + line))
    .join('\n')

/** Facts that are others each day. */
const clocks = ['date', 'time']

export const isMoment = ({ kind, name }: Effect): boolean => kind === 'fact' && clocks.includes(name)

/** Shorter ones would be found in ordinary words. */
const shortest = 8

const momentsOf = (effect: Effect): { value: string; name: string }[] =>
  isMoment(effect) && typeof effect.answer === 'string' && effect.answer.length >= shortest
    ? [{ value: effect.answer, name: effect.name }]
    : []

const effectsIn = (lane: Lane): Effect[] => [
  ...lane.items.filter(item => item.type === 'effect'),
  ...lane.items.flatMap(lanesIn).flatMap(effectsIn),
]
