import { setTimeout as wait } from 'node:timers/promises'
import type { ToolAnswer } from '../core/border.ts'
import { Failure } from '../core/errors.ts'
import type { EndReason, RunEvent } from '../core/event.ts'
import type { JsonObject } from '../core/json.ts'
import { type Message, type ToolCall, type ToolResult, textOf } from '../core/message.ts'
import type { Agent } from './agent.ts'
import { endings, Stopped } from './ending.ts'
import { callerOf, type Here } from './here.ts'
import { mostWords, Task, Tasks } from './tasks.ts'

/** What a run keeps of what it began in the background; made when the first run comes to need it. */
export type Background = { tasks?: Tasks }

const tasksOf = ({ background }: Pick<Here, 'background'>): Tasks => {
  background.tasks ??= new Tasks()
  return background.tasks
}

/** The same run, with what it begins in the background beside it. */
export const beside = <Result>(
  background: Background,
  events: AsyncGenerator<RunEvent, Result>,
): AsyncGenerator<RunEvent, Result> => tasksOf({ background }).beside(events)

/** What an agent is given: itself, and a conversation that begins with its task. */
export type Assignment = {
  readonly agent: Agent
  readonly messages: Message[]
  readonly line: readonly Agent[]
  readonly given: readonly string[]
}

/** Seconds that a look at a task waits for its end: where nothing is asked for, and at most. */
const usualWait = 10
const longestWait = 300

/**
 * A call of one of the tools for the background. What they answer depends on how far others are, so it crosses the border
 * as what any tool answers; what a task does has a lane of its own. `assignment` is absent where nobody of that name is
 * there, or nothing is to begin.
 */
export const background = async (
  here: Here,
  call: ToolCall,
  { number, assignment }: { readonly number: number; readonly assignment?: Assignment | undefined },
): Promise<ToolResult> => {
  const { border, signal } = here
  const tasks = tasksOf(here)
  const id = ['task', ...here.path.map(Math.abs), number].join('_')
  const live: Readonly<Record<string, () => ToolAnswer | Promise<ToolAnswer>>> = {
    run_background_agent: () => begun(id, call, tasks),
    list_background_agents: () => said(listOf(tasks)),
    view_background_agent: () => viewed(tasks, call, signal),
    stop_background_agent: () => stopped(tasks, call),
  }
  const ask = { caller: callerOf(here), name: call.name, input: call.input }
  const answer = await border.perform('tool', ask, async () => (await live[call.name]?.()) ?? said(''))
  if (assignment && !answer.error) {
    const task = new Task({ call: number, id, agent: assignment.agent.name })
    tasks.begin(task, worked(here, task, assignment))
  }
  const known = tasks.named(String(call.input['task_id'] ?? ''))
  if (known && isOver(call.name, answer)) tasks.seen(known)
  return { callId: call.id, name: call.name, ...answer }
}

const said = (text: string): ToolAnswer => ({ content: [{ type: 'text', text }] })
const failed = (text: string): ToolAnswer => ({ ...said(text), error: 'failed' })

const begun = (id: string, { input }: ToolCall, tasks: Tasks): ToolAnswer => {
  const refusal = tasks.refusal()
  if (refusal !== undefined) return failed(refusal)
  return said(`Background agent task started with ID: ${id}\nAgent: ${input['agent']}\nTask: ${input['task']}`)
}

const listOf = ({ all }: Tasks): string =>
  all.length === 0
    ? 'No background agent tasks found.'
    : ['Background agent tasks:', ...all.map(task => `\nID: ${task.id}\n${statusOf(task)}`)].join('\n')

const statusOf = ({ agent, status, isAsking }: Task): string =>
  `Agent: ${agent}\nStatus: ${status}${isAsking ? '\nIt waits for an approval of the user, who is asked when you end your turn.' : ''}`

/** Waits for the end, as long as it is asked to, but not for a person, who is not asked before the agent rests. */
const viewed = async (tasks: Tasks, { input }: ToolCall, signal: AbortSignal): Promise<ToolAnswer> => {
  const task = tasks.named(String(input['task_id']))
  if (!task) return unknown(input)
  const seconds = Math.min(longestWait, Math.max(1, Number(input['wait'] ?? usualWait) || usualWait))
  const timer = new AbortController()
  const waited = wait(seconds * 1000, undefined, { signal: AbortSignal.any([signal, timer.signal]) })
  await Promise.race([task.until(({ status, isAsking }) => status !== 'running' || isAsking), waited]).finally(() =>
    timer.abort(),
  )
  const output = task.words.slice(-mostWords) || (task.status === 'running' ? '(nothing yet)' : '(nothing)')
  return said(`Task ID: ${task.id}\n${statusOf(task)}\n\n--- Output ---\n${output}`)
}

const stopped = (tasks: Tasks, { input }: ToolCall): ToolAnswer => {
  const task = tasks.named(String(input['task_id']))
  if (!task) return unknown(input)
  if (task.status !== 'running') return failed(`Task ${task.id} is not running: it is ${task.status}.`)
  task.stop()
  return said(`Task ${task.id} is stopped.`)
}

const unknown = (input: JsonObject): ToolAnswer => failed(`task not found: ${input['task_id'] ?? ''}`)

/** Whether an answer says that a task is over. It is read from the words, which a replay has too. */
const isOver = (name: string, { content, error }: ToolAnswer): boolean => {
  if (name === 'stop_background_agent') return !error
  return name === 'view_background_agent' && /^Status: (completed|failed|stopped)$/m.test(textOf(content))
}

/** Failures that are no news for a model: the recording has no answer, or the user has to do something. */
const isOurs = ({ code }: Failure): boolean =>
  code.startsWith('cassette-') || code === 'interrupted' || code === 'missing-key'

/** The loop once more, beside the one that began it; a failure is the end of the task alone. */
async function* worked(here: Here, task: Task, { agent, ...assignment }: Assignment): AsyncGenerator<RunEvent> {
  const path = [...here.path, -task.call]
  const lane = `${here.lane}/run_background_agent:${task.call}/${agent.name}`
  const stop = new AbortController()
  const signal = AbortSignal.any([here.runSignal, tasksOf(here).signal, stop.signal])
  here.border
    .perform('stop', { caller: { agent: agent.name, lane }, name: 'background' }, () => task.stopping)
    .then(
      answer => answer && stop.abort(new Stopped(answer)),
      error => stop.abort(error),
    )
  const { background: _, ...rest } = here
  try {
    const reason = yield* watched(task, here.run({ ...rest, agent, ...assignment, path, lane, signal }))
    const status = reason === 'done' ? 'completed' : signal.aborted ? 'stopped' : 'failed'
    task.change({ status, ...(status === 'failed' && { words: endings[reason](agent) }) })
  } catch (error) {
    if (!(error instanceof Failure) || isOurs(error)) throw error
    task.change({ status: 'failed', words: error.message })
    yield { path, agent: agent.name, type: 'notice', level: 'warning', code: 'background', text: error.message }
    yield { path, agent: agent.name, type: 'agent-end', reason: 'failed' }
  } finally {
    if (task.status === 'running') task.change({ status: 'stopped' })
  }
}

/** Keeps in the task what those who look at it want to know. */
async function* watched(task: Task, events: ReturnType<Here['run']>): AsyncGenerator<RunEvent, EndReason> {
  try {
    for (;;) {
      const step = await events.next()
      if (step.done) return step.value.reason
      note(task, step.value)
      yield step.value
    }
  } finally {
    await events.return(undefined as never)
  }
}

const note = (task: Task, event: RunEvent): void => {
  if (event.type === 'question') task.change({ isAsking: true })
  if (event.type === 'answer') task.change({ isAsking: false })
  const isWords = event.type === 'message' && event.message.role === 'assistant'
  if (isWords && event.path.at(-1) === -task.call) task.change({ words: textOf(event.message.content) })
}
