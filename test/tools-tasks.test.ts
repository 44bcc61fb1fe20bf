import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tasksToolset } from '../tools/tasks.ts'
import { folderWith } from './support/temp.ts'
import { callsTo, workspaceIn } from './support/toolset.ts'

const place = async (files: Readonly<Record<string, string>> = {}) => {
  const folder = await folderWith(files)
  let seconds = 0
  const now = (): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds++))
  const call = callsTo(tasksToolset({ path: 'tasks.json', now }), { workspace: workspaceIn(folder.path) })
  const told = async (name: string, input: Parameters<typeof call>[1] = {}) =>
    JSON.parse((await call(name, input)).text)
  const create = async (title: string, more = {}): Promise<string> => (await told('create_task', { title, ...more })).id
  const at = (path: string): string => join(folder.path, path)
  return { call, told, create, at, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

test('tasks are noted in a file of the form that cagent has', async () => {
  await using here = await place({ 'plan.md': '# The plan' })
  const task = {
    id: 'task_1',
    title: 'Build',
    description: '# The plan',
    priority: 'medium',
    status: 'pending',
    dependencies: [],
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
  }
  expect(await here.told('create_task', { title: 'Build', description: 'left aside', path: 'plan.md' })).toEqual(task)
  expect(JSON.parse(await readFile(here.at('tasks.json'), 'utf8'))).toEqual({ tasks: { task_1: task } })
  expect(await here.told('get_task', { id: 'task_1' })).toEqual({ ...task, effectiveStatus: 'pending' })
  expect((await here.call('get_task', { id: 'task_9' })).text).toBe('task not found: task_9')
  expect((await here.call('get_task', { id: '__proto__' })).text).toBe('task not found: __proto__')
})

test('what can be worked on comes first, then what is urgent, then what is old', async () => {
  await using here = await place()
  const low = await here.create('low', { priority: 'low' })
  const medium = await here.create('medium')
  const blocked = await here.create('blocked', { priority: 'critical', dependencies: [low] })
  const high = await here.create('high', { priority: 'high' })
  const ids = async (filter = {}) => (await here.told('list_tasks', filter)).map(({ id }: { id: string }) => id)
  expect(await ids()).toEqual([high, medium, low, blocked])
  expect(await ids({ status: 'blocked' })).toEqual([blocked])
  expect(await ids({ priority: 'low' })).toEqual([low])
  expect((await here.told('next_task')).id).toBe(high)
  for (const id of [high, medium, low]) await here.told('update_task', { id, status: 'done' })
  expect(await here.told('next_task')).toMatchObject({ id: blocked, effectiveStatus: 'pending' })
  await here.told('update_task', { id: blocked, status: 'done' })
  expect((await here.call('next_task')).text).toBe('No actionable tasks. Everything is either done or blocked.')
})

test('dependencies are added and removed, and never go in a circle', async () => {
  await using here = await place()
  const [a, b, c] = [await here.create('a'), await here.create('b'), await here.create('c')]
  await here.told('add_dependency', { taskId: b, dependsOnId: a })
  await here.told('add_dependency', { taskId: c, dependsOnId: b })
  const circle = { text: 'these dependencies would create a cycle: task_1 → task_3 → task_2 → task_1', failed: true }
  expect(await here.call('add_dependency', { taskId: a, dependsOnId: c })).toMatchObject(circle)
  expect(await here.call('update_task', { id: a, dependencies: [c] })).toMatchObject(circle)
  expect((await here.call('add_dependency', { taskId: a, dependsOnId: a })).text).toContain('task_1 → task_1')
  expect((await here.call('add_dependency', { taskId: b, dependsOnId: a })).text).toBe('dependency already exists')
  expect((await here.call('add_dependency', { taskId: b, dependsOnId: 'x' })).text).toBe('dependency task not found: x')
  expect((await here.call('create_task', { title: 'x', dependencies: ['x'] })).text).toBe(
    'dependency task not found: x',
  )
  expect(await here.told('remove_dependency', { taskId: c, dependsOnId: b })).toMatchObject({ dependencies: [] })
  expect((await here.call('remove_dependency', { taskId: c, dependsOnId: b })).text).toBe(
    'dependency not found: task_2',
  )
  expect(await here.told('delete_task', { id: a })).toEqual({ deleted: a })
  expect(await here.told('get_task', { id: b })).toMatchObject({ dependencies: [], effectiveStatus: 'pending' })
})

test('what is left out of a change stays as it was', async () => {
  await using here = await place()
  const id = await here.create('old', { description: 'text', priority: 'high' })
  expect(await here.told('update_task', { id, title: 'new' })).toMatchObject({
    title: 'new',
    description: 'text',
    priority: 'high',
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:01Z',
  })
  expect((await here.call('update_task', { id, status: 'finished' })).failed).toBe(true)
})

test('tasks that are noted side by side are all kept', async () => {
  await using here = await place()
  await Promise.all(Array.from({ length: 20 }, (_, index) => here.create(`task ${index}`)))
  expect(await here.told('list_tasks')).toHaveLength(20)
})

test.each(['{', '[]', '{"tasks": {"a": {"id": "a"}}}', '{"tasks": []}', ''])(
  'a file with %j in it is not overwritten',
  async text => {
    await using here = await place()
    await writeFile(here.at('tasks.json'), text)
    expect(await here.call('create_task', { title: 'x' })).toMatchObject({
      text: 'tasks.json holds no tasks that can be read, so nothing was done. Mend the file, or move it away.',
      failed: true,
    })
    expect(await readFile(here.at('tasks.json'), 'utf8')).toBe(text)
  },
)
