import type { Interaction } from '../../core/cassette.ts'
import { Failure } from '../../core/errors.ts'
import { isJsonObject, type Json } from '../../core/json.ts'
import type { AssistantMessage, AssistantPart, ToolCall } from '../../core/message.ts'
import type { ModelEvent } from '../../core/model.ts'
import { bytesToPlay, played } from '../play/played.ts'
import { type Call, millisecondsIn, type Reading, type Turn } from './transcript.ts'

type Told =
  | ModelEvent
  | { readonly type: 'message'; readonly message: AssistantMessage }
  | { readonly type: 'notice'; readonly level: 'warning'; readonly code: string; readonly text: string }

/** Something of an answer, so many milliseconds after what was before it. */
export type AnswerEvent = { readonly after: number; readonly event: Told }

/** Milliseconds: before an answer of which nobody knows when it came, between its pieces, and of all its pieces together. */
const pace = { before: 600, piece: 25, most: 5000 } as const

/** An answer as it came, with its own times, or in pieces that can be read where none were kept. */
export async function* answerEvents(
  interaction: Interaction,
  turn: Turn,
  reading: Reading,
): AsyncGenerator<AnswerEvent> {
  const heard: AnswerEvent[] = []
  const problem = await hear(interaction, reading, event => heard.push(event))
  const isTimed = millisecondsIn(interaction.response.chunks) > 0
  yield* (isTimed ? heard : paced(heard)).map(told => withPrice(told, turn))
  const parts = heard.flatMap(({ event }) => (event.type === 'part' ? [event.part] : []))
  const finish = heard.findLast(({ event }) => event.type === 'finish')?.event
  if (finish?.type === 'finish') {
    const content = renumbered(parts, turn.calls)
    const message = { role: 'assistant', content, stop: finish.stop, usage: finish.usage } as const
    return yield { after: 0, event: { type: 'message', message } }
  }
  const text = turn.problem ?? problem ?? answeredText(interaction)
  yield { after: isTimed ? 0 : pace.before, event: { type: 'notice', level: 'warning', code: 'recorded', text } }
}

/** What is no answer of a model. */
const answeredText = ({ request: { method, url }, response: { status } }: Interaction): string =>
  `${method} ${url}: ${status}`

/** What a run would hear in an answer, and why it heard no more. */
const hear = async (
  interaction: Interaction,
  { protocols }: Reading,
  tell: (told: AnswerEvent) => void,
): Promise<string | undefined> => {
  const { request, response } = interaction
  const protocol = request.protocol === undefined ? undefined : protocols(request.protocol)
  if (!protocol || response.status < 200 || response.status >= 300) return undefined
  let after = 0
  const pauseAfter = async (milliseconds: number): Promise<void> => {
    after += milliseconds
  }
  const bytes = bytesToPlay(interaction, protocols, asItIs)
  const body = played(bytes, { chunks: response.chunks, pauseAfter, ending: async () => undefined })
  try {
    for await (const event of protocol.decode({ status: response.status, headers: response.headers ?? {}, body })) {
      tell({ after, event })
      after = 0
    }
  } catch (error) {
    if (error instanceof Failure) return error.message
    throw error
  }
  return undefined
}

const asItIs = { text: (text: string) => text, json: (json: Json) => json }

/** With its price, and with the name of the model alone, as a run tells it. */
const withPrice = ({ after, event }: AnswerEvent, { model, cost }: Turn): AnswerEvent =>
  event.type === 'finish'
    ? { after, event: { ...event, model: model.replace(/^[^/]*\//, ''), ...(cost !== undefined && { cost }) } }
    : { after, event }

/** Words in pieces of one pace, since all of them came at once or nobody knows when they came. */
const paced = (heard: readonly AnswerEvent[]): AnswerEvent[] => {
  const whole = told(heard)
  const words = whole.map(({ event }) => ('text' in event ? event.text.split(/(?<=\s)(?=\S)/) : []))
  const count = words.reduce((sum, { length }) => sum + length, 0)
  const size = Math.max(1, Math.ceil((count * pace.piece) / pace.most))
  const pieces = whole.flatMap(({ event }, index): AnswerEvent[] =>
    event.type === 'text-delta' || event.type === 'reasoning-delta'
      ? joined(words[index] ?? [], size).map(text => ({ after: pace.piece, event: { ...event, text } }))
      : [{ after: 0, event }],
  )
  const [first, ...rest] = pieces
  return first ? [{ ...first, after: pace.before }, ...rest] : []
}

/** Deltas for all that was said, also where it came whole. */
const told = (heard: readonly AnswerEvent[]): AnswerEvent[] =>
  heard.flatMap((one): AnswerEvent[] => {
    const { event } = one
    if (event.type === 'text-delta' || event.type === 'reasoning-delta' || event.type === 'tool-input-delta') return []
    if (event.type !== 'part' || event.part.type === 'tool-call' || event.part.text === '') return [one]
    const type = event.part.type === 'text' ? ('text-delta' as const) : ('reasoning-delta' as const)
    return [{ after: 0, event: { type, text: event.part.text } }, one]
  })

const joined = (words: readonly string[], size: number): string[] =>
  Array.from({ length: Math.ceil(words.length / size) }, (_, index) =>
    words.slice(index * size, (index + 1) * size).join(''),
  )

/** The calls as they are told, with ids that are counted: some recordings have none, or the same ones twice. */
export const callsFrom = (calls: readonly Call[]): ToolCall[] =>
  calls.map(({ name, input, number }) => ({
    type: 'tool-call',
    id: `call-${number}`,
    name,
    ...(isJsonObject(input) ? { input } : { input: {}, invalid: String(input) }),
  }))

const renumbered = (parts: readonly AssistantPart[], calls: readonly Call[]): AssistantPart[] => {
  const made = callsFrom(calls)
  return parts.map(part => (part.type === 'tool-call' ? (made.shift() ?? part) : part))
}
