import { ToolFailure } from '../../runtime/core/tool.ts'

export const priorities = ['critical', 'high', 'medium', 'low'] as const
export const statuses = ['pending', 'in_progress', 'done', 'blocked'] as const

/** A task as cagent keeps it; times are ISO 8601 in UTC. */
export type Task = {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly priority: (typeof priorities)[number]
  readonly status: (typeof statuses)[number]
  readonly dependencies: readonly string[]
  readonly createdAt: string
  readonly updatedAt: string
}

/** By id, in the order in which they were made. */
export type Tasks = Readonly<Record<string, Task>>

/** A task with the status that it really has: one with open dependencies is blocked, whatever it says. */
export type Seen = Task & { readonly effectiveStatus: Task['status'] }

/** A ToolFailure where there is none of that id. */
export const taskOf = (tasks: Tasks, id: string): Task => {
  const task = Object.hasOwn(tasks, id) ? tasks[id] : undefined
  if (task) return task
  throw new ToolFailure(`task not found: ${id}`)
}

export const seen = (task: Task, tasks: Tasks): Seen => {
  const isOpen = (id: string): boolean => Object.hasOwn(tasks, id) && tasks[id]?.status !== 'done'
  const isBlocked = task.status !== 'done' && task.dependencies.some(isOpen)
  return { ...task, effectiveStatus: isBlocked ? 'blocked' : task.status }
}

/** All tasks, those that can be worked on first, then by urgency, then by age. */
export const inOrder = (tasks: Tasks): Seen[] => {
  const rank = ({ effectiveStatus, priority }: Seen): number =>
    (effectiveStatus === 'blocked' ? priorities.length : 0) + priorities.indexOf(priority)
  return Object.values(tasks)
    .map(task => seen(task, tasks))
    .sort((one, other) => rank(one) - rank(other))
}

/** A ToolFailure where a task cannot depend on these: they are not there, or wait for it themselves. */
export const mustBeFree = (tasks: Tasks, id: string, dependencies: readonly string[]): void => {
  const missing = dependencies.find(each => !Object.hasOwn(tasks, each))
  if (missing !== undefined) throw new ToolFailure(`dependency task not found: ${missing}`)
  const way = wayTo(tasks, id, dependencies)
  if (way) throw new ToolFailure(`these dependencies would create a cycle: ${[id, ...way].join(' → ')}`)
}

/** From one of the tasks along its dependencies to the one with that id. */
const wayTo = (tasks: Tasks, id: string, from: readonly string[], gone = new Set<string>()): string[] | undefined => {
  for (const each of from) {
    if (each === id) return [each]
    if (gone.has(each)) continue
    gone.add(each)
    const way = wayTo(tasks, id, tasks[each]?.dependencies ?? [], gone)
    if (way) return [each, ...way]
  }
  return undefined
}
