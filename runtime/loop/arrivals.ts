/**
 * What comes from several sides, in the order in which it comes. (A race of promises would do as well, but each race leaves
 * something behind at every promise that has not settled, for as long as that takes.)
 */
export class Arrivals<Item> {
  readonly #items: Item[] = []
  #news = Promise.withResolvers<void>()

  push(item: Item): void {
    this.#items.push(item)
    this.#news.resolve()
  }

  async next(): Promise<Item> {
    for (;;) {
      const item = this.#items.shift()
      if (item !== undefined) return item
      this.#news = Promise.withResolvers()
      await this.#news.promise
    }
  }
}

/** A step of some work, or what it threw. */
export type Step<Event, Result> = {
  readonly work: AsyncGenerator<Event, Result>
  readonly next?: IteratorResult<Event, Result>
  readonly error?: unknown
}

/** Lets work take its next step, which arrives when it is done. Settles with it, and never throws. */
export const step = async <Event, Result>(
  work: AsyncGenerator<Event, Result>,
  arrivals: { readonly push: (step: Step<Event, Result>) => void },
): Promise<void> => {
  try {
    arrivals.push({ work, next: await work.next() })
  } catch (error) {
    arrivals.push({ work, error })
  }
}

/** The step that was taken. Throws what the work threw. */
export const taken = <Event, Result>({ next, error }: Step<Event, Result>): IteratorResult<Event, Result> => {
  if (!next) throw error
  return next
}
