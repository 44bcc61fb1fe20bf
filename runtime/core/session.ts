import type { RunEvent } from './event.ts'
import type { JsonObject } from './json.ts'
import type { ContentPart, Message, Usage } from './message.ts'

/** A stored conversation, as a list shows it. Times are ISO 8601; `cost` is in US dollars, of what had a price. */
export type SessionSummary = {
  readonly id: string
  readonly title: string
  /** Who gave the title: the first words that were said, a model, or a person, whose title is never replaced. */
  readonly titled: 'words' | 'model' | 'person'
  readonly starred: boolean
  readonly created: string
  readonly updated: string
  /** Absolute; the file may have gone since. */
  readonly agentFile: string
  readonly workingDirectory: string
  /** Who has the floor: whoever was spoken to last, or took over from him. */
  readonly agent: string
  /** Messages of the user. */
  readonly turns: number
  readonly usage: Usage
  readonly cost: number
  /** The session that this one branched off, and after how many of its messages. */
  readonly parent?: { readonly id: string; readonly at: number }
}

/** A call that was being made when its process ended: what came of it nobody knows. `isBegun` is false where it was not made. */
export type InterruptedCall = {
  readonly name: string
  readonly input: JsonObject
  readonly isBegun: boolean
}

/** A message with the model that the agent had, as `provider/model`, and whether it was cut off before it was whole. */
export type StoredMessage = {
  readonly message: Message
  readonly agent: string
  readonly model?: string
  readonly isPartial?: true
}

/** A stored conversation with what was said between the user and the agent that he spoke to. */
export type SessionRecord = SessionSummary & {
  readonly messages: readonly StoredMessage[]
  /** What is to be said next: an earlier message in other words, in a branch. */
  readonly next?: readonly ContentPart[]
}

/** What happened, in its order, with its time as ISO 8601; `turn` counts the messages of the user from 1. */
export type StoredEvent = { readonly at: string; readonly turn: number; readonly event: RunEvent }

/** A place where a search found its words. `message` counts the messages of the session from 1, where it is one of these. */
export type SessionHit = {
  readonly session: SessionSummary
  readonly message?: number
  readonly agent: string
  /** The words with what stands around them, on one line. */
  readonly text: string
}

/** Where a session branches off: after `at` messages, or with message `at` in other words. */
export type ForkPoint = { readonly at?: number; readonly message?: string }

/** What came of taking back: `left` is a folder that holds something else, `lost` what was too large to be kept. */
export type Undone = {
  readonly session: string
  readonly turns: number
  readonly files: readonly { readonly path: string; readonly what: 'restored' | 'removed' | 'left' | 'lost' }[]
}
