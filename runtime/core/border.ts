import type { HookAnswer, HookName } from './hook.ts'
import type { Json, JsonObject } from './json.ts'
import type { ContentPart, ToolError } from './message.ts'
import type { Offer } from './tool.ts'

export type Fetch = typeof globalThis.fetch

/**
 * Who crosses the border. `lane` is the causal path of the caller, such as `root` or `root/transfer_task:1/weather`:
 * it is the same in every run, whatever finishes first, so parallel agents never get each other's answers.
 */
export type Caller = { readonly agent: string; readonly lane: string }

/** What comes back over HTTP, as plain data: a web Response would load the whole HTTP stack into a replay. */
export type Reply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: AsyncIterable<Uint8Array>
}

/**
 * A model call as it would go on the wire, before anybody has sent it. `provider` and `operation` (the path behind
 * the provider's base URL, with its query) say what is called; `url` says where it really goes.
 */
export type Exchange = {
  readonly caller: Caller
  readonly protocol: string
  readonly provider: string
  readonly operation: string
  readonly url: string
  readonly body: JsonObject
}

export type ToolAnswer = { readonly content: readonly ContentPart[]; readonly error?: ToolError }

/** `rule` is what decided, as it stands in the agent file; the reason to ask is for the person, that to deny for the model. */
export type Permission =
  | { readonly verdict: 'allow'; readonly rule?: string }
  | { readonly verdict: 'ask'; readonly rule?: string; readonly reason?: string }
  | { readonly verdict: 'deny'; readonly rule?: string; readonly reason: string }

/** What a person says of a call: `always` is yes to everything from then on. */
export type Answer = {
  readonly verdict: 'yes' | 'always' | 'no'
  readonly reason?: string
  /** Rules that let such calls go ahead from now on: until the end of the run, or in each run of this project. */
  readonly allow?: { readonly rules: readonly string[]; readonly for: 'session' | 'project' }
  /** Arguments in place of those that he was asked about. */
  readonly input?: JsonObject
}

/** What stops a run before its own end: somebody, or a limit that was set for it. */
export type StopAnswer = 'stopped' | 'max-cost' | 'max-tokens' | 'timeout'

/**
 * What a person has set: who is spoken to, models as `provider/model` or `agent=provider/model` in place of those that were
 * named before, how much all of them think, as a level or tokens, or as the agent `file` says.
 */
export type Setting = {
  readonly agent?: string
  readonly models?: readonly string[]
  readonly thinking?: number | string
}

type Call = { readonly caller: Caller; readonly name: string; readonly input: JsonObject }

/** Everything else that enters or leaves a run, by kind: what is asked, and what comes back. */
export type Effects = {
  /** A tool does its work. */
  tool: { ask: Call; answer: ToolAnswer }
  /**
   * What does a toolset offer that only its server can tell? Asked when it is opened, in the lane `root`, and again at
   * each turn of a lane, counted from 1: then null where it is what it was. One that is `late` is not asked before somebody
   * looks for tools: null, where no older recording knows. Null is never written down.
   */
  tools: {
    ask: { readonly caller: Caller; readonly name: string; readonly turn?: number; readonly late?: true }
    answer: Offer | null
  }
  /** Have the hooks of the agent file something to say of this moment? Asked only where there are any for it. */
  hook: { ask: { readonly caller: Caller; readonly name: HookName; readonly input: JsonObject }; answer: HookAnswer }
  /** May this call go ahead? Answered by rules, without anybody being asked. */
  permission: { ask: Call & { readonly readOnly: boolean }; answer: Permission }
  /** May this call go ahead? Answered by the person at the terminal. */
  question: { ask: Call; answer: Answer }
  /**
   * What the user said. It comes from the outside in, so there is nothing to answer. A `command` is what he typed where
   * something was asked for it to become what he says: it comes before that, and is known to those who say it again.
   */
  message: {
    ask: { readonly caller: Caller; readonly content: readonly ContentPart[]; readonly name?: 'command' }
    answer: null
  }
  /**
   * What the user said while the agent was at work, looked for before each of its turns but the first until there is no more.
   * Null is never written down.
   */
  heard: {
    ask: { readonly caller: Caller; readonly name: 'user'; readonly turn: number }
    answer: readonly ContentPart[] | null
  }
  /** What the user has set before that message of his, until there is no more. Null is never written down. */
  setting: {
    ask: { readonly caller: Caller; readonly name: 'user'; readonly turn: number }
    answer: Setting | null
  }
  /** The user called the turn off, as with Ctrl-C; told when it is over, so that a replay ends it where it ended. */
  interruption: { ask: { readonly caller: Caller; readonly name: 'user' }; answer: null }
  /**
   * Must this lane, and all that began in it, end here? Asked at each `turn` of a lane, counted from 1; and, without one,
   * for as long as it runs: then the answer comes when it must. Null is never written down.
   */
  stop: {
    ask: { readonly caller: Caller; readonly name: 'budget' | 'time' | 'background'; readonly turn?: number }
    answer: StopAnswer | null
  }
  /** Is a conversation so long that it must be summed up before this turn? Null is never written down. */
  compact: { ask: { readonly caller: Caller; readonly name: 'near'; readonly turn: number }; answer: true | null }
  /** Something about the surroundings that a prompt holds: the date, a prompt file, the working directory. */
  fact: { ask: { readonly name: string }; answer: Json }
}
export type Kind = keyof Effects
export type Ask<K extends Kind> = Effects[K]['ask']
export type AnswerTo<K extends Kind> = Effects[K]['answer']

/**
 * The only way out of a run. Live asks the world; recording asks the world and writes it down;
 * replaying answers from a cassette and never calls `live`, so nothing behind it is even loaded.
 * `exchange` gives a Reply of whatever status came; it throws only when no answer came at all.
 */
export interface Border {
  exchange(request: Exchange, live: (fetch: Fetch) => Promise<Response>): Promise<Reply>
  perform<K extends Kind>(kind: K, ask: Ask<K>, live: () => Promise<AnswerTo<K>>): Promise<AnswerTo<K>>
}
