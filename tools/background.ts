import type { JsonObject } from '../runtime/core/json.ts'
import type { Tool, Toolset } from '../runtime/core/tool.ts'

/** Tools that are answered where agents run: only there is known what runs. */
export const backgroundToolset = (): Toolset => ({
  name: 'background_agents',
  instructions,
  open: async () => tools,
  [Symbol.asyncDispose]: async () => undefined,
})

const instructions = `Tasks that do not depend on each other can be done at the same time: give each to a member of your team with run_background_agent, and go on with what is left for you. You need not ask how far they are: when you have nothing else to do, end your turn, and you are told what came of all of them. To have a result earlier, use view_background_agent; to end a task that is not needed any more, stop_background_agent.`

const text = (description: string): JsonObject => ({ type: 'string', description })

const object = (properties: JsonObject, required: readonly string[]): JsonObject => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})

const execute: Tool['execute'] = async () => {
  throw new Error('a tool for the background was called as if it were any other')
}

const taskId = text('The ID that run_background_agent gave.')

/** They change nothing themselves: what is done in the background is asked about when it is done. */
const tools: readonly Tool[] = [
  {
    name: 'run_background_agent',
    description:
      'Give a task to a member of your team, who works on it while you go on. You get an ID at once; when you end your turn, you are told what came of it.',
    parameters: object(
      {
        agent: text('The name of the agent that gets the task.'),
        task: text('What the agent shall do, with everything that it needs to know.'),
        expected_output: text('What the answer shall look like.'),
      },
      ['agent', 'task'],
    ),
    readOnly: true,
    execute,
  },
  {
    name: 'list_background_agents',
    description: 'List the tasks that you gave to agents in the background, and how far they are.',
    parameters: object({}, []),
    readOnly: true,
    execute,
  },
  {
    name: 'view_background_agent',
    description: 'Look at a task in the background: how far it is, and what came of it. It waits a little for its end.',
    parameters: object(
      {
        task_id: taskId,
        wait: { type: 'number', description: 'How many seconds to wait for its end: 10 if left out, at most 300.' },
      },
      ['task_id'],
    ),
    readOnly: true,
    execute,
  },
  {
    name: 'stop_background_agent',
    description: 'Stop a task in the background.',
    parameters: object({ task_id: taskId }, ['task_id']),
    readOnly: true,
    execute,
  },
]
