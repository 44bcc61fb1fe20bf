import type { AgentFile } from '../config/schema.ts'
import type { Drift } from '../core/cassette.ts'
import type { RunEvent } from '../core/event.ts'
import type { ContentPart } from '../core/message.ts'
import type { Agent, Team } from '../loop/agent.ts'
import { alongside } from '../loop/alongside.ts'
import { delegationTools } from '../loop/delegate.ts'
import { run, type World } from '../loop/run.ts'
import type { Cast } from './cast.ts'
import { compactingFor } from './compacting.ts'
import type { Crossing } from './crossing.ts'
import { Floor } from './floor.ts'
import { interruptible } from './interruptible.ts'
import type { InTime } from './limits.ts'
import type { Conversation, Equipment, Heard } from './open.ts'
import type { Session } from './session.ts'
import type { History } from './sessions/history.ts'
import type { Stored } from './sessions/storing.ts'
import { promptText } from './tools/prompts.ts'
import type { Settings, Tuning } from './tuning.ts'

/** What a conversation stands on. `opened` is what it started, and ends with it. */
type Ground = {
  readonly file: AgentFile
  readonly team: Team
  readonly world: World
  readonly crossing: Crossing
  readonly opened: AsyncDisposableStack
  readonly notice: (text: string) => void
  readonly inTime: InTime
  readonly cast: Cast
  readonly tuning: Tuning
  readonly settings: Settings
  readonly trust: (all: boolean) => void
  /** What was said before, looked at when it is spoken to first. */
  readonly history: () => Promise<History>
  /** Where what happens is stored. */
  readonly stored?: Stored
}

type Turn = { readonly session: Session; readonly signal: AbortSignal; readonly heard: Heard | undefined }

/** Turns with a team, one after the other; whoever a turn was handed over to is spoken to in the next. */
export const conversationWith = (ground: Ground, speaker: string): Conversation => {
  const { team, world, crossing, opened, notice, stored } = ground
  const { border } = world
  const floor = new Floor({ ...ground, border }, speaker)
  const { messages } = floor
  const background = {}
  const commands = commandsIn(ground.file, { ...world, team, background })
  async function* turn(
    said: readonly ContentPart[],
    agent: Agent,
    { session, signal, heard }: Turn,
  ): AsyncGenerator<RunEvent, Agent> {
    const context = yield* session.begin(signal)
    const caller = { agent: agent.name, lane: 'root' }
    const summing = compactingFor(ground.file, { said, agent, messages })
    if (summing) return yield* ground.inTime(caller, signal, signal => summing({ ...world, signal }))
    const command = yield* commands(said, { agent, messages, signal })
    const message = { role: 'user', ...(await promptText(command, { agent, caller, border, signal, notice })) } as const
    await border.perform('message', { caller, content: message.content }, async () => null)
    messages.push(message)
    yield { path: [], agent: agent.name, type: 'message', message }
    const events = ground.inTime(caller, signal, signal =>
      run({ ...world, team, agent, messages, context, signal, background, ...(heard && { heard }) }),
    )
    return (yield* alongside(events, () => crossing.news().map(driftEvent))).agent
  }
  const told: Conversation['say'] = async function* (said, outside, heard) {
    const session = await floor.turn()
    const { agent } = floor
    if (!agent) throw new Error(`${speaker} is not in its own team`)
    const caller = { agent: agent.name, lane: 'root' }
    const recorded = crossing.turn()
    const signal = recorded ? AbortSignal.any([outside, recorded]) : outside
    const interruption = () => border.perform('interruption', { caller, name: 'user' }, async () => null)
    floor.agent = (yield* interruptible(turn(said, agent, { session, signal, heard }), signal, interruption)) ?? agent
  }
  return {
    welcome: ground.cast.welcome,
    speaker: ground.cast.speaker,
    get agents() {
      return ground.cast.agents
    },
    set: setting => floor.set(setting),
    trust: ground.trust,
    say: (...said) => storing(told(...said), stored),
    async close(failure) {
      await floor.session?.end()
      await opened.disposeAsync()
      await stored?.close()
      return await crossing.close(failure)
    },
    session: () => stored?.id(),
    inspect: signal => floor.begun().then(() => equipmentOf(floor.agent, ground.cast, signal)),
    ...(stored?.record && { resumed: stored.record }),
  }
}

type Commands = typeof import('./command.ts')['commandsOf']

/** Few say any, and a replay waits for what is loaded. */
const commandsIn = (...ground: Parameters<Commands>): ReturnType<Commands> => {
  let known: ReturnType<Commands> | undefined
  return async function* (said, turn) {
    if (!said.some(part => part.type === 'text' && part.text.startsWith('/'))) return said
    known ??= (await import('./command.ts')).commandsOf(...ground)
    return yield* known(said, turn)
  }
}

async function* storing(events: AsyncGenerator<RunEvent>, stored: Stored | undefined): AsyncGenerator<RunEvent> {
  for await (const event of events) {
    if (event.type !== 'tool-output-delta') stored?.append(event)
    yield event
  }
}

const equipmentOf = async (agent: Agent | undefined, { agents }: Cast, signal: AbortSignal): Promise<Equipment> => {
  const { sizesFor } = await import('./tools/sizes.ts')
  const sizes = sizesFor(agents.find(({ name }) => name === agent?.name)?.model ?? '')
  if (!agent) return { instructions: [], tools: [], sizes }
  const { tools, instructions } = await agent.toolbox({ agent: agent.name, lane: 'root' }, signal)
  return { instructions: [agent.instruction, ...instructions], tools: [...tools, ...delegationTools(agent)], sizes }
}

const driftEvent = ({ what, lane, interaction }: Drift): RunEvent => ({
  path: [],
  agent: lane.split('/').at(-1) ?? lane,
  type: 'notice',
  level: 'warning',
  code: 'drift',
  text: `Drift from interaction ${interaction}: ${what}.`,
})
