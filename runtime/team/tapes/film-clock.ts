import { setImmediate } from 'node:timers/promises'

/** The time of a film, in milliseconds since it began: it stands still while anybody has something to do. */
export type FilmClock = {
  readonly now: () => number
  /** Resolves when so much of the film's time has passed, which is at once for everybody who looks at a real clock. */
  readonly after: (milliseconds: number) => Promise<void>
}

/** Everybody waits on one clock, so agents who worked side by side do so in the film, however fast it is made. */
export const filmClock = (): FilmClock => {
  let now = 0
  let isTurning = false
  const sleepers: { readonly until: number; readonly wake: () => void }[] = []
  const turn = async (): Promise<void> => {
    isTurning = true
    while (sleepers.length > 0) {
      // Whoever was woken goes on until he waits again.
      await setImmediate()
      const next = sleepers.reduce((first, other) => (other.until < first.until ? other : first))
      sleepers.splice(sleepers.indexOf(next), 1)
      now = next.until
      next.wake()
    }
    isTurning = false
  }
  return {
    now: () => now,
    after: milliseconds => {
      if (milliseconds <= 0) return Promise.resolve()
      const woken = new Promise<void>(wake => {
        sleepers.push({ until: now + milliseconds, wake })
      })
      if (!isTurning) void turn()
      return woken
    },
  }
}
