import { Arrivals, type Step, step, taken } from './arrivals.ts'

type Work<Event> = AsyncGenerator<Event, unknown>
type Arrival<Event> = Step<Event, unknown> | { readonly joined: Work<Event> }

/** Work that begins while other work goes on, and may outlast what began it. */
export class Joining<Event> {
  readonly arrivals = new Arrivals<Arrival<Event>>()
  /** What has not been begun yet. */
  readonly waiting = new Set<Work<Event>>()

  join(work: Work<Event>): void {
    this.waiting.add(work)
    this.arrivals.push({ joined: work })
  }
}

/**
 * The events of the main work, and of all that joined, as they come, and the main work's result. When that ends, or
 * whoever listens leaves, `stop` is called, and the rest is waited for.
 */
export async function* together<Event, Result>(
  main: AsyncGenerator<Event, Result>,
  { arrivals, waiting }: Joining<Event>,
  stop: () => void,
): AsyncGenerator<Event, Result> {
  const pending = new Map<Work<Event>, Promise<void>>([[main, step<Event, unknown>(main, arrivals)]])
  try {
    for (;;) {
      const arrived = await arrivals.next()
      if ('joined' in arrived) {
        waiting.delete(arrived.joined)
        pending.set(arrived.joined, step(arrived.joined, arrivals))
        continue
      }
      const { work } = arrived
      const next = taken(arrived)
      if (!next.done) {
        pending.set(work, step(work, arrivals))
        yield next.value
      } else if (work === main) return next.value as Result
      else pending.delete(work)
    }
  } finally {
    stop()
    const all = [...pending.keys(), ...waiting]
    waiting.clear()
    await Promise.allSettled([...pending.values(), ...all.map(work => work.return(undefined))])
  }
}
