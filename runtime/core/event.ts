import type { Answer } from './border.ts'
import type { Message, ToolCall, ToolResult } from './message.ts'
import type { ModelEvent } from './model.ts'

/** Where in the delegation an event happened: [] is the root agent, [2, 1] the first call made inside its second. */
export type Path = readonly number[]

export type EndReason = 'done' | 'max-iterations' | 'repeating' | 'cancelled'

/**
 * What happened in a run. A call is asked for (`tool-call`), perhaps asked about (`question`, `answer`), begun
 * (`tool-start`, absent for a call that was refused) and answered (`tool-end`). A question says which rule of the agent file
 * asks, and why, where one does. Plain data: `JSON.stringify` of it is the line that `--json` prints.
 */
export type RunEvent = { readonly path: Path; readonly agent: string } & (
  | { readonly type: 'agent-start' }
  | ModelEvent
  | { readonly type: 'message'; readonly message: Message }
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  | { readonly type: 'question'; readonly call: ToolCall; readonly rule?: string; readonly reason?: string }
  | { readonly type: 'answer'; readonly call: ToolCall; readonly answer: Answer }
  | { readonly type: 'tool-start'; readonly call: ToolCall }
  | { readonly type: 'tool-end'; readonly call: ToolCall; readonly result: ToolResult }
  | { readonly type: 'notice'; readonly level: 'info' | 'warning'; readonly code: string; readonly text: string }
  | { readonly type: 'agent-end'; readonly reason: EndReason }
)
