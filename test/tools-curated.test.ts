import { expect, test } from 'vitest'
import { shortArguments } from '../runtime/tui/view/calls.ts'
import { reprise } from './support/cli.ts'
import { checked } from './support/config.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'
import { definitionsIn, expectAlike, resultsIn, toolsIn, twice } from './support/twice.ts'

const agent = (rest: string, more = ''): string => `agents:
  root:
    model: openai/gpt-4o
${rest.replace(/^(?=.)/gm, '    ')}
${more}`

test('with each call the model may say why it makes it, which is shown and not handed to the tool', async () => {
  const run = await twice({
    agent: agent('add_description_parameter: true\ntoolsets:\n  - type: filesystem\n  - type: tasks'),
    files: { 'a.txt': 'first' },
    script: [
      { toolCalls: [{ name: 'read_file', input: { path: 'a.txt', description: 'Look at the first file' } }] },
      { toolCalls: [{ name: 'create_task', input: { title: 'Walk', description: 'A long one' } }] },
      { text: 'Done.' },
    ],
  })
  expectAlike(run)
  expect(run.recorded.stdout).toContain('description: "Look at the first file"')
  const [first, second, third] = run.requests
  expect(resultsIn(second!)[0]).toContain('first')
  expect(resultsIn(third!)[1]).toContain('A long one')
  for (const { name, parameters } of definitionsIn(first!.body)) {
    expect(parameters['properties'], name).toHaveProperty('description')
    expect((parameters['required'] ?? []) as string[], name).not.toContain('description')
  }
})

test('the screen tells in one line what a call does, and why', () => {
  const input = { path: 'a.txt', description: 'Look at\nthe file' }
  expect(shortArguments({ type: 'tool-call', id: '1', name: 'read_file', input })).toBe('a.txt (Look at the file)')
})

test('a tool whose name fits a pattern answers in TOON, where its answer is JSON', async () => {
  const run = await twice({
    agent: agent(`toolsets:
  - type: script
    toon: "^list_, ^nothing$"
    shell:
      list_users: { cmd: 'echo ''[{"id":1,"name":"Ann"},{"id":2,"name":"Bob"}]''' }
      list_words: { cmd: echo words }
      users: { cmd: 'echo ''{"id":1}''' }`),
    script: [
      { toolCalls: ['list_users', 'list_words', 'users'].map(name => ({ name, input: {} })) },
      { text: 'Done.' },
    ],
  })
  expectAlike(run)
  expect(resultsIn(run.requests[1]!).map(text => text.trim())).toEqual([
    '[2]{id,name}:\n  1,Ann\n  2,Bob',
    'words',
    '{"id":1}',
  ])
})

test('a pattern for TOON that is none is told, with its place', () => {
  expect(checked(agent('toolsets: [{ type: think, toon: "ok, a(" }]')).problems).toEqual([
    '4:42: This is no regular expression: /a(/: Unterminated group.',
  ])
})

const deferring = (defer: string): string =>
  agent(`toolsets:
  - type: todo
  - type: filesystem
    defer: ${defer}
    instruction: Read before you write.`)

test('deferred tools are found, added and then there, and a replay knows it without running a tool', async () => {
  const run = await twice({
    agent: deferring('true'),
    files: { 'a.txt': 'first' },
    script: [
      { toolCalls: [{ name: 'search_tool', input: { query: 'READ file' } }] },
      {
        toolCalls: [
          { name: 'search_tool', input: { query: 'fly' } },
          { name: 'read_file', input: { path: 'a.txt' } },
        ],
      },
      { toolCalls: ['read_file', 'fly'].map(name => ({ name: 'add_tool', input: { name } })) },
      {
        toolCalls: [
          { name: 'read_file', input: { path: 'a.txt' } },
          { name: 'add_tool', input: { name: 'read_file' } },
        ],
      },
      { text: 'Done.' },
      { text: 'Again.' },
    ],
    messages: ['Go', 'On'],
  })
  expectAlike(run)
  const first = ['create_todo', 'create_todos', 'update_todos', 'list_todos', 'search_tool', 'add_tool']
  expect(run.requests.map(request => toolsIn(request))).toEqual([
    first,
    first,
    first,
    ...[1, 2, 3].map(() => [...first, 'read_file']),
  ])
  const said = resultsIn(run.requests.at(-1)!)
  expect(said[0]).toMatch(/^Found \d deferred tool\(s\):\n\[\{"name":"read_file",/)
  expect(said[1]).toMatch(/^No deferred tools found matching 'fly'\. There are: read_file, /)
  expect(said[2]).toContain("Tool 'read_file' is not available.")
  expect(said[3]).toMatch(/^Tool 'read_file' has been activated[\s\S]*Read before you write\.$/)
  expect(said[4]).toContain("Tool 'fly' not found.")
  expect(said[5]).toContain('first')
  expect(said[6]).toBe("Tool 'read_file' is already active")
  expect(JSON.stringify(run.requests[0]!.body['messages'])).not.toContain('Read before you write')
})

test('only the tools that are named are deferred; a name that no tool has is told', async () => {
  const run = await twice({ agent: deferring('[edit_file, fly]'), script: [{ text: 'Done.' }] })
  expect(run.recorded.stderr).toContain('The toolset filesystem has no tool fly that could be deferred.')
  const tools = toolsIn(run.requests[0]!)
  expect(tools).toEqual(expect.arrayContaining(['read_file', 'write_file', 'search_tool', 'add_tool']))
  expect(tools).not.toContain('edit_file')
  expect(JSON.stringify(run.requests[0]!.body['messages'])).toContain('Read before you write')
})

test('the turn after a call of a toolset with a model is spoken by that model, and only that one', async () => {
  const run = await twice({
    agent: agent(
      'toolsets:\n  - { type: think, model: small }\n  - type: todo',
      'models: { small: { provider: anthropic, model: claude-haiku-4-5 } }',
    ),
    script: [
      { toolCalls: [{ name: 'think', input: { thought: 'Hm.' } }] },
      { toolCalls: [{ name: 'list_todos', input: {} }] },
      { toolCalls: [{ name: 'think', input: { thought: 'Hm.' } }] },
      { text: 'Done.' },
      { text: 'Again.' },
    ],
    messages: ['Go', 'On'],
  })
  expectAlike(run)
  expect(run.requests.map(({ body }) => body['model'])).toEqual([
    'gpt-4o',
    'claude-haiku-4-5',
    'gpt-4o',
    'claude-haiku-4-5',
    'gpt-4o',
  ])
})

test('a model chooses another one, and goes back', async () => {
  const run = await twice({
    agent: agent(
      'toolsets: [{ type: model_picker, models: [small, anthropic/claude-opus-4-1] }]',
      'models: { small: { provider: google, model: gemini-2.5-flash } }',
    ),
    script: [
      { toolCalls: [{ name: 'change_model', input: { model: 'small' } }] },
      { toolCalls: [{ name: 'change_model', input: { model: 'gpt-5' } }] },
      { toolCalls: [{ name: 'change_model', input: { model: 'anthropic/claude-opus-4-1' } }] },
      { text: 'Still I.' },
      { toolCalls: [{ name: 'revert_model', input: {} }] },
      { text: 'Done.' },
    ],
    messages: ['Go', 'On'],
  })
  expectAlike(run)
  expect(run.requests.map(({ body, path }) => body['model'] ?? /models\/([^:]+)/.exec(path)?.[1])).toEqual([
    'gpt-4o',
    'gemini-2.5-flash',
    'gemini-2.5-flash',
    'claude-opus-4-1',
    'claude-opus-4-1',
    'gpt-4o',
  ])
  expect(run.recorded.stdout).toContain('model \\"gpt-5\\" is not in the allowed list.')
})

test('added tools are there when a conversation is taken up again; the model is its own', async () => {
  const both = agent(
    'toolsets: [{ type: think, defer: true }, { type: model_picker, models: [anthropic/claude-haiku-4-5] }]',
  )
  await using folder = await folderWith({ 'agent.yaml': both })
  await using server = await providerServer([
    {
      toolCalls: [
        { name: 'add_tool', input: { name: 'think' } },
        { name: 'change_model', input: { model: 'anthropic/claude-haiku-4-5' } },
      ],
    },
    { text: 'Done.' },
    { text: 'Again.' },
  ])
  const options = { cwd: folder.path, env: { ...server.env, HOME: folder.path } }
  const exec = (...args: string[]) => reprise(['exec', 'agent.yaml', ...args], options)
  expect(await exec('Go')).toMatchObject({ code: 0 })
  expect(await exec('--session=-1', 'On')).toMatchObject({ code: 0 })
  expect(server.requests.map(({ body }) => body['model'])).toEqual(['gpt-4o', 'claude-haiku-4-5', 'gpt-4o'])
  expect(toolsIn(server.requests[2]!)).toContain('think')
})
