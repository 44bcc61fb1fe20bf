import type { ToolResult } from '../core/message.ts'
import type { Agent } from './agent.ts'

/**
 * Who has handed the conversation to whom since something was last done in it. One may give it back, but whoever gives it
 * to the same one again, with nothing done meanwhile, only sends it round.
 */
export class Passes {
  readonly #made = new Map<Agent, Set<Agent>>()

  isMade(from: Agent, to: Agent): boolean {
    return this.#made.get(from)?.has(to) ?? false
  }

  /** Who speaks next after a reply, of whose calls this came; `to` was handed the conversation, if anybody was. */
  next(from: Agent, to: Agent | undefined, results: readonly ToolResult[]): Agent {
    if (results.some(({ name }) => name !== 'handoff')) this.#made.clear()
    if (to) this.#made.set(from, new Set([...(this.#made.get(from) ?? []), to]))
    return to ?? from
  }

  /** Somebody has said something new. */
  forget(): void {
    this.#made.clear()
  }
}
