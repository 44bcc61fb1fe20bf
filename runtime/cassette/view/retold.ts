import type { Answer } from '../../core/border.ts'
import type { Path, RunEvent } from '../../core/event.ts'
import { isJsonObject, type Json } from '../../core/json.ts'
import type { ContentPart, ToolCall, ToolError, ToolResult } from '../../core/message.ts'
import { partsText } from './changes.ts'
import { thousands } from './layout.ts'
import { answerEvents, callsFrom } from './retold-answer.ts'
import type { Call, Effect, Lane, Reading, Transcript, Turn } from './transcript.ts'
import { effectText } from './words.ts'

/** An event of a run as its recording tells it: `after` milliseconds, and of which interaction it came. */
export type Retold = { readonly after: number; readonly interaction: number; readonly event: RunEvent }

type Telling = AsyncGenerator<Retold>

/** Where something happened, and what it takes to tell it. */
type Place = {
  readonly transcript: Transcript
  readonly reading: Reading
  readonly path: Path
  /** Whether somebody was spoken to and has not ended yet. */
  readonly turn: { isOpen: boolean }
}

/** Milliseconds that a recording without times is given: to read what was said, and to see that a call goes on. */
const pauses = { message: 800, call: 300, result: 500, note: 300 } as const

/**
 * The events that a run must have had, read from its recording, where it cannot be played again because nobody knows who
 * ran it. Conversations stand where they were begun, one after the other.
 */
export async function* retold(transcript: Transcript, read: Reading): Telling {
  for (const lane of transcript.lanes) {
    const place = { transcript, reading: read, path: [], turn: { isOpen: false } }
    const agent = lane.agents.at(-1) ?? ''
    for await (const told of laneTold(lane, place)) yield named(told, lane)
    for await (const told of ended(place, { agent, id: lastIn(lane) })) yield named(told, lane)
  }
}

/** In recordings of others agents have no names. */
const named = ({ event, ...told }: Retold, { lane }: Lane): Retold => ({
  ...told,
  event: event.agent === '' ? { ...event, agent: lane.split('/').at(-1) ?? lane } : event,
})

async function* laneTold({ items }: Lane, place: Place): Telling {
  for (const item of items) {
    if (item.type === 'lane') yield* laneTold(item, { ...place, path: [...place.path, 0], turn: { isOpen: false } })
    else if (item.type === 'turn') yield* turnTold(item, place)
    else yield* effectTold(item, place)
  }
}

const lastIn = ({ items }: Lane): number => {
  const last = items.at(-1)
  return last === undefined ? 0 : last.type === 'lane' ? lastIn(last) : last.id
}

type Who = Pick<Turn, 'agent' | 'id'>

async function* begun({ path, turn }: Place, { agent, id }: Who): Telling {
  if (!turn.isOpen) yield { after: 0, interaction: id, event: { path, agent, type: 'agent-start' } }
  turn.isOpen = true
}

async function* ended({ path, turn }: Place, { agent, id }: Who, reason: 'done' | 'cancelled' = 'done'): Telling {
  if (turn.isOpen) yield { after: 0, interaction: id, event: { path, agent, type: 'agent-end', reason } }
  turn.isOpen = false
}

async function* turnTold(turn: Turn, place: Place): Telling {
  const { id, agent, calls } = turn
  const { path } = place
  yield* begun(place, turn)
  const interaction = place.transcript.cassette.load(id)
  for await (const { after, event } of answerEvents(interaction, turn, place.reading))
    yield { after, interaction: id, event: { path, agent, ...event } }
  if (calls.length === 0) return yield* ended(place, turn)
  const made = callsFrom(calls)
  for (const [index, call] of made.entries())
    yield { after: 0, interaction: id, event: { path: pathOf(place, calls[index]), agent, type: 'tool-call', call } }
  const results: ToolResult[] = []
  for (const [index, call] of calls.entries()) {
    const result = yield* callTold(call, made[index], { ...place, agent, id })
    if (result) results.push(result)
  }
  if (results.length > 0)
    yield { after: 0, interaction: id, event: { path, agent, type: 'message', message: { role: 'tool', results } } }
}

const pathOf = ({ path }: Pick<Place, 'path'>, call: Call | undefined): Path => [...path, call?.number ?? 0]

async function* callTold(
  { permission, question, result, lane, number }: Call,
  call: ToolCall | undefined,
  at: Place & Who,
): AsyncGenerator<Retold, ToolResult | undefined> {
  if (!call) return undefined
  const { agent, id } = at
  const path = [...at.path, number]
  const told = (after: number, interaction: number, event: RunEvent): Retold => ({ after, interaction, event })
  if (question) {
    yield told(pauses.call, question.id, { path, agent, type: 'question', call })
    yield told(pauses.call, question.id, { path, agent, type: 'answer', call, answer: answerIn(question) })
  }
  const refusal = result || lane ? undefined : refusalIn(question ?? permission)
  if (refusal !== undefined) {
    const denied = resultOf(call, refusal, 'denied')
    yield told(pauses.call, permission?.id ?? id, { path, agent, type: 'tool-end', call, result: denied })
    return denied
  }
  if (!result && !lane) return undefined
  const own = result?.id ?? id
  yield told(pauses.call, own, { path, agent, type: 'tool-start', call })
  if (lane) yield* laneTold(lane, { ...at, path, turn: { isOpen: false } })
  const got = result ? resultOf(call, result.answer, errorIn(result)) : resultOf(call, lane ? lastWords(lane) : '')
  yield told(result ? pauses.result : 0, lane ? lastIn(lane) : own, {
    path,
    agent,
    type: 'tool-end',
    call,
    result: got,
  })
  return got
}

/** What a person said of a call; a yes where nobody can tell any more. */
const answerIn = ({ answer }: Effect): Answer =>
  isJsonObject(answer) && typeof answer['verdict'] === 'string' ? (answer as unknown as Answer) : { verdict: 'yes' }

const refusalIn = (said: Effect | undefined): string | undefined => {
  const { verdict, reason } = isJsonObject(said?.answer) ? said.answer : {}
  if (verdict !== 'deny' && verdict !== 'no') return undefined
  return typeof reason === 'string' ? reason : 'It was not allowed.'
}

const resultOf = ({ id, name }: ToolCall, answer: Json, error?: ToolError): ToolResult => ({
  callId: id,
  name,
  content: contentOf(answer),
  ...(error && { error }),
})

const contentOf = (content: Json): ContentPart[] => [{ type: 'text', text: partsText(withoutMedia(content)) }]

/** Bytes are nothing to be read: what they are, and how many, stands in their place. */
const withoutMedia = (content: Json): Json => {
  if (Array.isArray(content)) return content.map(withoutMedia)
  if (isJsonObject(content))
    return Object.fromEntries(Object.entries(content).map(([key, value]) => [key, withoutMedia(value)]))
  if (typeof content !== 'string' || content.length < leastMedia) return content
  const [, type, data = content] = /^data:([^;,]*);base64,(.*)$/s.exec(content) ?? []
  if (!/^[A-Za-z0-9+/_-]+=*$/.test(data)) return content
  return `(${type === undefined ? '' : `${type}, `}${thousands(Math.floor((data.length * 3) / 4))} bytes)`
}
const leastMedia = 200

const errorIn = ({ problem }: Effect): ToolError | undefined =>
  problem === undefined ? undefined : (errors.find(error => error === problem) ?? 'failed')
const errors: readonly ToolError[] = ['unknown-tool', 'invalid-input', 'denied', 'failed', 'interrupted']

const lastWords = ({ items }: Lane): string => items.findLast(item => item.type === 'turn')?.said?.text ?? ''

/** What the user said begins a turn; he may have been told of it by others, and the run may have gone on meanwhile. */
async function* effectTold(effect: Effect, place: Place): Telling {
  const { id, agent, kind, name, asked } = effect
  const { path } = place
  if (kind === 'fact' || kind === 'tools' || name === 'command') return
  if (kind === 'interruption') return yield* ended(place, effect, 'cancelled')
  if (kind !== 'message') {
    const text = effectText(effect)
    yield {
      after: pauses.note,
      interaction: id,
      event: { path, agent, type: 'notice', level: 'info', code: kind, text },
    }
    return
  }
  const message = { role: 'user', content: contentOf(asked) } as const
  const steers = place.turn.isOpen && place.transcript.cassette.load(id).request.method === 'HEAR'
  if (!steers) yield* ended(place, effect)
  yield {
    after: pauses.message,
    interaction: id,
    event: { path, agent, type: 'message', message, ...(steers && { steers }) },
  }
  yield* begun(place, effect)
}
