import { Failure } from '../core/errors.ts'

/**
 * The events of a turn. Where it was called off, `told` is asked when it is over: whatever was thrown by what was cut
 * off then, it was the interruption, and the events just end.
 */
export async function* interruptible<Event, Result>(
  events: AsyncGenerator<Event, Result>,
  signal: AbortSignal,
  told: () => Promise<unknown>,
): AsyncGenerator<Event, Result | undefined> {
  try {
    return yield* events
  } catch (error) {
    if (error instanceof Failure || !signal.aborted) throw error
    return undefined
  } finally {
    if (signal.aborted) await told()
  }
}
