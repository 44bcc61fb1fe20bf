import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { type CliResult, noNetwork, reprise } from './support/cli.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

type Case = {
  /** The lines of the agent's toolsets. */
  readonly toolsets: string
  readonly calls: readonly NonNullable<Extract<ProviderStep, { toolCalls?: unknown }>['toolCalls']>[number][]
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly options?: readonly string[]
}

const agentWith = (toolsets: string): string => `agents:
  root:
    model: openai/gpt-4o
    toolsets:
${toolsets.replace(/^(?=.)/gm, '      ')}
`

/** Records an agent that makes these calls, a turn each, and replays it elsewhere: no key, no network, no file, no tool. */
const both = async ({ toolsets, calls, files = {}, env = {}, options = ['--yolo'] }: Case) => {
  const agent = { 'agent.yaml': agentWith(toolsets) }
  await using there = await folderWith(agent)
  await using here = await folderWith({ ...agent, ...files })
  await using server = await providerServer([...calls.map(call => ({ toolCalls: [call] })), { text: 'Done.' }])
  const record = ['exec', 'agent.yaml', '--record=tape', ...options, 'Go']
  const recorded = await reprise(record, { cwd: here.path, env: { ...server.env, ...env } })
  copyFileSync(join(here.path, 'tape.yaml'), join(there.path, 'tape.yaml'))
  const replay = ['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Go']
  const replayed = await reprise(replay, { cwd: there.path, ...noNetwork })
  return {
    recorded,
    replayed,
    cassette: readFileSync(join(here.path, 'tape.yaml'), 'utf8'),
    /** What lies in the folder of the recording, and in that of the replay, by path. */
    files: filesIn(here.path),
    filesOfReplay: filesIn(there.path),
  }
}

const filesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .map(path => [relative(folder, path), readFileSync(path, 'utf8')]),
  )

const withoutNotice = ({ stderr, ...rest }: CliResult) => ({ ...rest, stderr: stderr.replace(/^Recorded: .*\n/m, '') })

/** Both did well, and said the same. */
const expectAlike = ({ recorded, replayed }: { recorded: CliResult; replayed: CliResult }) => {
  expect(recorded).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Recorded: \S+\n$/) })
  expect(replayed).toEqual(withoutNotice(recorded))
}

const specification = {
  openapi: '3.1.0',
  info: { title: 'Users' },
  paths: {
    '/users/{id}': {
      get: { operationId: 'getUser', parameters: [{ name: 'id', in: 'path', schema: { type: 'integer' } }] },
      delete: { operationId: 'deleteUser', parameters: [{ name: 'id', in: 'path', schema: { type: 'integer' } }] },
    },
  },
}

/** A server on loopback that says what it was asked, and has a specification. */
const echo = async () => {
  const server = createServer(async (request, response) => {
    if (request.url === '/robots.txt') return void response.writeHead(404).end()
    let body = ''
    for await (const piece of request) body += piece
    const { authorization = '' } = request.headers
    if (request.url === '/page')
      return void response.setHeader('content-type', 'text/html').end(`<h1>Page</h1><p>by <b>${authorization}</b></p>`)
    response.setHeader('content-type', 'application/json')
    if (request.url === '/openapi.json') return void response.end(JSON.stringify(specification))
    response.end(JSON.stringify({ method: request.method, url: request.url, body, authorization }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

test('tasks are kept beside the agent file, and a replay keeps none', async () => {
  const run = await both({
    toolsets: '- type: tasks',
    calls: [
      { name: 'create_task', input: { title: 'Walk', priority: 'high' } },
      { name: 'next_task', input: {} },
    ],
  })
  expectAlike(run)
  expect(run.recorded.stdout).toMatch(/next_task response → [\s\S]*Walk/)
  expect(run.files['tasks.json']).toContain('Walk')
  expect(Object.keys(run.filesOfReplay).sort()).toEqual(['agent.yaml', 'tape.yaml'])
})

test('what is remembered can be found again', async () => {
  const run = await both({
    toolsets: '- type: memory\n  path: ./notes/memory.db',
    calls: [
      { name: 'add_memory', input: { memory: 'The door is blue.' } },
      { name: 'search_memories', input: { query: 'DOOR' } },
    ],
  })
  expectAlike(run)
  expect(run.recorded.stdout).toMatch(/search_memories response → [\s\S]*The door is blue\./)
  expect(run.files).toHaveProperty(['notes/memory.db'])
  expect(Object.keys(run.filesOfReplay).sort()).toEqual(['agent.yaml', 'tape.yaml'])
})

test('scripts of the agent file run with their arguments as variables', async () => {
  const run = await both({
    toolsets: `- type: script
  env: { GREETING: $WORD }
  shell:
    greet:
      cmd: echo "$GREETING, $name ($times)"
      description: Greets.
      args: { name: {}, times: { type: integer } }
      working_dir: sub
    where: { cmd: pwd, working_dir: sub }`,
    files: { 'sub/a': '' },
    env: { WORD: 'Hello' },
    calls: [
      { name: 'greet', input: { name: '$(touch ../a.txt); "`x`', times: 3 } },
      { name: 'where', input: {} },
    ],
  })
  expectAlike(run)
  expect(run.recorded.stdout).toContain('Hello, $(touch ../a.txt); \\"`x` (3)')
  expect(run.recorded.stdout).toMatch(/where response → ".*\/sub/)
  expect(run.files).not.toHaveProperty(['a.txt'])
})

test('pages are fetched, those of this machine where the agent file allows it, and headers with keys are not recorded', async () => {
  await using site = await echo()
  const key = 'tok-0123456789abcdefghij'
  const run = await both({
    toolsets: `- type: fetch
  allow_private_ips: true
  headers: { Authorization: "Bearer \${env.PAGE_TOKEN}" }`,
    env: { PAGE_TOKEN: key },
    calls: [{ name: 'fetch', input: { urls: [`${site.origin}/page`], format: 'markdown' } }],
  })
  expect(run.recorded.stdout).toContain(`# Page\n\nby **Bearer ${key}**`)
  expect(run.cassette).not.toContain(key)
  expect(run.replayed.stdout).toBe(run.recorded.stdout.replaceAll(key, '${secret:PAGE_TOKEN}'))
  const refused = await both({
    toolsets: '- type: fetch',
    calls: [{ name: 'fetch', input: { urls: [`${site.origin}/page`], format: 'text' } }],
  })
  expectAlike(refused)
  expect(refused.recorded.stdout).toContain('127.0.0.1 is an address of this machine')
})

test('a request of the agent file is a tool; a key in its address is not recorded, and a replay needs none', async () => {
  await using site = await echo()
  const key = 'key-0123456789abcdefghij'
  const run = await both({
    toolsets: `- type: api
  api_config:
    name: user
    endpoint: \${env.API_URL}/users/\${id}?key=\${env.API_KEY}
    headers: { Authorization: "\${env.API_KEY}" }
    args: { id: {} }
- type: api
  api_config: { name: save, method: POST, endpoint: "\${env.API_URL}/users", args: { name: {} } }`,
    env: { API_URL: site.origin, API_KEY: key },
    calls: [
      { name: 'user', input: { id: '7/..' } },
      { name: 'save', input: { name: 'Ann' } },
    ],
  })
  expect(run.recorded.stdout).toContain(`url: "/users/7%2F..?key=${key}"`)
  expect(run.recorded.stdout).toContain('body: "{\\"name\\":\\"Ann\\"}"')
  expect(run.cassette).not.toContain(key)
  expect(run.replayed).toMatchObject({ code: 0, stderr: '' })
  expect(run.replayed.stdout).toBe(run.recorded.stdout.replaceAll(key, '${secret:API_KEY}'))
})

test('operations of a specification are tools, which a replay knows without it', async () => {
  await using site = await echo()
  const key = 'key-0123456789abcdefghij'
  const run = await both({
    toolsets: `- type: openapi
  url: \${env.API_URL}/openapi.json
  headers: { Authorization: "\${env.API_KEY}" }`,
    env: { API_URL: site.origin, API_KEY: key },
    calls: [
      { name: 'getUser', input: { id: 7 } },
      { name: 'deleteUser', input: { id: 7 } },
    ],
    options: [],
  })
  expect(run.recorded.stdout).toContain(`authorization: "${key}"`)
  expect(run.recorded.stdout).toMatch(/url: "\/users\/7"[\s\S]*deleteUser response → "The user rejected/)
  expect(run.cassette).not.toContain(key)
  expect(run.cassette).toMatch(/LIST[\s\S]*getUser/)
  expect(run.replayed).toMatchObject({ code: 0, stdout: run.recorded.stdout.replaceAll(key, '${secret:API_KEY}') })
})

test('a specification that cannot be had is told, and the agent answers without it', async () => {
  const run = await both({ toolsets: '- { type: openapi, url: ./none.yaml }', calls: [] })
  expect(run.recorded).toMatchObject({ code: 0, stdout: expect.stringContaining('Done.') })
  expect(run.recorded.stderr).toMatch(
    /The API of \.\/none\.yaml cannot be used: .*none\.yaml cannot be read \(ENOENT\)/,
  )
  expect(run.replayed.code).toBe(0)
})

test('only requests that change something are asked about', async () => {
  await using site = await echo()
  const api = (name: string, method: string) =>
    `- { type: api, api_config: { name: ${name}, method: ${method}, endpoint: "${site.origin}/" } }`
  const run = await both({
    toolsets: `${api('look', 'get')}\n${api('change', 'POST')}`,
    calls: [
      { name: 'look', input: {} },
      { name: 'change', input: {} },
    ],
    options: [],
  })
  expect(run.recorded.stdout).toMatch(/look response → [\s\S]*"GET"[\s\S]*change response → "The user rejected/)
})

test('a command runs after an edit of the files that it is for', async () => {
  const run = await both({
    toolsets: `- type: filesystem
  post_edit:
    - { path: "*.txt", cmd: 'tr a-z A-Z < "$path" > "$path.upper"' }
    - { path: "*.md", cmd: exit 3 }`,
    calls: [
      { name: 'write_file', input: { path: 'a.txt', content: 'hello' } },
      { name: 'write_file', input: { path: 'b.md', content: 'hello' } },
    ],
  })
  expectAlike(run)
  expect(run.files['a.txt.upper']).toBe('HELLO')
  expect(run.recorded.stdout).toMatch(/write_file response → [\s\S]*written[\s\S]*write_file response → [\s\S]*3/)
  expect(Object.keys(run.filesOfReplay).sort()).toEqual(['agent.yaml', 'tape.yaml'])
})

test('files outside the folders of the list are not reached, whatever leads there', async () => {
  const run = await both({
    toolsets: '- type: filesystem\n  allow_list: [src]\n- type: shell',
    files: { 'src/a.txt': 'inside', 'secret.txt': 'outside' },
    calls: [
      { name: 'shell', input: { cmd: 'ln -s ../secret.txt src/link' } },
      { name: 'read_multiple_files', input: { paths: ['src/a.txt', 'secret.txt', 'src/../secret.txt', 'src/link'] } },
      { name: 'write_file', input: { path: 'b.txt', content: 'x' } },
    ],
  })
  expectAlike(run)
  expect(run.recorded.stdout).toContain('inside')
  expect(run.recorded.stdout).not.toContain('outside"')
  expect(run.recorded.stdout).not.toMatch(/^outside/m)
  expect(run.files).not.toHaveProperty(['b.txt'])
})
