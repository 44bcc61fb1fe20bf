import type { Caller } from './border.ts'
import type { JsonObject } from './json.ts'
import type { AssistantPart, Message, StopReason, Usage } from './message.ts'
import type { ToolDefinition } from './tool.ts'

/** The shape an answer must have; `schema` is JSON Schema. */
export type OutputFormat = {
  readonly name: string
  readonly description?: string
  readonly schema: JsonObject
  readonly strict?: boolean
}

/**
 * What a model is asked. `system` holds the instructions in order; the first `stable` of them do not change
 * from day to day, so that a protocol with cache marks can set one behind them.
 */
export type ModelRequest = {
  readonly caller: Caller
  readonly system: readonly string[]
  readonly stable: number
  readonly messages: readonly Message[]
  readonly tools: readonly ToolDefinition[]
  readonly output?: OutputFormat
}

/**
 * Deltas are for eyes, parts are for memory: whoever keeps state reads only `part` and `finish`.
 * `cost` is in US dollars and absent where the price is not known.
 */
export type ModelEvent =
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  | { readonly type: 'tool-input-delta'; readonly id: string; readonly name: string; readonly text: string }
  | { readonly type: 'part'; readonly part: AssistantPart }
  | { readonly type: 'retry'; readonly reason: string; readonly attempt: number; readonly waited: number }
  | {
      readonly type: 'finish'
      readonly stop: StopReason
      readonly usage: Usage
      readonly model?: string
      readonly cost?: number
    }

/** A model is one function; retry, fallback and alloy are functions from models to a model. It ends with `finish`. */
export type Model = (request: ModelRequest, signal: AbortSignal) => AsyncIterable<ModelEvent>
