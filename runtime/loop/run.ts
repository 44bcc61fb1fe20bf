import type { Answer, Border, Fetch, Permission } from '../core/border.ts'
import { Failure } from '../core/errors.ts'
import type { EndReason, Path, RunEvent } from '../core/event.ts'
import type { Json, JsonObject } from '../core/json.ts'
import type { AssistantMessage, AssistantPart, Message, StopReason, ToolCall } from '../core/message.ts'
import type { ModelRequest } from '../core/model.ts'
import type { Workspace } from '../core/workspace.ts'
import type { Agent, Team } from './agent.ts'
import { successorOf } from './delegate.ts'
import { waiting } from './gate.ts'
import { callerOf, type Here } from './here.ts'
import { hooked } from './hooked.ts'
import { prompts } from './prompt.ts'
import { isRepeating } from './repeat.ts'
import { callsIn, callTools } from './tools.ts'

/** A call as rules look at it. */
export type Judged = {
  readonly name: string
  readonly input: JsonObject
  readonly readOnly: boolean
  /** Another name of the tool, by which rules may know it. */
  readonly origin?: string
  /** What hooks say of it. */
  readonly hook?: { readonly decision: 'allow' | 'ask'; readonly reason?: string }
}

/** What a run may reach. All of it is asked through the border, so that a replay reaches none of it. */
export type World = {
  readonly border: Border
  readonly workspace: Workspace
  /** The network, for tools. */
  readonly fetch: Fetch
  /** May this call go ahead? By rules alone. */
  readonly permission: (call: Judged) => Permission | Promise<Permission>
  /** May this call go ahead? Asks a person, who answers when the `question` event at this path has been told. */
  readonly person: (
    question: {
      readonly path: Path
      readonly call: ToolCall
      readonly judged: Judged
      /** What asks, and why, where that is known. */
      readonly rule?: string
      readonly reason?: string
    },
    signal: AbortSignal,
  ) => Promise<Answer>
  /** Something about the surroundings that goes into a prompt. */
  readonly fact: (name: string) => Promise<Json>
}

export type Run = World & {
  readonly team: Team
  readonly agent: Agent
  /** The conversation so far; the run appends to it. */
  readonly messages: Message[]
  /** What the agent that is spoken to shall know beside its instructions. */
  readonly context?: string
  readonly signal: AbortSignal
  readonly path?: Path
  readonly lane?: string
}

/** How a run ended, and who spoke last: a handoff is still in force when the user speaks again. */
export type RunEnd = { readonly reason: EndReason; readonly agent: Agent }

/** Until the model has nothing more to ask for: let it speak, do what it asks, tell it what came of it. */
export async function* run({ path = [], lane = 'root', ...context }: Run): AsyncGenerator<RunEvent, RunEnd> {
  const { messages, signal } = context
  const promptFor = prompts()
  let agent = context.agent
  yield { path, agent: agent.name, type: 'agent-start' }

  for (let turn = 0; turn < agent.maxIterations; turn++) {
    const toolbox = await unlessCancelled(agent.toolbox(callerOf({ agent, lane }), signal, messages), signal)
    if (!toolbox) return yield* end('cancelled')
    const here = { ...context, agent, path, lane, toolbox, run }
    const reply = yield* speak(here, await promptFor(here))
    if (!reply) return yield* end('cancelled')
    const before = callsIn(messages).length
    yield* keep(reply)

    const calls = callsIn([reply])
    if (calls.length === 0) return yield* end('done')

    const results = yield* callTools(here, calls, before)
    yield* keep({ role: 'tool', results })
    if (signal.aborted) return yield* end('cancelled')
    if (isRepeating(messages)) return yield* end('repeating')
    agent = successorOf(agent, context.team, results, calls) ?? agent
  }
  return yield* end('max-iterations')

  async function* keep(message: Message): AsyncGenerator<RunEvent> {
    messages.push(message)
    yield { path, agent: agent.name, type: 'message', message }
  }
  async function* end(reason: EndReason): AsyncGenerator<RunEvent, RunEnd> {
    // Whoever was spoken to is silent now, and waits for what is said next.
    if (path.length === 0 && reason !== 'cancelled')
      yield* hooked({ ...context, agent, lane }, waiting('the turn is over'), path)
    yield { path, agent: agent.name, type: 'agent-end', reason }
    return { reason, agent }
  }
}

/** Nothing where the work failed because it was called off: servers may take long to start. */
const unlessCancelled = async <Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result | undefined> => {
  try {
    return await work
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

/** One model call: every event passed on, the whole message returned; nothing when it was cancelled. */
async function* speak(
  { agent, toolbox, signal, path }: Here,
  request: ModelRequest,
): AsyncGenerator<RunEvent, AssistantMessage | undefined> {
  const content: AssistantPart[] = []
  try {
    signal.throwIfAborted()
    for await (const event of (toolbox.model ?? agent.model)(request, signal)) {
      yield { path, agent: agent.name, ...event }
      if (event.type === 'part') content.push(event.part)
      if (event.type !== 'finish') continue
      const text = shortcomings[event.stop] ?? (content.length === 0 ? nothing : undefined)
      if (text) yield { path, agent: agent.name, type: 'notice', level: 'warning', code: event.stop, text }
      return { role: 'assistant', content, stop: event.stop, usage: event.usage }
    }
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
  throw new Failure('stream-broken', `The answer of ${agent.name}'s model broke off before its end.`)
}

const nothing = 'The model answered with nothing.'

/** What a person should know about an answer that ended otherwise than by the model's own will. */
const shortcomings: Readonly<Partial<Record<StopReason, string>>> = {
  length: 'The answer was cut off at its limit of tokens (max_tokens).',
  refusal: 'The model refused to answer.',
  'content-filter': "The provider's content filter cut the answer off.",
}
