/** The same events, with what `news` has to tell told before the event that came with it, and the same result. */
export async function* alongside<Event, Result>(
  events: AsyncGenerator<Event, Result>,
  news: () => Iterable<Event>,
): AsyncGenerator<Event, Result> {
  try {
    for (;;) {
      const step = await events.next()
      yield* news()
      if (step.done) return step.value
      yield step.value
    }
  } finally {
    await events.return(undefined as never)
  }
}
