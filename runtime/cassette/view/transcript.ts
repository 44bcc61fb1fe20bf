import type { Interaction } from '../../core/cassette.ts'
import type { Json } from '../../core/json.ts'
import { noUsage, type StopReason, type Usage } from '../../core/message.ts'
import type { Conversation, Said } from '../../core/protocol.ts'
import { howToSumUp } from '../../core/summary.ts'
import type { OpenCassette } from '../file/file.ts'
import { conversationOf, type Protocols } from '../match/request.ts'
import { readSaid, saidIn } from '../play/said.ts'
import { Heard } from './heard.ts'
import { LaneWriter, parentOf } from './lanes.ts'
import { problemIn } from './problem.ts'
import type { Spent } from './spent.ts'

/** What it takes to read a cassette: the protocols in it, and what tokens cost. `name` is provider/model. */
export type Reading = {
  readonly protocols: Protocols
  readonly costOf: (usage: Usage, name: string) => number | undefined
}

/** A crossing that is no model call. `kind` and `name` are what its URL says: `tool` and `read_file`. */
export type Effect = {
  readonly type: 'effect'
  readonly id: number
  readonly agent: string
  readonly kind: string
  readonly name: string
  readonly asked: Json
  readonly answer: Json
  /** Why it is no answer: it failed, was denied, or was cut off. */
  readonly problem?: string
}

/** What a model asked for, and all that came of it. `number` counts the calls of the lane from 1. */
export type Call = {
  readonly name: string
  readonly input: Json
  readonly number: number
  readonly permission?: Effect
  readonly question?: Effect
  readonly result?: Effect
  /** The conversation of the agent that the call gave a task to. */
  readonly lane?: Lane
}

/** One model call. Without `said` there was no whole answer, and `problem` says why. */
export type Turn = {
  readonly type: 'turn'
  readonly id: number
  readonly agent: string
  /** As `provider/model`. */
  readonly model: string
  readonly said?: Said
  readonly stop?: StopReason
  /** Whether it sums up what was said before, which is no answer to anybody. */
  readonly isSummary: boolean
  readonly calls: readonly Call[]
  readonly usage: Usage
  /** US dollars; absent where the price is not known. */
  readonly cost?: number
  readonly milliseconds: number
  readonly problem?: string
}

/** One conversation: that of the agent that is spoken to, or of one that was given a task. `spent` holds all below it. */
export type Lane = {
  readonly type: 'lane'
  readonly lane: string
  /** Who spoke in it, in the order in which they came in. */
  readonly agents: readonly string[]
  readonly items: readonly (Turn | Effect | Lane)[]
  readonly own: Spent
  readonly spent: Spent
}

/** A recording as what happened in it, each conversation for itself, in the order in which its models asked. */
export type Transcript = {
  readonly cassette: OpenCassette
  readonly lanes: readonly Lane[]
  readonly spent: Spent
}

/** Reads a cassette from its first to its last interaction. Whatever finished first, the same run gives the same transcript. */
export const transcriptOf = async (cassette: OpenCassette, reading: Reading): Promise<Transcript> => {
  const writers = new Map<string, LaneWriter>()
  const heard = new Heard()
  for (const { id } of cassette.entries) {
    const interaction = cassette.load(id)
    const writer = writers.get(interaction.lane) ?? new LaneWriter(interaction.lane)
    writers.set(interaction.lane, writer)
    if (!isModelCall(interaction)) {
      writer.effect(effectOf(interaction))
      continue
    }
    const conversation = conversationOf(interaction.request, reading.protocols)
    // A recording of HTTP traffic alone knows what was said and returned only from the next request.
    const told = cassette.modelTrafficOnly && conversation ? heard.newIn(conversation.turns) : undefined
    if (told) writer.heard(told, interaction)
    const calls = writer.turn(await answerOf(interaction, conversation, reading))
    if (told) heard.answered(told, calls)
  }
  return joined(cassette, writers)
}

/** Each lane where its task was given, those that nobody gave on top. */
const joined = (cassette: OpenCassette, writers: ReadonlyMap<string, LaneWriter>): Transcript => {
  const top: LaneWriter[] = []
  for (const [lane, writer] of writers) {
    const parent = parentOf(lane, name => writers.get(name))
    if (parent) parent.below(writer)
    else top.push(writer)
  }
  const lanes = top.map(writer => writer.finished())
  return { cassette, lanes, spent: LaneWriter.spentIn(lanes) }
}

export const isModelCall = ({ request: { protocol, url } }: Interaction): boolean =>
  protocol !== undefined || /^https?:/.test(url)

const effectOf = ({ id, agent, request, response, state }: Interaction): Effect => {
  // Whenever he said it, it is what the user said.
  if (request.method === 'HEAR')
    return { type: 'effect', id, agent, kind: 'message', name: 'user', asked: response.body ?? null, answer: null }
  const colon = request.url.indexOf(':')
  const failed = errorIn(response.body ?? null)
  const problem = failed?.error ?? problemIn(response, state)
  return {
    type: 'effect',
    id,
    agent,
    kind: request.url.slice(0, Math.max(colon, 0)) || request.method,
    name: request.url.slice(colon + 1),
    asked: request.body,
    answer: failed ? failed.content : (response.body ?? null),
    ...(problem !== undefined && { problem }),
  }
}

/** A tool that failed is recorded with the kind of its failure beside what it told. */
const errorIn = (body: Json): { error: string; content: Json } | undefined => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined
  const { error, content, ...rest } = body as { readonly [key: string]: Json }
  if (typeof error !== 'string' || content === undefined || Object.keys(rest).length > 0) return undefined
  return { error, content }
}

/** A model call by itself, with what it asked for and without what came of that. */
export const turnOf = async (interaction: Interaction, reading: Reading): Promise<Turn> => {
  const answer = await answerOf(interaction, conversationOf(interaction.request, reading.protocols), reading)
  const calls = (answer.said?.calls ?? []).map(([name, input], index): Call => ({ name, input, number: index + 1 }))
  return { ...answer, calls }
}

const answerOf = async (
  interaction: Interaction,
  conversation: Conversation | undefined,
  reading: Reading,
): Promise<Omit<Turn, 'calls'>> => {
  const { id, agent, request, response, state } = interaction
  const { provider, protocol, url } = request
  const written = response.said ?? (await saidIn(response, protocol ? reading.protocols(protocol) : undefined))
  const said = written === undefined ? undefined : readSaid(written)
  const usage = { ...noUsage, ...said?.usage }
  const name = [provider ?? hostOf(url), conversation?.model].filter(Boolean).join('/')
  const cost = reading.costOf(usage, name)
  const problem = problemIn(response, state)
  return {
    type: 'turn',
    id,
    agent,
    model: name,
    ...(said && { said, stop: said.stop }),
    isSummary: conversation?.system.some(text => text.trim() === howToSumUp) ?? false,
    usage,
    ...(cost !== undefined && { cost }),
    milliseconds: millisecondsIn(response.chunks),
    ...(problem !== undefined && { problem }),
  }
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url)

/** `120+35 64+2` is 37 milliseconds. */
export const millisecondsIn = (chunks: string | undefined): number => {
  let sum = 0
  for (const cut of chunks?.split(' ') ?? []) sum += Number(cut.slice(cut.indexOf('+') + 1)) || 0
  return sum
}
