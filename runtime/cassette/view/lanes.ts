import { isDeepStrictEqual } from 'node:util'
import type { Interaction } from '../../core/cassette.ts'
import type { Json } from '../../core/json.ts'
import type { Told, Waiting } from './heard.ts'
import { nothingSpent, promptTokens, type Spent, spentTogether } from './spent.ts'
import type { Call, Effect, Lane, Turn } from './transcript.ts'

type OpenCall = {
  -readonly [Key in keyof Omit<Call, 'lane'>]: Call[Key]
} & { writer?: LaneWriter }

type OpenTurn = Omit<Turn, 'calls'> & { readonly calls: OpenCall[] }

/** The lane in which a lane's task was given: `root` for `root/transfer_task:1/weather`. */
export const parentOf = <Found>(lane: string, find: (lane: string) => Found | undefined): Found | undefined => {
  for (let end = lane.lastIndexOf('/'); end > 0; end = lane.lastIndexOf('/', end - 1)) {
    const found = find(lane.slice(0, end))
    if (found !== undefined) return found
  }
  return undefined
}

/** One conversation while it is put together: crossings are given to the calls that they came of. */
export class LaneWriter {
  readonly #lane: string
  readonly #items: (OpenTurn | Effect)[] = []
  readonly #below: LaneWriter[] = []
  readonly #agents = new Set<string>()
  #calls: OpenCall[] = []
  #open: OpenCall[] = []

  constructor(lane: string) {
    this.#lane = lane
  }

  turn(turn: Omit<Turn, 'calls'>): Waiting[] {
    if (turn.agent !== '') this.#agents.add(turn.agent)
    const before = this.#calls.length
    const calls = (turn.said?.calls ?? []).map(
      ([name, input], index): OpenCall => ({ name, input, number: before + index + 1 }),
    )
    this.#calls = [...this.#calls, ...calls]
    if (calls.length > 0) this.#open = calls
    this.#items.push({ ...turn, calls })
    return calls.map(call => ({ name: call.name, answer: text => answer(call, text, turn) }))
  }

  effect(effect: Effect): void {
    const place = places[effect.kind]
    const call = place && this.#callFor(effect, place)
    if (call && place) call[place] = effect
    else this.#items.push(effect)
  }

  /** What the user said, and what tools returned, as the next request tells it. */
  heard({ messages, results }: Told, { id, agent }: Interaction): void {
    for (const { call, content } of results) call.answer(content)
    for (const asked of messages) {
      this.#items.push({ type: 'effect', id, agent, kind: 'message', name: 'user', asked, answer: null })
    }
  }

  /** A lane whose task was given in this one. */
  below(writer: LaneWriter): void {
    const [, name, number] = /^([^/:]+):(\d+)\//.exec(writer.#lane.slice(this.#lane.length + 1)) ?? []
    const call = this.#calls.find(call => call.name === name && call.number === Number(number))
    if (call && !call.writer) call.writer = writer
    else this.#below.push(writer)
  }

  finished(): Lane {
    const turns = this.#items.map(item =>
      item.type === 'turn' ? { ...item, calls: item.calls.map(finishedCall) } : item,
    )
    const items = [...turns, ...this.#below.map(writer => writer.finished())]
    const own = spentTogether(items.map(ownSpent))
    const deeper = items.flatMap(lanesIn)
    return {
      type: 'lane',
      lane: this.#lane,
      agents: [...this.#agents],
      items,
      own,
      spent: spentTogether([own, ...deeper.map(({ spent }) => spent)]),
    }
  }

  static spentIn(lanes: readonly Lane[]): Spent {
    return spentTogether(lanes.map(({ spent }) => spent))
  }

  /** The first call of the last reply that asked for just this and has no such crossing yet. */
  #callFor({ name, asked }: Effect, place: 'permission' | 'question' | 'result'): OpenCall | undefined {
    const fitting = this.#open.filter(call => call.name === name && call[place] === undefined)
    return fitting.find(call => isDeepStrictEqual(call.input, asked)) ?? fitting[0]
  }
}

const places: Readonly<Record<string, 'permission' | 'question' | 'result'>> = {
  tool: 'result',
  permission: 'permission',
  question: 'question',
}

const answer = (call: OpenCall, content: Json, { id, agent }: Omit<Turn, 'calls'>): void => {
  call.result = { type: 'effect', id, agent, kind: 'tool', name: call.name, asked: call.input, answer: content }
}

const finishedCall = ({ writer, ...call }: OpenCall): Call => ({ ...call, ...(writer && { lane: writer.finished() }) })

/** The lanes right below an item of a lane. */
export const lanesIn = (item: Turn | Effect | Lane): Lane[] => {
  if (item.type === 'lane') return [item]
  return item.type === 'turn' ? item.calls.flatMap(({ lane }) => lane ?? []) : []
}

const ownSpent = (item: Turn | Effect | Lane): Spent => {
  if (item.type === 'lane') return nothingSpent
  if (item.type === 'effect') return { ...nothingSpent, toolCalls: item.kind === 'tool' ? 1 : 0 }
  const { usage, cost, milliseconds, calls } = item
  return {
    modelCalls: 1,
    toolCalls: calls.filter(({ result }) => result).length,
    usage,
    cost: cost ?? 0,
    unpriced: cost === undefined && promptTokens(usage) + usage.output > 0 ? 1 : 0,
    milliseconds,
  }
}
