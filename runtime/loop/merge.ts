import { Arrivals, type Step, step, taken } from './arrivals.ts'

/**
 * Runs generators side by side: their events as they come, their results in the order given.
 * Whoever leaves early (a `break`, a throw) stops them all first: a source that waits can only be ended by its signal.
 */
export async function* merge<Event, Result>(
  signal: AbortSignal,
  start: (signal: AbortSignal) => readonly AsyncGenerator<Event, Result>[],
): AsyncGenerator<Event, Result[]> {
  const stop = new AbortController()
  const sources = start(AbortSignal.any([signal, stop.signal]))
  const arrivals = new Arrivals<Step<Event, Result>>()
  const results = new Map<AsyncGenerator<Event, Result>, Result>()
  const pending = new Map(sources.map(source => [source, step(source, arrivals)]))
  try {
    while (pending.size > 0) {
      const arrived = await arrivals.next()
      const next = taken(arrived)
      if (next.done) {
        pending.delete(arrived.work)
        results.set(arrived.work, next.value)
      } else {
        pending.set(arrived.work, step(arrived.work, arrivals))
        yield next.value
      }
    }
    return sources.map(source => results.get(source) as Result)
  } finally {
    stop.abort()
    await Promise.allSettled([...pending.values(), ...sources.map(source => source.return(undefined as never))])
  }
}
