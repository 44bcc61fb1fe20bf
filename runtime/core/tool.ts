import type { Fetch } from './border.ts'
import type { JsonObject } from './json.ts'
import type { ContentPart } from './message.ts'
import type { Workspace } from './workspace.ts'

/** `parameters` is the JSON Schema of an object; `readOnly` promises that a call changes nothing, and is not asked about. */
export type ToolDefinition = {
  readonly name: string
  readonly description: string
  readonly parameters: JsonObject
  readonly readOnly?: boolean
}

export type ToolContext = {
  readonly signal: AbortSignal
  readonly workspace: Workspace
  /** The network, live: a tool that is replayed is not called at all. */
  readonly fetch: Fetch
  /** Shows what the tool has to say while it works: pieces of text of any size, as a terminal gets them. Absent where nobody looks. */
  readonly report?: (text: string) => void
}

/**
 * What a tool gives back. An expected failure (no such file, a command that ended with 1) is thrown as `ToolFailure`
 * and told to the model; anything else that is thrown is told as well, but as the tool's own fault.
 */
export type Tool = ToolDefinition & {
  /** Whose it is, as rules may name it beside its own name: `mcp:github:create_issue`. */
  readonly origin?: string
  /** Runs what is not ours, such as a command: what that does to files is not told to the workspace. */
  readonly isOpaque?: true
  readonly execute: (input: JsonObject, context: ToolContext) => Promise<readonly ContentPart[]>
}

/** A call that a tool makes itself, and what came of it, in words. */
export type InnerCall = { readonly name: string; readonly input: JsonObject }
export type InnerResult = { readonly text: string; readonly isError?: boolean }

/**
 * A tool that makes calls of its own, to other tools. It is no leaf: nothing of it is recorded but those calls, and a replay
 * runs it again. So with the same answers it must do the same; `now` is the clock of the run in milliseconds, and `seed` is
 * for what would else be chance. It yields calls and gets their results.
 */
export type Conductor = ToolDefinition & {
  readonly origin?: string
  readonly tools: readonly Tool[]
  readonly conduct: (
    input: JsonObject,
    context: { readonly signal: AbortSignal; readonly now: () => Promise<number>; readonly seed: string },
  ) => AsyncGenerator<InnerCall, InnerResult, InnerResult>
}

/** What the model should read when a call did not do what was asked. */
export class ToolFailure extends Error {
  override readonly name = 'ToolFailure'
}

/** A call was called off: what it had said by then. Thrown in place of the reason of the signal, by tools that know. */
export class CutOff extends Error {
  override readonly name = 'CutOff'
}

/** Tools that begin work beside the conversation and look after it. What they answer depends on how far that is. */
export const isBackground = ({ name }: { readonly name: string }): boolean =>
  /^(run|view|stop)_background_agent$|^list_background_agents$/.test(name)

/** A family of tools with one life: nothing is started before `open`, all is stopped when it is disposed of. */
export interface Toolset extends AsyncDisposable {
  readonly name: string
  /** How to use these tools, for the model; part of the system prompt. */
  readonly instructions?: string
  open(signal: AbortSignal): Promise<readonly Tool[]>
}

/** Rules that let calls go ahead for a while, and whose they are. */
export type Grant = { readonly rules: readonly string[]; readonly by: string }

/** Something to say that a server has ready, with gaps for a person to fill in; said as `/name`. */
export type PromptDefinition = {
  readonly name: string
  readonly description?: string
  readonly arguments: readonly { readonly name: string; readonly required?: true }[]
}

/**
 * What a toolset offers that is not known before something is started. Plain data: it is written into recordings.
 * `notices` are sentences for a person: what is missing, and why.
 */
export type Offer = {
  readonly tools: readonly ToolDefinition[]
  readonly instructions?: string
  readonly prompts?: readonly PromptDefinition[]
  readonly notices?: readonly string[]
}

/**
 * A toolset whose tools only a server knows. It is asked through the border, so that a replay starts nothing, and it
 * starts when it is first asked or called. A server that fails is no error: what it offers is nothing, with a notice.
 */
export interface OfferingToolset extends AsyncDisposable {
  readonly name: string
  offer(signal: AbortSignal): Promise<Offer>
  /** What is offered now, where that is another than `since`; null where it is not, or where nothing is started yet. */
  news(since: Offer, signal: AbortSignal): Promise<Offer | null>
  /** Calls the tool of that name in its offer. */
  call(name: string, input: JsonObject, context: ToolContext): Promise<readonly ContentPart[]>
  /** What is said by the prompt of that name in its offer. Throws a ToolFailure where the server has no answer. */
  prompt(name: string, given: JsonObject, signal: AbortSignal): Promise<readonly ContentPart[]>
  /** What its prompts of these names let go ahead while they are in force. Never recorded: whoever replays asks nobody. */
  granted?(names: readonly string[], signal: AbortSignal): Promise<readonly Grant[]>
}
