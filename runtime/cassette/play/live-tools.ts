import { isDeepStrictEqual } from 'node:util'
import type { AnswerTo, Ask, Border, Kind } from '../../core/border.ts'
import type { Drift } from '../../core/cassette.ts'
import type { Json } from '../../core/json.ts'
import { isBackground } from '../../core/tool.ts'
import { aroundDifference, firstDifferentLine } from '../match/text.ts'
import { writtenAnswer } from './answer.ts'
import type { ReplayingBorder } from './replay.ts'

/** What is decided about a call, and the call itself: real when tools are real. */
const tools: readonly Kind[] = ['tool', 'hook', 'permission', 'question']

/**
 * Models as the cassette remembers them, tools for real, with the usual approval. What a tool says otherwise than it
 * was recorded is reported as drift, and the run goes on with what was recorded. A recording that holds `models` only knows nothing else that could be answered.
 */
export const withLiveTools = (
  known: ReplayingBorder,
  world: Border,
  { holds, onDrift }: { readonly holds: 'all' | 'models'; readonly onDrift: (drift: Drift) => void },
): Border => ({
  exchange: known.exchange,
  async perform<K extends Kind>(kind: K, ask: Ask<K>, live: () => Promise<AnswerTo<K>>): Promise<AnswerTo<K>> {
    if (holds === 'models') return await world.perform(kind, ask, live)
    // What ran in the background is as far as it was.
    if (!tools.includes(kind) || isBackground({ name: nameOf(ask) })) return await known.perform(kind, ask, live)
    const answer = await world.perform(kind, ask, live)
    const recorded = known.recorded(kind, ask)
    if (kind !== 'tool') return answer
    const what =
      recorded === undefined ? undefined : changeOf(writtenAnswer(kind, recorded), writtenAnswer(kind, answer))
    if (what !== undefined) onDrift({ lane: laneOf(ask), interaction: 0, what: `${nameOf(ask)} ${what}` })
    // The models go on from what they were told then, so that every call is tried and compared, not only the first that differs.
    return recorded ?? answer
  },
})

const changeOf = (recorded: Json, now: Json): string | undefined => {
  if (isDeepStrictEqual(recorded, now)) return undefined
  const text = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value, null, 1))
  const different = firstDifferentLine(text(recorded), text(now))
  const texts = aroundDifference(different.recorded, different.now, 60)
  return `answers otherwise than recorded, line ${different.line}: ${JSON.stringify(texts.recorded)} is now ${JSON.stringify(texts.now)}`
}

const nameOf = (ask: Ask<Kind>): string => ('name' in ask ? ask.name : '')
const laneOf = (ask: Ask<Kind>): string => ('caller' in ask ? ask.caller.lane : 'root')
