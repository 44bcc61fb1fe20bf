import type { Caller } from '../core/border.ts'
import type { Path } from '../core/event.ts'
import type { ToolCall, ToolError, ToolResult } from '../core/message.ts'
import type { Toolbox } from './agent.ts'
import type { Background } from './background.ts'
import type { Passes } from './passes.ts'
import type { Run, run } from './run.ts'

/** A run at one of its turns: who speaks, where, and with which tools. The loop hands itself down, for delegation. */
export type Here = Run & {
  readonly path: Path
  readonly lane: string
  readonly toolbox: Toolbox
  readonly run: typeof run
  /** Fires when the run is over; `signal` may fire before, for the calls of one reply. */
  readonly runSignal: AbortSignal
  readonly background: Background
  readonly passes?: Passes
}

export const callerOf = ({ agent, lane }: Pick<Here, 'agent' | 'lane'>): Caller => ({ agent: agent.name, lane })

/** The result of a call that did not happen, or did not succeed, in words for the model. */
export const refused = (call: ToolCall, error: ToolError, text: string): ToolResult => ({
  callId: call.id,
  name: call.name,
  content: [{ type: 'text', text }],
  error,
})
