import type { Entry, OpenCassette } from '../file/file.ts'

/**
 * Where the person called off turns when it was recorded. `turn` begins a turn, and gives the signal that fires where
 * that one was called off.
 */
export class Interruptions {
  readonly #entries: readonly Entry[]
  readonly #all: readonly Entry[]
  readonly #isTaken: (entry: Entry) => boolean
  #turn = new AbortController()

  constructor({ entries }: OpenCassette, isTaken: (entry: Entry) => boolean) {
    this.#entries = entries
    this.#all = entries.filter(({ method }) => method === 'STOP')
    this.#isTaken = isTaken
  }

  turn(): AbortSignal {
    this.#turn = new AbortController()
    return this.#turn.signal
  }

  /** Whether this turn was called off: then that comes before whatever was said next. */
  isToCome(): boolean {
    const next = this.#next()
    return next !== undefined && !this.#entries.some(entry => isMessage(entry, next) && !this.#isTaken(entry))
  }

  /** Whether all that this lane asked for before that has been played. */
  isOver(lane: string): boolean {
    const next = this.#next()
    if (!next || !this.isToCome()) return false
    const own = this.#entries.filter(entry => entry.lane === lane && entry.id < next.id)
    return own.length > 0 && own.every(this.#isTaken)
  }

  /** Ends the turn, and gives what whoever waits in it ends with. */
  comes(): unknown {
    if (!this.#turn.signal.aborted) this.#turn.abort(new Error('interrupted, as it was recorded'))
    return this.#turn.signal.reason
  }

  #next(): Entry | undefined {
    return this.#all.find(entry => !this.#isTaken(entry))
  }
}

const isMessage = ({ method, id }: Entry, next: Entry): boolean => method === 'SAY' && id < next.id
