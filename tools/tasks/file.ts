import { isJsonObject, type Json } from '../../runtime/core/json.ts'
import { ToolFailure } from '../../runtime/core/tool.ts'
import type { Workspace } from '../../runtime/core/workspace.ts'
import { priorities, statuses, type Task, type Tasks } from './task.ts'

/** Tasks in a file of cagent's form: `{"tasks": {id: task}}`. Changes take turns, so that none is lost. */
export type TaskFile = {
  readonly read: (workspace: Workspace) => Promise<Tasks>
  /** What `change` gives as `tasks` is written; nothing is where it throws. */
  readonly change: <Result>(
    workspace: Workspace,
    change: (tasks: Tasks) => { readonly tasks: Tasks; readonly result: Result },
  ) => Promise<Result>
}

export const taskFile = (path: string): TaskFile => {
  let turn: Promise<unknown> = Promise.resolve()
  const read = async (workspace: Workspace): Promise<Tasks> =>
    (await workspace.stat(path)) ? parsed(new TextDecoder().decode(await workspace.read(path)), path) : {}
  return {
    read,
    change(workspace, change) {
      const work = async () => {
        const { tasks, result } = change(await read(workspace))
        await workspace.write(path, `${JSON.stringify({ tasks }, null, 2)}\n`)
        return result
      }
      const done = turn.then(work, work)
      turn = done
      return done
    },
  }
}

const parsed = (text: string, path: string): Tasks => {
  const file = jsonIn(text)
  const tasks = isJsonObject(file) ? (file['tasks'] ?? {}) : undefined
  if (isJsonObject(tasks) && Object.values(tasks).every(isTask)) return tasks as Tasks
  throw new ToolFailure(`${path} holds no tasks that can be read, so nothing was done. Mend the file, or move it away.`)
}

const jsonIn = (text: string): Json | undefined => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isTask = (value: Json): boolean => {
  const task = value as Partial<Task>
  return (
    isJsonObject(value) &&
    [task.id, task.title, task.description, task.createdAt, task.updatedAt].every(each => typeof each === 'string') &&
    Array.isArray(task.dependencies) &&
    priorities.some(priority => priority === task.priority) &&
    statuses.some(status => status === task.status)
  )
}
