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
  const results: Result[] = []
  const pending = new Map(sources.map((source, index) => [index, step(source, index)]))
  try {
    while (pending.size > 0) {
      const { source, index, next } = await Promise.race(pending.values())
      if (next.done) {
        pending.delete(index)
        results[index] = next.value
      } else {
        pending.set(index, step(source, index))
        yield next.value
      }
    }
    return results
  } finally {
    stop.abort()
    await Promise.allSettled([...pending.values(), ...sources.map(source => source.return(undefined as never))])
  }
}

const step = async <Event, Result>(source: AsyncGenerator<Event, Result>, index: number) => ({
  source,
  index,
  next: await source.next(),
})
