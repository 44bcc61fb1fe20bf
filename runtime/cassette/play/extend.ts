import type { AnswerTo, Ask, Border, Kind, StopAnswer } from '../../core/border.ts'
import { Failure } from '../../core/errors.ts'

/** What is asked about one call of several that a model makes at once. */
const ofCalls: readonly Kind[] = ['tool', 'permission', 'question', 'hook']

/**
 * What is known is answered from it, the rest is asked of the world. Where a lane has once left what is known, its
 * effects are real from there on: a tool's old answer may be no longer true after something new has happened. Calls of one
 * reply are made side by side: those that are known keep their answers, and the lane is left when its model speaks again.
 */
export const extendingBorder = (known: Border, world: Border): Border => {
  const left = new Set<string>()
  const leaving = new Set<string>()
  const speaking = new Set<string>()
  const hasLeft = (lane: string) => [...left].some(other => lane === other || lane.startsWith(`${other}/`))
  const leave = (lane: string, kind: Kind | 'exchange'): unknown =>
    kind !== 'exchange' && ofCalls.includes(kind) && speaking.has(lane) ? leaving.add(lane) : left.add(lane)
  const orElse = async <Result>(
    [lane, kind]: readonly [string, Kind | 'exchange'],
    ask: () => Promise<Result>,
    live: () => Promise<Result>,
  ): Promise<Result> => {
    try {
      return await ask()
    } catch (error) {
      if (!isUnknown(error)) throw error
      leave(lane, kind)
      return await live()
    }
  }
  /** Limits are those of today; what an agent stopped in the background stays so. */
  const stopped = async (ask: Ask<'stop'>, live: () => Promise<StopAnswer | null>): Promise<StopAnswer | null> => {
    const now = world.perform('stop', ask, live)
    if (ask.name !== 'background' || hasLeft(ask.caller.lane)) return await now
    const before = known.perform('stop', ask, live).then(answer => answer ?? now)
    return await Promise.race([before, now])
  }
  /** With what the user says or sets only now, the conversation goes another way. */
  const knownFirst: Border['perform'] = async (kind, ask, live) => {
    const before = await known.perform(kind, ask, live)
    if (before !== null) return before
    const now = await world.perform(kind, ask, live)
    if (now !== null) left.add(laneOf(ask))
    return now
  }
  return {
    exchange(request, live) {
      const { lane } = request.caller
      speaking.add(lane)
      if (leaving.delete(lane)) left.add(lane)
      return orElse(
        [lane, 'exchange'],
        () => known.exchange(request, live),
        () => world.exchange(request, live),
      )
    },
    async perform<K extends Kind>(kind: K, ask: Ask<K>, live: () => Promise<AnswerTo<K>>) {
      const lane = laneOf(ask)
      if (kind === 'stop')
        return (await stopped(ask as Ask<'stop'>, live as () => Promise<StopAnswer | null>)) as AnswerTo<K>
      if (hasLeft(lane)) return await world.perform(kind, ask, live)
      if (kind === 'heard' || kind === 'setting') return await knownFirst(kind, ask, live)
      return await orElse(
        [lane, kind],
        () => known.perform(kind, ask, live),
        () => world.perform(kind, ask, live),
      )
    },
  }
}

const laneOf = (ask: Ask<Kind>): string => ('caller' in ask ? ask.caller.lane : 'root')

const isUnknown = (error: unknown): boolean =>
  error instanceof Failure && (error.code === 'cassette-miss' || error.code === 'cassette-drift')
