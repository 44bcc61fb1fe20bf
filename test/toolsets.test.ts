import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ToolsetConfig } from '../runtime/config/schema.ts'
import { toolsOfTypes } from '../runtime/config/tool-clashes.ts'
import type { Toolset } from '../runtime/core/tool.ts'
import { storageOf } from '../runtime/team/tools/storage.ts'
import { builtToolset, type Shared, shared } from '../runtime/team/tools/toolsets.ts'
import { temporaryFolder } from './support/temp.ts'
import { callsTo, workspaceIn } from './support/toolset.ts'

/** What the toolsets of an agent file share, without servers: none of these starts one. */
const around = (folder: string, opened: AsyncDisposableStack): Shared =>
  shared({
    opened,
    border: {} as Shared['border'],
    fetch: async () => {
      throw new Error('this test has no network')
    },
    servers: {} as Shared['servers'],
    notice: () => undefined,
    storage: storageOf({
      source: { path: 'agents/team.yaml' },
      cassettesFrom: folder,
      home: join(folder, 'home'),
      now: () => new Date(0),
    }),
  })

const configs: readonly [ToolsetConfig, string[]][] = [
  [{ type: 'think' }, ['think']],
  [{ type: 'todo' }, ['create_todo', 'create_todos', 'update_todos', 'list_todos']],
  [{ type: 'fetch', timeout: 5 }, ['fetch']],
  [{ type: 'script', shell: { hello: { cmd: 'echo hello' } } }, ['hello']],
  [{ type: 'api', api_config: { name: 'ask', endpoint: 'http://x/' } }, ['ask']],
  [{ type: 'memory' }, ['add_memory', 'get_memories', 'delete_memory', 'search_memories', 'update_memory']],
]

test.each(configs)('the toolset %j is built with its tools', async (config, names) => {
  await using folder = await temporaryFolder()
  await using opened = new AsyncDisposableStack()
  const toolset = (await builtToolset(config, around(folder.path, opened))) as Toolset
  expect((await toolset.open(new AbortController().signal)).map(({ name }) => name)).toEqual(names)
  expect(await readdir(folder.path)).toEqual([])
})

test.each(Object.keys(toolsOfTypes))('%s has the tools that validate counts on', async type => {
  await using folder = await temporaryFolder()
  await using opened = new AsyncDisposableStack()
  const toolset = (await builtToolset({ type } as ToolsetConfig, around(folder.path, opened))) as Toolset
  const names = (await toolset.open(new AbortController().signal)).map(({ name }) => name)
  expect(names.sort()).toEqual([...(toolsOfTypes[type] ?? [])].sort())
})

test('tasks and memories lie beside the agent file where it names a file, and memories else in the home folder', async () => {
  await using folder = await temporaryFolder()
  await using opened = new AsyncDisposableStack()
  const common = around(folder.path, opened)
  const call = async (config: ToolsetConfig) =>
    callsTo((await builtToolset(config, common)) as Toolset, { workspace: workspaceIn(join(folder.path, '.')) })
  await (await call({ type: 'tasks' }))('create_task', { title: 'x' })
  await (await call({ type: 'memory', path: 'm.db' }))('add_memory', { memory: 'x' })
  await (await call({ type: 'memory' }))('add_memory', { memory: 'x' })
  expect((await readdir(join(folder.path, 'agents'))).sort()).toEqual(['m.db', 'tasks.json'])
  expect(JSON.parse(await readFile(join(folder.path, 'agents/tasks.json'), 'utf8')).tasks.task_1.title).toBe('x')
  const [own = ''] = await readdir(join(folder.path, 'home/.reprise'))
  expect(own).toMatch(/^team-[\da-f]{8}$/)
  expect(await readdir(join(folder.path, 'home/.reprise', own))).toEqual(['memory.db'])
})
