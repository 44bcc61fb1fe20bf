import { type Tool, ToolFailure, type Toolset } from '../runtime/core/tool.ts'
import type { Workspace } from '../runtime/core/workspace.ts'
import { defineTool, listOrNone, oneOf, optional, text } from './define.ts'
import { type TaskFile, taskFile } from './tasks/file.ts'
import { inOrder, mustBeFree, priorities, seen, statuses, type Task, type Tasks, taskOf } from './tasks/task.ts'

export type TasksConfig = {
  /** The file that tasks are kept in. */
  readonly path: string
  readonly now: () => Date
}

const instructions = `# Tasks

- Tasks stay from one session to the next. Each has a priority (critical, high, medium, low), a status (pending,
  in_progress, done, blocked) and other tasks that must be done before it.
- A task counts as blocked until all that it depends on is done.
- \`next_task\` gives the most urgent one that can be worked on. Set it to "in_progress" when you take it up and to "done"
  when it is.`

type Store = TaskFile & { readonly clock: () => string }

/** Tasks with dependencies, kept in a JSON file of cagent's form. Ids are counted. */
export const tasksToolset = ({ path, now }: TasksConfig): Toolset => {
  const store = {
    ...taskFile(path),
    clock: () =>
      now()
        .toISOString()
        .replace(/\.\d+Z$/, 'Z'),
  }
  return {
    name: 'tasks',
    instructions,
    open: async () => [
      createTask(store),
      getTask(store),
      updateTask(store),
      deleteTask(store),
      listTasks(store),
      nextTask(store),
      addDependency(store),
      removeDependency(store),
    ],
    [Symbol.asyncDispose]: async () => undefined,
  }
}

const id = text('The id of the task')
const description = optional(text('What is to be done; left aside where a path is given'))
const path = optional(text('A file whose content becomes the description'))
const dependencies = optional(listOrNone(text('An id'), 'The ids of the tasks that must be done before this one'))

const createTask = ({ change, clock }: Store): Tool =>
  defineTool({
    name: 'create_task',
    description: 'Note a task.',
    parameters: {
      title: text('A short title'),
      description,
      path,
      priority: optional(oneOf(priorities, 'How urgent it is (default: medium)')),
      dependencies,
    },
    async execute({ title, priority = 'medium', dependencies = [], ...source }, { workspace }) {
      const description = (await descriptionFrom(source, workspace)) ?? ''
      const time = clock()
      return await change(workspace, tasks => {
        const id = nextId(tasks)
        mustBeFree(tasks, id, dependencies)
        const given = { id, title, description, priority, dependencies: [...new Set(dependencies)] }
        const task: Task = { ...given, status: 'pending', createdAt: time, updatedAt: time }
        return { tasks: { ...tasks, [id]: task }, result: JSON.stringify(task) }
      })
    },
  })

/** The count goes on from the highest, whatever was removed below it. */
const nextId = (tasks: Tasks): string => {
  const counts = Object.keys(tasks).map(id => Number(/^task_(\d+)$/.exec(id)?.[1] ?? 0))
  return `task_${Math.max(0, ...counts) + 1}`
}

const descriptionFrom = async (
  { description, path }: { readonly description?: string | undefined; readonly path?: string | undefined },
  workspace: Workspace,
): Promise<string | undefined> =>
  path === undefined ? description : new TextDecoder().decode(await workspace.read(path))

const getTask = ({ read }: Store): Tool =>
  defineTool({
    name: 'get_task',
    description: 'Show a task.',
    parameters: { id },
    readOnly: true,
    async execute({ id }, { workspace }) {
      const tasks = await read(workspace)
      return JSON.stringify(seen(taskOf(tasks, id), tasks))
    },
  })

const updateTask = (store: Store): Tool =>
  defineTool({
    name: 'update_task',
    description: 'Change a task. What is left out stays as it is.',
    parameters: {
      id,
      title: optional(text('The new title')),
      description,
      path,
      priority: optional(oneOf(priorities, 'The new priority')),
      status: optional(oneOf(statuses, 'The new status')),
      dependencies,
    },
    async execute({ id, title, priority, status, dependencies, ...source }, { workspace }) {
      const description = await descriptionFrom(source, workspace)
      return await changeTask(store, workspace, id, (task, tasks) => {
        if (dependencies) mustBeFree(tasks, id, dependencies)
        return {
          title: title ?? task.title,
          description: description ?? task.description,
          priority: priority ?? task.priority,
          status: status ?? task.status,
          dependencies: dependencies ? [...new Set(dependencies)] : task.dependencies,
        }
      })
    },
  })

/** Changes one task, and gives it back. */
const changeTask = (
  { change, clock }: Store,
  workspace: Workspace,
  id: string,
  changed: (task: Task, tasks: Tasks) => Partial<Task>,
): Promise<string> =>
  change(workspace, tasks => {
    const task = taskOf(tasks, id)
    const next = { ...task, ...changed(task, tasks), updatedAt: clock() }
    return { tasks: { ...tasks, [id]: next }, result: JSON.stringify(next) }
  })

const deleteTask = ({ change }: Store): Tool =>
  defineTool({
    name: 'delete_task',
    description: 'Remove a task; what depended on it does so no more.',
    parameters: { id },
    execute: ({ id }, { workspace }) =>
      change(workspace, tasks => {
        taskOf(tasks, id)
        const left = Object.values(tasks).filter(task => task.id !== id)
        const freed = left.map(task => ({ ...task, dependencies: task.dependencies.filter(each => each !== id) }))
        const byId = Object.fromEntries(freed.map(task => [task.id, task]))
        return { tasks: byId, result: JSON.stringify({ deleted: id }) }
      }),
  })

const listTasks = ({ read }: Store): Tool =>
  defineTool({
    name: 'list_tasks',
    description: 'Show tasks, those that can be worked on first, the most urgent first.',
    parameters: {
      status: optional(oneOf(statuses, 'Only those with this status')),
      priority: optional(oneOf(priorities, 'Only those with this priority')),
    },
    readOnly: true,
    async execute({ status, priority }, { workspace }) {
      const wanted = inOrder(await read(workspace)).filter(
        task =>
          (status ?? task.effectiveStatus) === task.effectiveStatus && (priority ?? task.priority) === task.priority,
      )
      return JSON.stringify(wanted)
    },
  })

const nextTask = ({ read }: Store): Tool =>
  defineTool({
    name: 'next_task',
    description: 'Show the most urgent task that can be worked on.',
    parameters: {},
    readOnly: true,
    async execute(_, { workspace }) {
      const open = inOrder(await read(workspace)).find(
        ({ effectiveStatus }) => effectiveStatus === 'pending' || effectiveStatus === 'in_progress',
      )
      return open ? JSON.stringify(open) : 'No actionable tasks. Everything is either done or blocked.'
    },
  })

const taskId = text('The task that must wait')
const dependsOnId = text('The task that must be done first')

const addDependency = (store: Store): Tool =>
  defineTool({
    name: 'add_dependency',
    description: 'Let a task wait for another.',
    parameters: { taskId, dependsOnId },
    execute: ({ taskId, dependsOnId }, { workspace }) =>
      changeTask(store, workspace, taskId, ({ dependencies }, tasks) => {
        if (dependencies.includes(dependsOnId)) throw new ToolFailure('dependency already exists')
        mustBeFree(tasks, taskId, [dependsOnId])
        return { dependencies: [...dependencies, dependsOnId] }
      }),
  })

const removeDependency = (store: Store): Tool =>
  defineTool({
    name: 'remove_dependency',
    description: 'Let a task wait for another no more.',
    parameters: { taskId, dependsOnId },
    execute: ({ taskId, dependsOnId }, { workspace }) =>
      changeTask(store, workspace, taskId, ({ dependencies }) => {
        if (!dependencies.includes(dependsOnId)) throw new ToolFailure(`dependency not found: ${dependsOnId}`)
        return { dependencies: dependencies.filter(each => each !== dependsOnId) }
      }),
  })
