import type { Json, JsonObject } from './json.ts'

/** What only the protocol that made it can read (signatures, encrypted reasoning); sent back unopened. */
export type ProviderData = { readonly protocol: string; readonly value: Json }

/** `data` of a file is base64; `name` is the file's name without its folder. */
export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'file'; readonly mediaType: string; readonly data: string; readonly name?: string }

export type TextPart = { readonly type: 'text'; readonly text: string; readonly providerData?: ProviderData }

/** What a model thought before it spoke; `text` is empty where the provider shows none of it. */
export type ReasoningPart = { readonly type: 'reasoning'; readonly text: string; readonly providerData?: ProviderData }

/**
 * `invalid` holds the arguments as the model wrote them when they are no JSON object; `input` is then empty,
 * the tool is not called, and the model is told.
 */
export type ToolCall = {
  readonly type: 'tool-call'
  readonly id: string
  readonly name: string
  readonly input: JsonObject
  readonly invalid?: string
  readonly providerData?: ProviderData
}

export type AssistantPart = TextPart | ReasoningPart | ToolCall

/** Tokens, as disjoint counters: `input + cacheRead + cacheWrite + output` was billed. `reasoning` is a share of `output`. */
export type Usage = {
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
  readonly reasoning: number
}

export const noUsage: Usage = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 }

export const usageTogether = (one: Usage, other: Usage): Usage => ({
  input: one.input + other.input,
  cacheRead: one.cacheRead + other.cacheRead,
  cacheWrite: one.cacheWrite + other.cacheWrite,
  output: one.output + other.output,
  reasoning: one.reasoning + other.reasoning,
})

export type StopReason = 'end' | 'tool-calls' | 'length' | 'refusal' | 'content-filter'

export type ToolError = 'unknown-tool' | 'invalid-input' | 'denied' | 'failed' | 'interrupted'

export type ToolResult = {
  readonly callId: string
  readonly name: string
  readonly content: readonly ContentPart[]
  readonly error?: ToolError
}

/**
 * `prompt` is the name of what was said as `/name`. `from` is who says it, where it is no person: what ran in the background and has ended; or what was said before, in short,
 * which then stands for the first `replaces` messages of the conversation.
 */
export type UserMessage = {
  readonly role: 'user'
  readonly content: readonly ContentPart[]
  readonly prompt?: string
  readonly from?: 'background' | 'summary'
  readonly replaces?: number
}
/** `interrupted`: the answer was cut off, and is kept as far as it came. */
export type AssistantMessage = {
  readonly role: 'assistant'
  readonly content: readonly AssistantPart[]
  readonly stop: StopReason | 'interrupted'
  readonly usage: Usage
}
export type ToolMessage = { readonly role: 'tool'; readonly results: readonly ToolResult[] }
export type Message = UserMessage | AssistantMessage | ToolMessage

/** Whether the user said it himself: what ran in the background, and summaries, are told in his place. */
export const isOfUser = (message: Message): message is UserMessage & { readonly from?: never } =>
  message.role === 'user' && message.from === undefined

/** Who says what stands in the conversation in the user's place, as eyes are told it. */
export const sayerOf = ({ from }: UserMessage): string => sayers[from ?? 'user']

const sayers = { user: 'user', background: 'news of the background', summary: 'summary of what was before' } as const

/** The words in parts of any kind, joined; files and calls have none. */
export const textOf = (parts: readonly (ContentPart | AssistantPart)[]): string =>
  parts.map(part => (part.type === 'text' ? part.text : '')).join('')
