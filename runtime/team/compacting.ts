import type { AgentFile } from '../config/schema.ts'
import type { RunEvent } from '../core/event.ts'
import type { ContentPart, Message } from '../core/message.ts'
import type { Agent } from '../loop/agent.ts'
import type { World } from '../loop/run.ts'

type Asked = { readonly said: readonly ContentPart[]; readonly agent: Agent; readonly messages: Message[] }

type Compacting = (world: World & { readonly signal: AbortSignal }) => AsyncGenerator<RunEvent, Agent>

/**
 * The turn in which the conversation is summed up and nothing else is done, where the user says `/compact …`. What stands
 * behind it is what the summary shall hold. A command of that name in the agent file goes first.
 */
export const compactingFor = ({ agents }: AgentFile, asked: Asked): Compacting | undefined => {
  const [only, ...others] = asked.said
  const { commands = {} } = agents.find(({ name }) => name === asked.agent.name) ?? {}
  if (only?.type !== 'text' || others.length > 0 || Object.hasOwn(commands, 'compact')) return undefined
  const [isAsked, wish = ''] = /^\/compact(?:\s+([\s\S]*))?$/.exec(only.text.trim()) ?? []
  return isAsked === undefined ? undefined : world => compacting({ ...world, ...asked, path: [], lane: 'root' }, wish)
}

type Place = World & Asked & { readonly signal: AbortSignal; readonly path: []; readonly lane: string }

async function* compacting(place: Place, wish: string): AsyncGenerator<RunEvent, Agent> {
  const { compacted } = await import('../loop/compact.ts')
  const { agent, path, lane, signal, said } = place
  await place.border.perform('message', { caller: { agent: agent.name, lane }, content: said }, async () => null)
  yield { path, agent: agent.name, type: 'agent-start' }
  const isDone = yield* compacted(place, { reason: 'asked', wish, keepsTail: true })
  if (!isDone && !signal.aborted) {
    const text = 'Nothing was summed up.'
    yield { path, agent: agent.name, type: 'notice', level: 'info', code: 'compaction', text }
  }
  yield { path, agent: agent.name, type: 'agent-end', reason: signal.aborted ? 'cancelled' : 'done' }
  return agent
}
