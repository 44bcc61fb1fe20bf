import type { Answer, Border, Fetch, Permission } from '../core/border.ts'
import type { EndReason, Path, RunEvent } from '../core/event.ts'
import type { Json, JsonObject } from '../core/json.ts'
import type { ContentPart, Message, ToolCall } from '../core/message.ts'
import type { Grant } from '../core/tool.ts'
import type { Workspace } from '../core/workspace.ts'
import type { Agent, Team } from './agent.ts'
import { answers, turnOf } from './answer.ts'
import type { Background } from './background.ts'
import type { Budget } from './budget.ts'
import { successorOf } from './delegate.ts'
import { endingOf } from './ending.ts'
import { waiting } from './gate.ts'
import { callerOf, type Here } from './here.ts'
import { hooked } from './hooked.ts'
import { Passes } from './passes.ts'
import { isRepeating } from './repeat.ts'
import { heardIn } from './steering.ts'
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
  /** What lets such calls go ahead for now, where no rule has more to say. */
  readonly granted?: readonly Grant[]
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
  /** How many tokens a text is, more or less. */
  readonly countTokens: (text: string) => Promise<number>
  /** Looks at the files before and after work of which nobody tells what it does to them; absent where nobody wants to know. */
  readonly watched?: <Result>(work: () => Promise<Result>) => Promise<Result>
  /** Limits for all that runs; absent where there are none. */
  readonly budget?: Budget
  /** Whether what tools write while they work is told, as `tool-output-delta`. */
  readonly liveOutput?: boolean
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
  /** Agents that wait for what comes of this run, from the first. */
  readonly line?: readonly Agent[]
  /** Their tasks, each with the name of the agent that was given it. */
  readonly given?: readonly string[]
  /** What the user has said meanwhile, a message each time it is asked, for the agent that he speaks to. */
  readonly heard?: () => readonly ContentPart[] | undefined
  /** What was begun in the background in this conversation. */
  readonly background?: Background
}

/** How a run ended, and who spoke last: a handoff is still in force when the user speaks again. */
export type RunEnd = { readonly reason: EndReason; readonly agent: Agent }

/** Until the model has nothing more to ask for: let it speak, do what it asks, tell it what came of it. */
export async function* run(given: Run): AsyncGenerator<RunEvent, RunEnd> {
  const background = given.background ?? {}
  const events = turns({ path: [], lane: 'root', ...given, background })
  if (!hasBackground(given)) return yield* events
  const { beside } = await import('./background.ts')
  return yield* beside(background, events)
}

const hasBackground = ({ team, agent }: Run): boolean =>
  [agent, ...team.values(), ...(agent.team?.values() ?? [])].some(({ background }) => background)

type Turns = Run & Required<Pick<Run, 'path' | 'lane' | 'background'>>

async function* turns(context: Turns): AsyncGenerator<RunEvent, RunEnd> {
  const { messages, signal, path, lane, background, border } = context
  const answerOf = answers()
  let agent = context.agent
  let called = callsIn(messages).length
  const passes = new Passes()
  yield { path, agent: agent.name, type: 'agent-start' }

  for (let turn = 0; turn < agent.maxIterations; turn++) {
    const caller = callerOf({ agent, lane })
    const ask = { caller, name: 'budget', turn: turnOf(messages) } as const
    const stop = await border.perform('stop', ask, async () => context.budget?.reached() ?? null)
    if (stop) return yield* end(stop)
    if (turn > 0 && path.length === 0)
      for await (const content of heardIn(context, caller)) yield* keep({ role: 'user', content }, true)
    const toolbox = await unlessCancelled(agent.toolbox(caller, signal, messages), signal)
    if (!toolbox) return yield* end(endingOf(signal))
    const here: Here = { ...context, agent, toolbox, run, passes, runSignal: signal }
    const { message, failure } = yield* answerOf(here)
    if (message) yield* keep(message)
    if (failure) throw failure
    if (!message || message.stop === 'interrupted') return yield* end(endingOf(signal))

    const calls = callsIn([message])
    if (calls.length === 0) {
      const news = yield* rest()
      if (!news) return yield* end(signal.aborted ? endingOf(signal) : 'done')
      yield* keep(news)
      continue
    }
    const results = yield* callTools(here, calls, called)
    called += calls.length
    yield* keep({ role: 'tool', results })
    if (signal.aborted) return yield* end(endingOf(signal))
    if (isRepeating(messages)) return yield* end('repeating')
    agent = passes.next(agent, successorOf(agent, context.team, results, calls), results)
  }
  return yield* end('max-iterations')

  async function* keep(message: Message, steers?: true): AsyncGenerator<RunEvent> {
    messages.push(message)
    if (message.role === 'user') passes.forget()
    yield { path, agent: agent.name, type: 'message', message, ...(steers && { steers }) }
  }
  /** Waits for what runs in the background; what came of it, if the agent has not heard of that. */
  async function* rest(): AsyncGenerator<RunEvent, Message | undefined> {
    const calls = background.tasks?.untold() ?? []
    if (calls.length > 0) yield { path, agent: agent.name, type: 'background', calls }
    await background.tasks?.ended()
    return signal.aborted ? undefined : background.tasks?.news()
  }
  async function* end(reason: EndReason): AsyncGenerator<RunEvent, RunEnd> {
    if (reason !== 'done') background.tasks?.stop()
    yield* rest()
    // Whoever was spoken to is silent now, and waits for what is said next.
    if (path.length === 0 && reason !== 'cancelled')
      yield* hooked({ ...context, agent }, waiting('the turn is over'), path)
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
