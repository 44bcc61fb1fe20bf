import type { JsonObject } from './json.ts'

/** Moments at which commands of the agent file have a say, in cagent's words. */
export const hookNames = ['pre_tool_use', 'post_tool_use', 'session_start', 'session_end', 'on_user_input'] as const
export type HookName = (typeof hookNames)[number]

/** What the commands of one moment said, taken together. */
export type HookAnswer = {
  /** Of a call: whether it may go ahead, where one of them said so. `deny` stands for every way to stop. */
  readonly decision?: 'allow' | 'ask' | 'deny'
  readonly reason?: string
  /** Arguments in place of those of the call. */
  readonly input?: JsonObject
  /** Something that the model shall know. */
  readonly context?: string
  /** What a person should know, as sentences: messages of hooks, and hooks that failed. */
  readonly notices?: readonly { readonly level: 'info' | 'warning'; readonly text: string }[]
}

/** Asks the commands of one moment. `facts` is what they are told of it. Throws only where the signal fires. */
export type Hook = (facts: JsonObject, signal: AbortSignal) => Promise<HookAnswer>
