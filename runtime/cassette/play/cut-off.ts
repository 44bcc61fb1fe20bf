import { setTimeout as wait } from 'node:timers/promises'
import type { Interaction } from '../../core/cassette.ts'
import { Failure } from '../../core/errors.ts'

/** Milliseconds without a crossing after which nobody else has anything to do. */
const quiet = 100

/** Who is at work in a replay, and whom a recorded failure has ended: by that others were cut off. */
export class Activity {
  #count = 0
  #pausing = 0
  readonly #failed = new Set<string>()

  /** A lane asks for something, so that it has got over whatever failed. */
  asks(lane: string): void {
    this.#count += 1
    for (const failed of this.#failed) if (failed === lane || failed.startsWith(`${lane}/`)) this.#failed.delete(failed)
  }

  gets(): void {
    this.#count += 1
  }

  fails(lane: string): void {
    this.#failed.add(lane)
  }

  async pauses(pause: Promise<void>): Promise<void> {
    this.#pausing += 1
    await pause.finally(() => {
      this.#pausing -= 1
    })
  }

  /** Waits until all others have come to where they came when it was recorded. */
  async rest(): Promise<void> {
    let before: number
    do {
      before = this.#count
      await wait(quiet)
    } while (before !== this.#count || this.#pausing > 0)
  }

  /** Then, was it a failure among them that cut off the rest? */
  async isEndedByFailure(): Promise<boolean> {
    await this.rest()
    return this.#failed.size > 0
  }
}

/** Whether it has no end, or nothing at all, because the run was over before. */
export const isCutOff = ({ state }: Interaction): boolean => state === 'interrupted'

/** What a recording says that was cut off in its middle. */
export const endOfTape = ({ id, request }: Interaction, path: string): Failure =>
  new Failure(
    'cassette-miss',
    `The recording ${path} ends here: interaction ${id} (${request.method} ${request.url}) was cut off.`,
    { hint: 'Go on from here live, and record both: add --record=NAME.' },
  )

/** What a lane ends with that was cut off by the failure of another, which is what a person is told. */
export const endedByOther = (): Failure => new Failure('interrupted', 'It was cut off by the failure of another agent.')
