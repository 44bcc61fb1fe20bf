import type { Message } from '../core/message.ts'
import type { ModelRequest } from '../core/model.ts'
import type { Agent, Team } from './agent.ts'
import { visible } from './context.ts'
import { delegationTools } from './delegate.ts'
import { callerOf, type Here } from './here.ts'

/** Prompts of one run: its surroundings are looked at once, so that they stay the same from turn to turn. */
export const prompts = (): ((here: Here) => Promise<ModelRequest>) => {
  const facts = new Map<string, Promise<string>>()
  return here =>
    promptOf(here, name => {
      const fact = facts.get(name) ?? readFact(here, name)
      facts.set(name, fact)
      return fact
    })
}

/** What the model is sent: what does not change first, so that providers can cache it; then the day; then the conversation. */
const promptOf = async (here: Here, fact: (name: string) => Promise<string>): Promise<ModelRequest> => {
  const { agent, messages, toolbox, path, context = '' } = here
  const team = agent.team ?? here.team
  const stable = [
    ...subAgentDirectory(agent, team),
    ...handoffDirectory(agent, team),
    agent.instruction,
    ...toolbox.instructions,
  ].filter(isText)
  const own = path.length === 0 ? [context] : []
  const facts = [...(await Promise.all(factsOf(agent).map(fact))), ...own].filter(isText)
  return {
    caller: callerOf(here),
    system: [...stable, ...facts],
    stable: stable.length,
    messages: recent(visible(messages), agent.historyItems),
    tools: [...toolbox.tools, ...delegationTools(agent)],
    ...(agent.output && { output: agent.output }),
  }
}

const isText = (text: string): boolean => text.trim() !== ''

const directory = (names: readonly string[], team: Team): string =>
  names.map(name => `Name: ${name} | Description: ${team.get(name)?.description ?? ''}`).join('\n')

const subAgentDirectory = ({ subAgents }: Agent, team: Team): string[] =>
  subAgents.length === 0
    ? []
    : [
        `You lead a team. These are its members:\n${directory(subAgents, team)}\n\nWhen a member is better suited to a request, or to a part of it, than you are, give it the task with transfer_task, and say nothing else in that turn. Answer yourself when you are the best for it. Only these names exist: ${subAgents.join(', ')}.`,
      ]

const handoffDirectory = ({ handoffs }: Agent, team: Team): string[] =>
  handoffs.length === 0
    ? []
    : [
        `You can hand this conversation over to one of these agents:\n${directory(handoffs, team)}\n\nWhen the request is rather theirs than yours, call handoff with the agent's name; it goes on in your place. Only these names exist: ${handoffs.join(', ')}.`,
      ]

const factsOf = ({ promptFacts: { date, environment, files } }: Agent): string[] => [
  ...(date ? ['date'] : []),
  ...(environment ? ['environment'] : []),
  ...files.map(name => `file:${name}`),
]

const readFact = async ({ border, fact }: Here, name: string): Promise<string> =>
  String((await border.perform('fact', { name }, () => fact(name))) ?? '')

/**
 * The conversation without its oldest assistant and tool messages beyond `limit`. What the user said stays, and a
 * call is never parted from its results: providers refuse one without the other.
 */
export const recent = (messages: readonly Message[], limit: number): readonly Message[] => {
  const others = messages.filter(message => message.role !== 'user')
  if (others.length <= limit) return messages
  const kept = new Set(others.slice(others.length - limit))
  const first = others.find(message => kept.has(message))
  if (first?.role === 'tool') kept.delete(first)
  return messages.filter(message => message.role === 'user' || kept.has(message))
}
