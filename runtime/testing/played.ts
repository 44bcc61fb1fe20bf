import type { EndReason, Path, RunEvent } from '../core/event.ts'
import type { JsonObject } from '../core/json.ts'
import { isOfUser, noUsage, type ToolError, textOf, type Usage, usageTogether } from '../core/message.ts'

/** A call as it was made and answered. `path` says where in the delegation: [2, 1] is the first inside the second. */
export type PlayedCall = {
  readonly agent: string
  readonly path: Path
  readonly name: string
  readonly input: JsonObject
  /** The words of what came back. */
  readonly result: string
  readonly error?: ToolError
}

/** What a run did, in the order in which it is told. */
export type PlayedRun = {
  /** The last words of the agent that was spoken to. */
  readonly answer: string
  /** Its last words of each turn. */
  readonly answers: readonly string[]
  readonly calls: readonly PlayedCall[]
  /** Every agent that spoke, in the order of its first word. */
  readonly agents: readonly string[]
  readonly usage: Usage
  /** US dollars; undefined where the price of a model is not known. */
  readonly cost: number | undefined
  /** How each turn ended. */
  readonly endings: readonly EndReason[]
  readonly events: readonly RunEvent[]
  readonly notices: readonly string[]
  readonly cassette: string
  /** Whether this run was recorded, and not played back. */
  readonly recorded: boolean
}

type Circumstances = Pick<PlayedRun, 'cassette' | 'recorded' | 'notices'>

/** Folds the events of a run into what a test asks about. */
export const played = (events: readonly RunEvent[], circumstances: Circumstances): PlayedRun => {
  const answers = answersIn(events)
  const finishes = events.filter(event => event.type === 'finish')
  return {
    answer: answers.at(-1) ?? '',
    answers,
    calls: events.flatMap(event => (event.type === 'tool-end' ? [callOf(event)] : [])),
    agents: [...new Set(finishes.map(({ agent }) => agent))],
    usage: finishes.reduce((sum, { usage }) => usageTogether(sum, usage), noUsage),
    cost: finishes.reduce<number | undefined>(
      (sum, { cost }) => (sum === undefined || cost === undefined ? undefined : sum + cost),
      0,
    ),
    endings: events.flatMap(event => (event.type === 'agent-end' && event.path.length === 0 ? [event.reason] : [])),
    events,
    ...circumstances,
  }
}

/** A user's message begins a turn; the last one of the model ends it. */
const answersIn = (events: readonly RunEvent[]): string[] => {
  const answers: string[] = []
  for (const event of events) {
    if (event.type !== 'message' || event.path.length > 0) continue
    if (isOfUser(event.message) && !event.steers) answers.push('')
    if (event.message.role === 'assistant') answers[answers.length - 1] = textOf(event.message.content)
  }
  return answers
}

const callOf = ({ agent, path, call, result }: Extract<RunEvent, { type: 'tool-end' }>): PlayedCall => ({
  agent,
  path,
  name: call.name,
  input: call.input,
  result: textOf(result.content),
  ...(result.error && { error: result.error }),
})
