import { setImmediate as soon } from 'node:timers/promises'
import type { Caller } from '../../core/border.ts'
import type { Entry } from '../file/file.ts'
import type { Activity } from './cut-off.ts'

/** A lane that was stopped when it was recorded, where somebody waits for that. */
type Stop = { readonly entry: Entry; readonly release: () => void; isOver: boolean }

/**
 * Lanes that somebody stopped, or a limit did: in a replay they come to the same end, neither earlier nor later. A stop
 * comes when everything that its lane, and what began in it, had asked before it was answered, and more is asked.
 */
export class Stops {
  #stops: readonly Stop[] = []
  readonly #entries: readonly Entry[]
  readonly #isTaken: (entry: Entry) => boolean
  readonly #activity: Activity

  constructor(entries: readonly Entry[], isTaken: (entry: Entry) => boolean, activity: Activity) {
    this.#entries = entries
    this.#isTaken = isTaken
    this.#activity = activity
  }

  /** Settles when the lane has come to where it was stopped; at once, with false, where it was not. */
  async awaited({ lane }: Caller, url: string): Promise<boolean> {
    const entry = this.#entries.find(
      one => one.method === 'HALT' && one.url === url && one.lane === lane && !this.#isTaken(one),
    )
    if (!entry) return false
    const { promise, resolve } = Promise.withResolvers<void>()
    const stop: Stop = {
      entry,
      isOver: false,
      release: () => {
        stop.isOver = true
        resolve()
      },
    }
    // Whoever waited before has ended without it.
    this.#stops = [...this.#stops.filter(other => other.entry !== entry), stop]
    if (this.#isExhausted(stop)) stop.release()
    await promise
    return true
  }

  /** Whether a request of this lane may have no answer because the lane was stopped. It is cheap where none was. */
  isNear({ lane }: Caller): boolean {
    return this.#stopOf(lane) !== undefined
  }

  /**
   * For a request that has no answer, or only the beginning of one: throws what a cut-off request throws, where the lane
   * was stopped here. Returns where it was not, and something is missing.
   */
  async check({ lane }: Caller): Promise<void> {
    const stop = this.#stopOf(lane)
    if (!stop) return
    if (!stop.isOver) await this.#activity.rest()
    if (!stop.isOver && !this.#isExhausted(stop)) return
    stop.release()
    // Whoever waits for the stop calls off what is going on, and only then does it break off.
    await soon()
    throw new Error('stopped, as it was recorded')
  }

  #stopOf(lane: string): Stop | undefined {
    return this.#stops.find(({ entry }) => isWithin(lane, entry.lane))
  }

  #isExhausted({ entry }: Stop): boolean {
    return this.#entries.every(
      one => one.id >= entry.id || one.method === 'HALT' || !isWithin(one.lane, entry.lane) || this.#isTaken(one),
    )
  }
}

const isWithin = (lane: string, other: string): boolean => lane === other || lane.startsWith(`${other}/`)
