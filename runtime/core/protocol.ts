import type { Reply } from './border.ts'
import type { Json, JsonObject } from './json.ts'
import type { StopReason, Usage } from './message.ts'
import type { ModelEvent, ModelRequest } from './model.ts'

/** What a model is set to, in words that every provider has in some form. */
export type ModelSettings = {
  readonly temperature?: number
  readonly topP?: number
  readonly maxTokens?: number
  readonly frequencyPenalty?: number
  readonly presencePenalty?: number
  /** Tokens, or a level; 0 and 'none' switch thinking off, -1 lets the model decide. */
  readonly thinkingBudget?: number | 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'adaptive'
  readonly parallelToolCalls?: boolean
  readonly trackUsage?: boolean
  /** `provider_opts` of the agent file, as they stand there. */
  readonly options?: JsonObject
}

/** Where a deployment departs from its protocol. Each is a fact about a provider, named, with its source in the table. */
export type Quirks = {
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens'
  readonly noStreamOptions?: true
  readonly noParallelToolCalls?: true
  readonly mergeSameRole?: true
  /** Wants to read its own reasoning beside the calls that came of it, in the field in which it sent it. */
  readonly echoReasoning?: true
  /** Takes no ids of calls but nine letters or digits. */
  readonly shortIds?: true
}

/**
 * Where a protocol's request bodies keep what. A path is keys joined with dots; `*` is any index or key.
 * What no path names is compared as it is: an unknown field counts.
 */
export type WireShape = {
  /**
   * Ids that tie a result to its call: renamed by role and occurrence before they are compared. Where both are one path,
   * the first that is met defines the id, and all others refer to it.
   */
  readonly ids: readonly { readonly defines: string; readonly refers: string }[]
  /** Bytes that mean something only to the provider; compared decoded, since some clients re-encode them. */
  readonly opaque: readonly string[]
  /** Not compared at all. */
  readonly volatile: readonly string[]
  /** Cache marks: moving one is not a difference in what was said. */
  readonly markers: readonly string[]
  /** JSON in a string; compared parsed. */
  readonly jsonText: readonly string[]
  /**
   * What a model tells itself by way of the client, and `Said` does not hold: thoughts, signatures, ids of its own. Left
   * out on both sides where a recording is slim. A path may end in a condition: `input.*[type=reasoning]`.
   */
  readonly unsaid: readonly string[]
  /** The words of a body, for the conversation key and for explaining a miss. Works on any body, also a renamed one. */
  readonly conversation: (body: JsonObject, operation: string) => Conversation
  /** The same of a body that can be read in another way too: tried where nothing was found by the first. */
  readonly otherwise?: (body: JsonObject, operation: string) => Conversation
}

/** A request in the conversation's own terms. `turns` are compared by the conversation key, the rest is not. */
export type Conversation = {
  readonly model: string
  readonly system: readonly string[]
  readonly tools: readonly { readonly name: string; readonly definition: Json }[]
  readonly turns: readonly Turn[]
}
export type Turn = { readonly role: 'user' | 'assistant' | 'tool'; readonly content: Json }

/** What a model said in one answer, folded: enough to say it again where the bytes of the wire are gone. */
export type Said = {
  readonly reasoning?: string
  readonly text?: string
  /** Names with their arguments; text where the model wrote no JSON object. */
  readonly calls?: readonly (readonly [name: string, input: Json])[]
  readonly stop: StopReason
  readonly usage: Partial<Usage>
}

/** What an API looks like. It knows no host, no key and no SDK. */
export type Protocol = {
  readonly id: string
  /** The path behind the base URL, with its query. */
  readonly operation: (model: string) => string
  readonly encode: (model: string, request: ModelRequest, settings: ModelSettings, quirks: Quirks) => JsonObject
  /** Throws a Failure for a status other than 2xx, an error inside the stream, or a stream that broke off. */
  readonly decode: (reply: Reply) => AsyncGenerator<ModelEvent>
  /** A body with which this would have been said: `decode` hears the same words, calls, reason and tokens in it. */
  readonly speak: (said: Said) => string
  readonly shape: WireShape
}
