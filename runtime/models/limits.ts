import { Failure } from '../core/errors.ts'
import type { Model } from '../core/model.ts'

/** Holds back all who ask one provider while it wants to be left alone. */
export type Gate = {
  /** For so many milliseconds from now. */
  readonly hold: (milliseconds: number) => void
  /** Waits as long as anybody is held back. */
  readonly pass: (signal: AbortSignal) => Promise<void>
}

export type GateOptions = {
  readonly now: () => number
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/** Whoever is to wait longer than this, in milliseconds, is told so by the provider himself. */
const longestHold = 60_000
/** Milliseconds between those who waited, so that they do not all ask at once. */
const apart = 100

export const gateOf = ({ now, sleep }: GateOptions): Gate => {
  let until = 0
  let waiting = 0
  return {
    hold: milliseconds => {
      until = Math.max(until, now() + Math.min(milliseconds, longestHold))
    },
    async pass(signal) {
      for (let waited = 0; waited < until; ) {
        waited = until
        const left = until - now()
        if (left <= 0) return
        waiting += 1
        await sleep(left + waiting * apart, signal).finally(() => {
          waiting -= 1
        })
      }
    },
  }
}

/** The same model, which waits while its provider asks others to wait; and has the others wait, when it is asked to itself. */
export const sharing = (model: Model, gate: Gate): Model =>
  async function* (request, signal) {
    await gate.pass(signal)
    try {
      yield* model(request, signal)
    } catch (error) {
      if (error instanceof Failure && error.code === 'rate-limited' && error.retryAfter) gate.hold(error.retryAfter)
      throw error
    }
  }
