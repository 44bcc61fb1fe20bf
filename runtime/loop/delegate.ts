import type { Path } from '../core/event.ts'
import type { JsonObject } from '../core/json.ts'
import { type Message, type ToolCall, type ToolResult, textOf } from '../core/message.ts'
import type { ToolDefinition } from '../core/tool.ts'
import type { Agent, Team } from './agent.ts'
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
export const delegationTools = (agent: Agent): ToolDefinition[] => [
  ...(agent.subAgents.length > 0 ? [transferTask] : []),
  ...(agent.handoffs.length > 0 ? [handOff] : []),
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

/** The loop once more, one level deeper; its last words are the result. */
export async function* delegate(here: Here, call: ToolCall, path: Path): CallEvents {
  const agent = reachable(here.agent.subAgents, here.team, call)
  if (!agent) return unreachable(call, here.agent.subAgents)
  const messages: Message[] = [{ role: 'user', content: [{ type: 'text', text: briefing(call.input) }] }]
  const lane = `${here.lane}/${call.name}:${path.at(-1)}/${agent.name}`
  const { reason } = yield* here.run({ ...here, agent, messages, path, lane })
  const last = messages.at(-1)
  const result = last?.role === 'assistant' ? textOf(last.content) : ''
  if (reason === 'done') return { callId: call.id, name: call.name, content: [{ type: 'text', text: result }] }
  return refused(call, reason === 'cancelled' ? 'interrupted' : 'failed', endings[reason](agent))
}

const endings = {
  cancelled: () => 'The tool call was canceled by the user.',
  repeating: (agent: Agent) => `${agent.name} repeated itself without getting anywhere and was stopped.`,
  'max-iterations': (agent: Agent) =>
    `${agent.name} was stopped after ${agent.maxIterations} iterations without an answer.`,
}

/** Nothing happens yet: the successor speaks when all calls of this reply are answered. */
export const handoff = (here: Here, call: ToolCall): ToolResult => {
  const agent = reachable(here.agent.handoffs, here.team, call)
  if (!agent) return unreachable(call, here.agent.handoffs)
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
  return call && reachable(agent.handoffs, team, call)
}

const reachable = (names: readonly string[], team: Team, { input }: ToolCall): Agent | undefined =>
  names.includes(String(input['agent'])) ? team.get(String(input['agent'])) : undefined

const unreachable = (call: ToolCall, names: readonly string[]): ToolResult =>
  refused(
    call,
    'invalid-input',
    `There is no agent '${call.input['agent'] ?? ''}' to reach from here. Choose one of: ${names.join(', ')}.`,
  )
