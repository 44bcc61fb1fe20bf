/**
 * Reprise as a library: `open` makes a conversation of an agent file, `say` on it gives the events of a turn, and
 * `inOrder` tells them as they would be printed.
 */
export type { Answer, Border, Effects, Exchange, Fetch, Permission, Reply } from './core/border.ts'
export type { FailureCode } from './core/errors.ts'
export { Failure, failures } from './core/errors.ts'
export type { EndReason, Path, RunEvent } from './core/event.ts'
export type { Json, JsonObject } from './core/json.ts'
export type { ContentPart, Message, ToolCall, ToolResult, Usage } from './core/message.ts'
export type { Model, ModelEvent, ModelRequest } from './core/model.ts'
export type { Tool, Toolset } from './core/tool.ts'
export { inOrder } from './loop/order.ts'
export { run } from './loop/run.ts'
export type { Conversation, OpenOptions } from './team/open.ts'
export { open } from './team/open.ts'
