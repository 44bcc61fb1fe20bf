import type { Border } from '../core/border.ts'
import { Failure } from '../core/errors.ts'
import type { RunEvent } from '../core/event.ts'
import type { Agent } from '../loop/agent.ts'
import { askHooks, hooked } from '../loop/hooked.ts'

/** The beginning and the end of a conversation, at which the hooks of the agent that is spoken to have a say. */
export type Session = {
  /** Before the first turn, and only then: what hooks want the agent to know. Throws a Failure where one of them stops it. */
  readonly begin: (signal: AbortSignal) => AsyncGenerator<RunEvent, string>
  /** After the last turn, if there was a first; also where the run failed. */
  readonly end: () => Promise<void>
}

export const sessionOf = (
  agent: Agent | undefined,
  { border, notice }: { readonly border: Border; readonly notice: (text: string) => void },
): Session => {
  let context: string | undefined
  const at = (agent: Agent, signal: AbortSignal) => ({ agent, border, signal, lane: 'root' })
  return {
    async *begin(signal) {
      if (!agent || context !== undefined) return context ?? ''
      context = ''
      const facts = { agent_name: agent.name, source: 'startup' }
      const told = yield* hooked(at(agent, signal), { name: 'session_start', asked: {}, facts }, [])
      context = told.context ?? ''
      if (told.decision === 'deny') {
        throw new Failure(
          'hook-stopped',
          `A session_start hook stopped the run: ${told.reason ?? 'it gave no reason.'}`,
        )
      }
      return context
    },
    async end() {
      if (!agent || context === undefined) return
      const { signal } = new AbortController()
      const facts = { agent_name: agent.name, reason: 'other' }
      const told = await askHooks(at(agent, signal), { name: 'session_end', asked: {}, facts }).catch(unlessUnknown)
      for (const { text } of told?.notices ?? []) notice(text)
    },
  }
}

/** A recording that was cut off knows no end; that it is missing is told when it is closed. */
const unlessUnknown = (error: unknown): undefined => {
  if (error instanceof Failure) return undefined
  throw error
}
