/** Work that begins while other work goes on, and may outlast what began it. */
export class Joining<Event> {
  #waiting: AsyncGenerator<Event, unknown>[] = []
  #news = Promise.withResolvers<void>()

  join(work: AsyncGenerator<Event, unknown>): void {
    this.#waiting.push(work)
    this.#news.resolve()
  }

  /** Settles when something has joined. */
  get news(): Promise<void> {
    return this.#news.promise
  }

  take(): AsyncGenerator<Event, unknown>[] {
    this.#news = Promise.withResolvers<void>()
    return this.#waiting.splice(0)
  }
}

/**
 * The events of the main work, and of all that joined, as they come, and the main work's result. When that ends, or
 * whoever listens leaves, `stop` is called, and the rest is waited for.
 */
export async function* together<Event, Result>(
  main: AsyncGenerator<Event, Result>,
  joining: Joining<Event>,
  stop: () => void,
): AsyncGenerator<Event, Result> {
  const pending = new Map<AsyncGenerator<Event, unknown>, Promise<Step<Event>>>([[main, step(main)]])
  try {
    for (;;) {
      const first = await Promise.race([...pending.values(), joining.news])
      for (const work of joining.take()) pending.set(work, step(work))
      if (!first) continue
      const { work, next } = first
      if (!next.done) {
        pending.set(work, step(work))
        yield next.value
      } else if (work === main) return next.value as Result
      else pending.delete(work)
    }
  } finally {
    stop()
    const all = [...pending.keys(), ...joining.take()]
    await Promise.allSettled([...pending.values(), ...all.map(work => work.return(undefined))])
  }
}

type Step<Event> = {
  readonly work: AsyncGenerator<Event, unknown>
  readonly next: IteratorResult<Event, unknown>
}

const step = async <Event>(work: AsyncGenerator<Event, unknown>): Promise<Step<Event>> => ({
  work,
  next: await work.next(),
})
