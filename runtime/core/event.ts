import type { Answer, StopAnswer } from './border.ts'
import type { Message, ToolCall, ToolResult } from './message.ts'
import type { ModelEvent } from './model.ts'

/**
 * Where in the delegation an event happened: [] is the root agent, [2, 1] the first call made inside its second. What a
 * call began in the background has the number of that call, negative: [-3, 1] is the first call of what the third began.
 */
export type Path = readonly number[]

/** `failed` is told of what ran in the background alone: anywhere else a failure ends the run. */
export type EndReason = 'done' | 'max-iterations' | 'repeating' | 'cancelled' | StopAnswer | 'failed'

/**
 * What happened in a run. A call is asked for (`tool-call`), perhaps asked about (`question`, `answer`), begun
 * (`tool-start`, absent for a call that was refused) and answered (`tool-end`). A question says which rule of the agent file
 * asks, and why, where one does. `background` says that an agent has done its own work and waits for what the calls of these
 * numbers began in the background; in the order of telling that comes next. Plain data: `JSON.stringify` of it is the line that `--json` prints.
 *
 * `tool-output-delta` is what a tool writes while it works, for eyes alone: as it was written, control sequences and all, in pieces
 * that are others each time; `skipped` characters before it were too many to be told. No recording holds it and no replay has
 * it, so only those get it who ask for it (`liveOutput`).
 */
export type RunEvent = { readonly path: Path; readonly agent: string } & (
  | { readonly type: 'agent-start' }
  | ModelEvent
  /** `steers`: the user said it while the turn went on, and does not begin one with it. */
  | { readonly type: 'message'; readonly message: Message; readonly steers?: true }
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  | { readonly type: 'question'; readonly call: ToolCall; readonly rule?: string; readonly reason?: string }
  | { readonly type: 'answer'; readonly call: ToolCall; readonly answer: Answer }
  | { readonly type: 'tool-start'; readonly call: ToolCall }
  | {
      readonly type: 'tool-output-delta'
      readonly id: string
      readonly name: string
      readonly text: string
      readonly skipped?: number
    }
  | { readonly type: 'tool-end'; readonly call: ToolCall; readonly result: ToolResult }
  | { readonly type: 'notice'; readonly level: 'info' | 'warning'; readonly code: string; readonly text: string }
  | {
      readonly type: 'compaction'
      readonly reason: 'near' | 'overflow' | 'asked'
      readonly state: 'started' | 'done' | 'failed'
    }
  | { readonly type: 'background'; readonly calls: readonly number[] }
  | { readonly type: 'agent-end'; readonly reason: EndReason }
)

/** What a person hears of a run that ended otherwise than by its own will, as a sentence; an interruption he knows of. */
export const endings: Readonly<Record<Exclude<EndReason, 'done' | 'cancelled'>, string>> = {
  'max-iterations': 'The run was stopped: it reached the limit of max_iterations.',
  repeating: 'The run was stopped: the model made the same calls again and again.',
  'max-cost': 'The run was stopped: it has cost as much as --max-cost allows.',
  'max-tokens': 'The run was stopped: it has used as many tokens as --max-tokens allows.',
  timeout: 'The run was stopped: it has taken as long as --timeout allows.',
  stopped: 'The work in the background was stopped.',
  failed: 'The work in the background failed.',
}
