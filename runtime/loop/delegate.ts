import type { Path } from '../core/event.ts'
import type { JsonObject } from '../core/json.ts'
import { type ToolCall, type ToolResult, textOf } from '../core/message.ts'
import type { ToolDefinition } from '../core/tool.ts'
import type { Agent, Team } from './agent.ts'
import type { Assignment } from './background.ts'
import { endings } from './ending.ts'
import { type Here, refused } from './here.ts'
import type { CallEvents } from './tools.ts'

const text = (description: string): JsonObject => ({ type: 'string', description })

const transferTask: ToolDefinition = {
  name: 'transfer_task',
  description:
    'Give a task to a member of your team. The member works on it alone, sees nothing of this conversation, and answers with the result.',
  parameters: {
    type: 'object',
    properties: {
      agent: text('The name of the agent that gets the task.'),
      task: text('What the agent shall do, with everything that it needs to know.'),
      expected_output: text('What the answer shall look like.'),
    },
    required: ['agent', 'task', 'expected_output'],
    additionalProperties: false,
  },
}

const handOff: ToolDefinition = {
  name: 'handoff',
  description: 'Hand this conversation over to another agent, who goes on with it in your place.',
  parameters: {
    type: 'object',
    properties: { agent: text('The name of the agent that takes over.') },
    required: ['agent'],
    additionalProperties: false,
  },
}

/** Names that no other tool may have. */
export const delegationNames: readonly string[] = [transferTask.name, handOff.name]

/** The tools by which an agent reaches others: present only where it has others to reach. */
export const delegationTools = ({ subAgents, handoffs }: Pick<Agent, 'subAgents' | 'handoffs'>): ToolDefinition[] => [
  ...(subAgents.length > 0 ? [transferTask] : []),
  ...(handoffs.length > 0 ? [handOff] : []),
]

export const isDelegation = (agent: Agent, call: ToolCall): boolean =>
  delegationTools(agent).some(tool => tool.name === call.name)

/**
 * What a sub-agent is told, as the whole of its conversation. The frame is cagent's, which sends it as a system
 * message before "Please proceed."; here it is what the user says, so that it is part of what is compared.
 */
const briefing = ({ task, expected_output }: JsonObject): string =>
  [
    'You are a member of a team of agents. Your goal is to complete the following task:',
    `<task>\n${task ?? ''}\n</task>`,
    ...(expected_output ? [`<expected_output>\n${expected_output}\n</expected_output>`] : []),
  ].join('\n\n')

/** So deep may tasks be passed on: deeper is nobody's plan. */
const deepest = 16

/** What a member of the team is given by a call, or why nobody is given anything. */
const assignmentOf = (here: Here, call: ToolCall): Assignment | ToolResult => {
  const { agent: giver, line = [], given = [] } = here
  const agent = reachable(giver.subAgents, teamOf(here), call)
  if (!agent) return unreachable(call, giver.subAgents)
  const above = [...line, giver]
  if (above.includes(agent))
    return refused(call, 'invalid-input', `${agent.name} waits for the result of this very task, and cannot get it.`)
  if (above.length >= deepest)
    return refused(call, 'invalid-input', `This task was passed on ${deepest} times already. Do it yourself.`)
  const text = briefing(call.input)
  const task = `${agent.name}: ${text}`
  if (given.includes(task))
    return refused(
      call,
      'invalid-input',
      `${agent.name} was given this very task, which is why you have it now. Do it yourself.`,
    )
  return {
    agent,
    messages: [{ role: 'user', content: [{ type: 'text', text }] }],
    line: above,
    given: [...given, task],
  }
}

/** The loop once more, one level deeper; its last words are the result. */
export async function* delegate(here: Here, call: ToolCall, path: Path): CallEvents {
  const assignment = assignmentOf(here, call)
  if ('callId' in assignment) return assignment
  const { agent, messages } = assignment
  const lane = `${here.lane}/${call.name}:${path.at(-1)}/${agent.name}`
  const { background: _, ...rest } = here
  const { reason } = yield* here.run({ ...rest, ...assignment, path, lane })
  const last = messages.at(-1)
  const result = last?.role === 'assistant' ? textOf(last.content) : ''
  if (reason === 'done') return { callId: call.id, name: call.name, content: [{ type: 'text', text: result }] }
  return refused(call, reason === 'cancelled' ? 'interrupted' : 'failed', endings[reason](agent))
}

/** The same, while the agent goes on; and the tools that look after it. */
export const inTheBackground = async (here: Here, call: ToolCall, path: Path): Promise<ToolResult> => {
  const assignment = call.name === 'run_background_agent' ? assignmentOf(here, call) : undefined
  if (assignment && 'callId' in assignment) return assignment
  const { background } = await import('./background.ts')
  return await background(here, call, { number: path.at(-1) ?? 0, assignment })
}

/** Nothing happens yet: the successor speaks when all calls of this reply are answered. */
export const handoff = (here: Here, call: ToolCall): ToolResult => {
  const agent = reachable(here.agent.handoffs, teamOf(here), call)
  if (!agent) return unreachable(call, here.agent.handoffs)
  if (here.passes?.isMade(here.agent, agent))
    return refused(
      call,
      'invalid-input',
      `You handed this conversation to ${agent.name} before, and nothing was done since. Answer as well as you can, or say what is missing.`,
    )
  const said = `The conversation is now with ${agent.name}. Go on with it, and use only the tools that you have now.`
  return { callId: call.id, name: call.name, content: [{ type: 'text', text: said }] }
}

/** Who speaks next after these results; nothing when nobody handed over. */
export const successorOf = (
  agent: Agent,
  team: Team,
  results: readonly ToolResult[],
  calls: readonly ToolCall[],
): Agent | undefined => {
  const accepted = results.filter(result => result.name === 'handoff' && !result.error).at(-1)
  const call = calls.find(call => call.id === accepted?.callId)
  return call && reachable(agent.handoffs, agent.team ?? team, call)
}

const teamOf = ({ agent, team }: Here): Team => agent.team ?? team

const reachable = (names: readonly string[], team: Team, { input }: ToolCall): Agent | undefined =>
  names.includes(String(input['agent'])) ? team.get(String(input['agent'])) : undefined

const unreachable = (call: ToolCall, names: readonly string[]): ToolResult =>
  refused(
    call,
    'invalid-input',
    `There is no agent '${call.input['agent'] ?? ''}' to reach from here. Choose one of: ${names.join(', ')}.`,
  )
