import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { noNetwork, reprise } from './support/cli.ts'
import { callOf, installServer, namesIn, nodeServer, serverPath, signal } from './support/mcp.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const agent = `agents:
  root:
    model: openai/gpt-4o
    instruction: Use your tools.
    toolsets:
      - type: mcp
        command: ./bin/everything
        instruction: "{ORIGINAL_INSTRUCTIONS} And be brief."
      - type: mcp
        command: ./bin/filesystem
        args: [.]
        name: files
        tools: [read_text_file, files_list_directory]
      - type: mcp
        ref: memory
mcps:
  memory:
    command: ./bin/memory
    env: { MEMORY_FILE_PATH: $WORKPLACE/memory.json }
`

const answers: ProviderStep[] = [
  {
    toolCalls: [
      { name: 'get-sum', input: { a: 19, b: 23 } },
      { name: 'files_read_text_file', input: { path: 'notes.txt' } },
      {
        name: 'create_entities',
        input: { entities: [{ name: 'Ann', entityType: 'person', observations: ['sings'] }] },
      },
    ],
  },
  {
    toolCalls: [
      { name: 'search_nodes', input: { query: 'Ann' } },
      { name: 'get-tiny-image', input: {} },
    ],
  },
  { toolCalls: [{ name: 'files_read_text_file', input: { path: 'absent.txt' } }] },
  { text: 'All done.' },
]

test('a run with three MCP servers of others is recorded, and replays where none of them is installed', async () => {
  await using there = await folderWith({ 'agent.yaml': agent })
  await using here = await folderWith({ 'agent.yaml': agent, 'notes.txt': 'Strings for the guitar.\n' })
  for (const name of ['everything', 'filesystem', 'memory'] as const) await installServer(here.path, name)
  await using server = await providerServer(answers)
  const env = { ...server.env, WORKPLACE: here.path }
  const record = ['exec', 'agent.yaml', '--record=tape', '--yolo', 'Go']
  const recorded = await reprise(record, { cwd: here.path, env })
  const cassette = readFileSync(join(here.path, 'tape.yaml'), 'utf8')
  copyFileSync(join(here.path, 'tape.yaml'), join(there.path, 'tape.yaml'))
  rmSync(here.path, { recursive: true })

  expect(recorded.stdout).toContain('The sum of 19 and 23 is 42.')
  expect(recorded.stdout).toContain('Strings for the guitar.')
  expect(recorded.stdout).toMatch(/sings[\s\S]*sings/)
  expect(recorded.stdout).toContain('ENOENT')
  expect(recorded).toMatchObject({ stderr: expect.stringMatching(/^Recorded: .*\n$/), code: 0 })
  expect(cassette).toContain('LIST')

  const replay = ['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Go']
  const replayed = await reprise(replay, { cwd: there.path, ...noNetwork })
  expect(replayed).toEqual({ ...recorded, stderr: '' })
})

test('the model is offered what the file wants of each server, and told how to use it', async () => {
  await using here = await folderWith({ 'agent.yaml': agent })
  for (const name of ['everything', 'filesystem', 'memory'] as const) await installServer(here.path, name)
  await using server = await providerServer([{ text: 'Hello.' }])
  const { code } = await reprise(['exec', 'agent.yaml', 'Hi'], {
    cwd: here.path,
    env: { ...server.env, WORKPLACE: here.path },
  })
  const body = JSON.stringify(server.requests[0])
  expect(code).toBe(0)
  expect(body).toContain('files_list_directory')
  expect(body).not.toContain('write_file')
  expect(body).toMatch(/Everything Server[\s\S]*And be brief\./)
})

test('a server that cannot be started is named, with its last words, and the others work', async () => {
  const dead = agent
    .replace('./bin/everything', './bin/absent')
    .replace('command: ./bin/memory', 'command: sh\n    args: ["-c", "echo I have no database >&2; exit 3"]')
  await using here = await folderWith({ 'agent.yaml': dead, 'notes.txt': 'Still here.' })
  await using there = await folderWith({ 'agent.yaml': dead })
  await installServer(here.path, 'filesystem')
  await using server = await providerServer([
    { toolCalls: [{ name: 'files_read_text_file', input: { path: 'notes.txt' } }] },
    { text: 'Read.' },
  ])
  const recorded = await reprise(['exec', 'agent.yaml', '--record=tape', '--yolo', 'Go'], {
    cwd: here.path,
    env: { ...server.env, WORKPLACE: here.path },
  })
  expect(recorded.stdout).toContain('Still here.')
  expect(recorded.stderr).toMatch(/absent cannot be used.*was not found/)
  expect(recorded.stderr).toMatch(/memory cannot be used.*exit code 3[\s\S]*I have no database/)
  copyFileSync(join(here.path, 'tape.yaml'), join(there.path, 'tape.yaml'))
  const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Go'], { cwd: there.path })
  expect(replayed.stdout).toBe(recorded.stdout)
  expect(recorded.stderr).toContain(replayed.stderr)
  expect(replayed.stderr).toContain('I have no database')
})

test('no server outlives the run, nor what it has started', async () => {
  const starts = `sleep 987654 & exec ./bin/everything`
  const agentFile = `agents:
  root:
    model: openai/gpt-4o
    toolsets:
      - { type: mcp, command: sh, args: ["-c", "${starts}"] }
`
  await using here = await folderWith({ 'agent.yaml': agentFile })
  await installServer(here.path, 'everything')
  await using server = await providerServer([{ text: 'Hello.' }])
  const { code } = await reprise(['exec', 'agent.yaml', 'Hi'], { cwd: here.path, env: server.env })
  expect(code).toBe(0)
  expect(execFileSync('ps', ['-eo', 'args']).toString()).not.toContain('987654')
})

test('every tool of a server of others can be called, also those that work as a task', async () => {
  await using server = nodeServer([serverPath('everything')])
  const offer = await server.offer(signal)
  const inputs: Readonly<Record<string, object>> = {
    echo: { message: 'hi' },
    'get-annotated-message': { messageType: 'error', includeImage: true },
    'get-sum': { a: 1, b: 2 },
    'get-structured-content': { location: 'Chicago' },
    'get-resource-reference': { resourceType: 'Blob', resourceId: 1 },
    'trigger-long-running-operation': { duration: 0.2, steps: 2 },
    'simulate-research-query': { topic: 'salt', ambiguous: false },
    server_read_resource: { uri: 'demo://resource/dynamic/text/1' },
    'gzip-file-as-resource': { name: 'x.gz', data: 'data:text/plain,salt', outputType: 'resource' },
  }
  for (const name of namesIn(offer)) {
    const said = await callOf(server, name, inputs[name])
    expect([name, said]).toEqual([name, expect.arrayContaining([expect.anything()])])
  }
  expect(JSON.stringify(await callOf(server, 'simulate-research-query', { topic: 'salt' }))).toContain('salt')
})

test('a task can be cancelled', async () => {
  await using server = nodeServer([serverPath('everything')])
  await server.offer(signal)
  const stop = new AbortController()
  const call = callOf(server, 'simulate-research-query', { topic: 'salt' }, { signal: stop.signal })
  setTimeout(() => stop.abort(new Error('never mind')), 1500)
  expect(await call).toContain('never mind')
})

test('what a server says beside the protocol stands in the log, without credentials', async () => {
  const key = 'the-key-that-opens-0123456789'
  const agentFile = `agents:
  root:
    model: openai/gpt-4o
    toolsets:
      - { type: mcp, command: sh, args: ["-c", "echo the key is $TRACKER_KEY; exec ./bin/everything"], env: { TRACKER_KEY: $TRACKER_KEY } }
`
  await using here = await folderWith({ 'agent.yaml': agentFile })
  await installServer(here.path, 'everything')
  await using server = await providerServer([{ text: 'Hello.' }])
  const options = { cwd: here.path, env: { ...server.env, TRACKER_KEY: key } }
  const { stderr, code } = await reprise(['exec', 'agent.yaml', '--debug', 'Hi'], options)
  expect(code).toBe(0)
  expect(stderr).toMatch(/mcp sh: no message: the key is \$\{secret:TRACKER_KEY\}/)
  expect(stderr).not.toContain(key)
})
