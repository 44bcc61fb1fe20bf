import type { Caller } from '../core/border.ts'
import type { Hook, HookName } from '../core/hook.ts'
import type { JsonObject } from '../core/json.ts'
import type { ContentPart, Message } from '../core/message.ts'
import type { Model, OutputFormat } from '../core/model.ts'
import type { Conductor, Grant, PromptDefinition, Tool } from '../core/tool.ts'
import type { World } from './run.ts'

/** What a prompt tells about the surroundings. `files` are names that are looked for from the working directory upwards. */
export type PromptFacts = { readonly date: boolean; readonly environment: boolean; readonly files: readonly string[] }

/** The tools of an agent as they are offered, and how to use them. */
export type Toolbox = {
  readonly tools: readonly (Tool | Conductor)[]
  readonly instructions: readonly string[]
  /** Also those that are not seen for now; where absent, all are. A person may have them called by a command. */
  readonly all?: readonly Tool[]
  /** What a person may say as `/name`, beside the commands of the agent file. */
  readonly prompts?: readonly Prompt[]
  /** What skills that are in force in a conversation let go ahead; absent where there are none. */
  readonly granted?: (messages: readonly Message[], signal: AbortSignal) => Promise<readonly Grant[]>
  /** Who speaks in this turn, where it is another than the model of the agent. */
  readonly model?: Model
}

/** `say` asks the server; it is called through the border. */
export type Prompt = PromptDefinition & {
  readonly say: (given: JsonObject, signal: AbortSignal) => Promise<readonly ContentPart[]>
}

/** Who speaks in a run. `subAgents` and `handoffs` are names of agents of the same team. */
export type Agent = {
  readonly name: string
  readonly description: string
  readonly instruction: string
  readonly model: Model
  /**
   * Asked for once in each turn of the caller, with the conversation so far, since models may choose what is in it; what is
   * in it is opened when the agent first speaks, and only once. Without messages it is looked at, and no turn begins.
   */
  readonly toolbox: (caller: Caller, signal: AbortSignal, messages?: readonly Message[]) => Promise<Toolbox>
  readonly subAgents: readonly string[]
  readonly handoffs: readonly string[]
  /** Whether it can let its sub-agents work in the background. */
  readonly background?: boolean
  /** Whom it reaches, by the names that it knows them by; those of the run where absent. */
  readonly team?: Team
  /** What it may do, by rules; those of the run where absent. */
  readonly permission?: World['permission']
  readonly promptFacts: PromptFacts
  /** Model turns for one message; Infinity where the agent file sets no limit. */
  readonly maxIterations: number
  /** Tokens that its model can read and write in a turn, where that is known. */
  readonly window?: number | undefined
  /** How many assistant and tool messages are sent back to the model; Infinity for all. */
  readonly historyItems: number
  readonly output?: OutputFormat
  /** Commands that have a say at a moment, of tools at those of this name; nothing where there are none. */
  readonly hooks?: (moment: HookName, tool?: string) => Hook | undefined
}

export type Team = ReadonlyMap<string, Agent>
