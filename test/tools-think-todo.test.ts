import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { thinkToolset } from '../tools/think.ts'
import { todoList, todoToolset } from '../tools/todo.ts'
import { filtered, instructed } from '../tools/wrap.ts'
import { reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'
import { callsTo, workspaceIn } from './support/toolset.ts'

const workspace = workspaceIn('/')
const names = async (toolset: Parameters<typeof filtered>[0]): Promise<string[]> =>
  (await toolset.open(new AbortController().signal)).map(({ name }) => name)

test('a thought costs what it is; where a recording of cagent is played, all of them come back', async () => {
  const plain = callsTo(thinkToolset(), { workspace })
  for (const thought of ['first', 'second']) expect((await plain('think', { thought })).text).toBe('Noted.')
  const like = () => thinkToolset({ repeats: true })
  const call = callsTo(like(), { workspace })
  expect((await call('think', { thought: 'first' })).text).toBe('Thoughts:\nfirst')
  expect((await call('think', { thought: 'second\nline' })).text).toBe('Thoughts:\nfirst\nsecond\nline')
  expect((await callsTo(like(), { workspace })('think', { thought: 'other' })).text).toBe('Thoughts:\nother')
})

test('a recording of cagent, in which all thoughts came back each time, is played back to the letter', async () => {
  const agent = 'agents: { root: { model: openai/gpt-4o, instruction: Think., toolsets: [{ type: think }] } }\n'
  await using folder = await folderWith({ 'agent.yaml': agent })
  const thinking = (thought: string) => ({ toolCalls: [{ name: 'think', input: { thought } }] })
  await using server = await providerServer([thinking('one'), thinking('two'), { text: 'Done.' }])
  const options = { cwd: folder.path, env: server.env }
  await reprise(['exec', 'agent.yaml', '--record=tape', 'Go'], options)
  await reprise(['cassette', 'export', 'tape', '--to', 'go-vcr', '-o', 'theirs.yaml'], options)
  const path = join(folder.path, 'theirs.yaml')
  const exported = readFileSync(path, 'utf8').replaceAll(server.url, 'https://api.openai.com')
  expect(exported.match(/Noted\./g)).toHaveLength(3)
  const answers = ['one', 'one', 'one\\ntwo']
  writeFileSync(
    path,
    exported.replace(/Noted\./g, () => `Thoughts:\\n${answers.shift()}`),
  )
  const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'theirs', '--strict', 'Go'], { cwd: folder.path })
  expect(replayed).toMatchObject({ code: 0, stderr: expect.not.stringContaining('Drift') })
  expect(replayed.stdout).toMatch(/"Thoughts:\\none\\ntwo"[\s\S]*Done\.$/)
})

test('todos are noted, changed and listed, with a reminder of what is open', async () => {
  const call = callsTo(todoToolset(todoList()), { workspace })
  const told = async (name: string, input = {}) => JSON.parse((await call(name, input)).text)
  const one = { id: 'todo_1', description: 'one', status: 'pending' }
  const two = { id: 'todo_2', description: 'two', status: 'pending' }
  expect(await told('list_todos')).toEqual({ all_todos: [] })
  expect(await told('create_todo', { description: 'one' })).toEqual({
    created: one,
    all_todos: [one],
    reminder: 'Not completed yet: todo_1 (pending).',
  })
  expect(await told('create_todos', { descriptions: ['two'] })).toMatchObject({ created: [two], all_todos: [one, two] })
  const updates = [
    { id: 'todo_1', status: 'completed' },
    { id: 'todo_2', status: 'in-progress' },
    { id: 'todo_9', status: 'completed' },
  ]
  expect(await told('update_todos', { updates })).toEqual({
    updated: updates.slice(0, 2),
    not_found: ['todo_9'],
    all_todos: [
      { ...one, status: 'completed' },
      { ...two, status: 'in-progress' },
    ],
    reminder: 'Not completed yet: todo_2 (in-progress).',
  })
  expect(await told('update_todos', { updates: [{ id: 'todo_2', status: 'completed' }] })).not.toHaveProperty(
    'reminder',
  )
})

test('a status that there is not is refused, and nothing is changed', async () => {
  const call = callsTo(todoToolset(todoList()), { workspace })
  await call('create_todo', { description: 'one' })
  expect((await call('update_todos', { updates: [{ id: 'todo_1', status: 'done' }] })).text.split('\n')[0]).toBe(
    'The parameter updates.0.status must be one of pending, in-progress, completed, not "done".',
  )
  expect(JSON.parse((await call('list_todos')).text).all_todos[0].status).toBe('pending')
})

test('agents that share a list see the same todos; others do not', async () => {
  const list = todoList()
  const [lead, member] = [callsTo(todoToolset(list), { workspace }), callsTo(todoToolset(list), { workspace })]
  await lead('create_todo', { description: 'shared' })
  expect((await member('list_todos')).text).toContain('shared')
  expect((await callsTo(todoToolset(todoList()), { workspace })('list_todos')).text).not.toContain('shared')
})

test('a filter keeps the named tools, and a name that there is not is a mistake of the file', async () => {
  const toolset = todoToolset(todoList())
  expect(await names(filtered(toolset, ['list_todos', 'create_todo']))).toEqual(['create_todo', 'list_todos'])
  await expect(names(filtered(toolset, ['list_todo', 'xyz']))).rejects.toMatchObject({
    code: 'config',
    message: 'The toolset todo has no tool list_todo, xyz.',
    hint: 'Did you mean list_todos? Its tools are: create_todo, create_todos, update_todos, list_todos.',
  })
})

test('instructions are replaced, or taken in where the placeholder stands', async () => {
  const toolset = thinkToolset()
  expect(instructed(toolset, 'Be brief.').instructions).toBe('Be brief.')
  expect(instructed(toolset, 'A {ORIGINAL_INSTRUCTIONS} B $& {ORIGINAL_INSTRUCTIONS}').instructions).toBe(
    `A ${toolset.instructions} B $& ${toolset.instructions}`,
  )
  expect(await names(instructed(filtered(toolset, ['think']), 'x'))).toEqual(['think'])
})
