import { setTimeout as wait } from 'node:timers/promises'
import { unlessAborted } from './abort.ts'
import type { McpConfig, McpWorld } from './config.ts'
import type { Session } from './session.ts'
import { ServerFailure } from './words.ts'

/** Milliseconds before each further attempt to reach a server that was there and is gone. */
const pauses = [500, 1000, 2000, 4000]

/** The way to one server, kept open: begun when it is first needed, and begun anew when it breaks. */
export class Connection implements AsyncDisposable {
  /** Whether the tools may be others than those that were last listed. */
  isChanged = false
  readonly #config: McpConfig
  readonly #world: McpWorld
  readonly #closing = new AbortController()
  #opening: Promise<Session> | undefined
  /** After one round of attempts in vain, a further call waits for one attempt only. */
  #hasGivenUp = false

  constructor(config: McpConfig, world: McpWorld) {
    this.#config = config
    this.#world = world
  }

  /** Whether there is a session, or is about to be, or was before it broke. */
  get isOpen(): boolean {
    return this.#opening !== undefined
  }

  /** The session that is open, or a new one, by one attempt. */
  async session(signal: AbortSignal): Promise<Session> {
    const current = this.#opening && (await unlessAborted(this.#opening, signal))
    if (current && current.ending() === undefined) return current
    if (current) this.#forget(current)
    return await unlessAborted(this.#open(), signal)
  }

  /** The same, with patience: a server that was there comes back at times. */
  async sessionAgain(signal: AbortSignal): Promise<Session> {
    for (const pause of this.#hasGivenUp ? [] : pauses) {
      try {
        return await this.session(signal)
      } catch (error) {
        if (!(error instanceof ServerFailure) || error.isFinal) throw error
        await wait(pause, undefined, { signal })
      }
    }
    this.#hasGivenUp = true
    return await this.session(signal)
  }

  /** A session that is of no use any more: the next one is a new one. */
  drop(session: Session): void {
    this.#forget(session)
    void session.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error('the run is over'))
    const session = await this.#opening?.catch(() => undefined)
    await session?.close()
  }

  #forget(_session: Session): void {
    this.#opening = undefined
    this.isChanged = true
  }

  /** All who wait for it wait for the same one. */
  #open(): Promise<Session> {
    this.#opening ??= this.#attempt()
    return this.#opening
  }

  async #attempt(): Promise<Session> {
    try {
      const changed = () => {
        this.isChanged = true
      }
      const { openSession } = await import('./session.ts')
      const session = await openSession(this.#config, this.#world, { signal: this.#closing.signal, changed })
      this.#hasGivenUp = false
      return session
    } catch (error) {
      this.#opening = undefined
      throw error
    }
  }
}
