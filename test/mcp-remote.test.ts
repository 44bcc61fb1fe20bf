import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import type { McpConfig, RemoteServer } from '../tools/mcp/config.ts'
import { mcpToolset } from '../tools/mcp/toolset.ts'
import { reprise } from './support/cli.ts'
import { callOf, mcpWorld, namesIn, signal } from './support/mcp.ts'
import { everythingOver, freePort, type HttpMessage, httpServer, json } from './support/mcp-http.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const remote = (url: string, rest: Partial<RemoteServer> & Partial<McpConfig> = {}) => {
  const { transport, headers = {}, ...config } = rest
  const server: RemoteServer = { type: 'remote', url, headers, ...(transport && { transport }) }
  return mcpToolset({ name: 'far', server, ...config }, mcpWorld())
}

test.each([
  ['streamable HTTP', 'streamableHttp', undefined],
  ['streamable HTTP, by its name', 'streamableHttp', 'streamable-http'],
  ['SSE', 'sse', 'sse'],
  ['SSE where streamable HTTP was asked for', 'sse', 'streamable'],
] as const)('%s: a server of others lists, answers, reports and says good-bye', async (_, how, transport) => {
  await using server = await everythingOver(how)
  await using toolset = remote(server.url, { ...(transport && { transport }) })
  const offer = await toolset.offer(signal)
  expect(namesIn(offer)).toContain('get-tiny-image')
  expect(offer.instructions).toMatch(/Everything Server/)
  expect(await callOf(toolset, 'echo', { message: 'hi' })).toEqual([{ type: 'text', text: 'Echo: hi' }])
  expect(await callOf(toolset, 'get-tiny-image')).toContainEqual(
    expect.objectContaining({ type: 'file', mediaType: 'image/png' }),
  )
  const parallel = Array.from({ length: 10 }, (_, index) => callOf(toolset, 'get-sum', { a: index, b: 1 }))
  expect(JSON.stringify(await Promise.all(parallel))).toContain('The sum of 9 and 1 is 10.')
  expect(await callOf(toolset, 'trigger-long-running-operation', { duration: 0.3, steps: 3 })).toEqual([
    { type: 'text', text: 'Long running operation completed. Duration: 0.3 seconds, Steps: 3.' },
  ])
})

test('a server that was restarted has forgotten the session, and the call is made in a new one', async () => {
  const first = await everythingOver('streamableHttp')
  await using toolset = remote(first.url)
  await toolset.offer(signal)
  await first[Symbol.asyncDispose]()
  await using _second = await everythingOver('streamableHttp', first.port)
  expect(await callOf(toolset, 'echo', { message: 'again' })).toEqual([{ type: 'text', text: 'Echo: again' }])
})

test('a server that comes back a little later is waited for', async () => {
  const first = await everythingOver('streamableHttp')
  await using toolset = remote(first.url)
  await toolset.offer(signal)
  await first[Symbol.asyncDispose]()
  const call = callOf(toolset, 'echo', { message: 'later' })
  await using _second = await everythingOver('streamableHttp', first.port)
  expect(await call).toEqual([{ type: 'text', text: 'Echo: later' }])
})

test.each(['sse', 'streamableHttp'] as const)(
  'over %s, a server that dies in a call does not hold it up',
  async how => {
    await using server = await everythingOver(how)
    await using toolset = remote(server.url, how === 'sse' ? { transport: 'sse' } : {})
    await toolset.offer(signal)
    const call = callOf(toolset, 'toggle-simulated-logging').then(() =>
      callOf(toolset, 'trigger-long-running-operation', { duration: 600, steps: 600 }),
    )
    setTimeout(() => server.child.kill('SIGKILL'), 500)
    await once(server.child, 'exit')
    expect(await call).toMatch(/cannot be used: it cannot be reached: connect ECONNREFUSED/)
  },
)

test('nobody at the address is told in words', async () => {
  const url = `http://127.0.0.1:${await freePort()}/mcp`
  await using toolset = remote(url)
  expect((await toolset.offer(signal)).notices?.[0]).toMatch(
    /far cannot be used.*it cannot be reached: connect ECONNREFUSED/,
  )
})

test.each(['ftp://example.com', 'not a url', ''])('%j is no address', async url => {
  await using toolset = remote(url)
  expect((await toolset.offer(signal)).notices?.[0]).toMatch(/is no address of a server/)
})

/** What the one tool of such a server comes to. */
const act = async (
  ways: Parameters<typeof httpServer>[0],
  rest: Parameters<typeof remote>[1] = {},
): Promise<Awaited<ReturnType<typeof callOf>>> => {
  await using server = await httpServer(ways)
  await using toolset = remote(server.url, rest)
  const { notices } = await toolset.offer(signal)
  if (notices) return notices.join('\n')
  return await callOf(toolset, 'act')
}

const event = (message: object): string => `event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`
const stream = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': 'text/event-stream' })
const huge = 'x'.repeat(12 * 1024 * 1024)
const tooLarge = 'ToolFailure: The answer was larger than 10 MB and was left out. Ask for less.'

test.each<[string, (message: HttpMessage, response: ServerResponse) => void, string | RegExp]>([
  [
    'is huge',
    ({ id }, response) => json(response, { id, result: { content: [{ type: 'text', text: huge }] } }),
    tooLarge,
  ],
  [
    'is a huge event',
    ({ id }, response) => stream(response).end(event({ id, result: { content: [{ type: 'text', text: huge }] } })),
    tooLarge,
  ],
  [
    'is no JSON',
    (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"jsonrpc"'),
    /JSON/,
  ],
  [
    'is a page',
    (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Hello'),
    /Unexpected content type: text\/html/,
  ],
  [
    'is a failure',
    (_, response) => response.writeHead(500).end('Out of order'),
    /The MCP server far failed: it answers with HTTP 500: Out of order/,
  ],
  [
    'breaks off',
    (_, response) => void stream(response).write(': wait\n\n', () => response.destroy()),
    /lost during this call\..*the connection broke before the answer was there/,
  ],
  [
    'ends without an answer',
    (_, response) =>
      stream(response).end(event({ method: 'notifications/message', params: { level: 'info', data: 'bye' } })),
    /the connection broke before the answer was there/,
  ],
  [
    'is an event that is no JSON',
    ({ id }, response) =>
      stream(response).end(`data: {"half\n\n${event({ id, result: { content: [{ type: 'text', text: 'Whole.' }] } })}`),
    /Whole/,
  ],
])('an answer that %s', async (_, call, outcome) => {
  const said = await act({ 'tools/call': call })
  if (typeof outcome === 'string') expect(said).toBe(outcome)
  else expect(JSON.stringify(said)).toMatch(outcome)
})

test('an answer that never comes is given up', async () => {
  expect(await act({ 'tools/call': () => {} }, { timeout: 1 })).toMatch(/did not answer within 1 s/)
})

test('a start that never ends is given up', async () => {
  expect(await act({ initialize: () => {} }, { timeout: 1 })).toMatch(/did not answer within 1 s/)
})

test('a stream that floods is cut off', async () => {
  const said = await act({
    'tools/call': (_, response) => {
      const line = event({ method: 'notifications/message', params: { level: 'info', data: 'x'.repeat(100_000) } })
      const more = () => {
        while (!response.destroyed && response.write(line));
        response.once('drain', more)
      }
      stream(response)
      more()
    },
  })
  expect(said).toMatch(/lost during this call\..*it sent without end and answered nothing/)
})

test('headers of the agent file are sent with each request, and win', async () => {
  await using server = await httpServer({})
  await using toolset = remote(server.url, { headers: { Authorization: 'Bearer given', 'X-Team': 'blue' } })
  await toolset.offer(signal)
  expect(server.seen.length).toBeGreaterThan(2)
  for (const { headers } of server.seen)
    expect(headers).toMatchObject({ authorization: 'Bearer given', 'x-team': 'blue' })
})

test('a redirect to elsewhere is not followed, so that headers go nowhere else', async () => {
  await using elsewhere = await httpServer({})
  const said = await act(
    { initialize: (_, response) => void response.writeHead(307, { location: elsewhere.url }).end() },
    { headers: { Authorization: 'Bearer given' } },
  )
  expect(said).toMatch(/cannot be used/)
  expect(elsewhere.seen).toEqual([])
})

test('a server that refuses a call for want of a login is told of as such', async () => {
  expect(await act({ initialize: (_, response) => void response.writeHead(401).end() })).toMatch(
    /it wants a login: reprise mcp login/,
  )
})

test('a token of the agent file that is refused is no want of a login', async () => {
  const said = await act(
    { initialize: (_, response) => void response.writeHead(401).end() },
    { headers: { authorization: 'Bearer old' } },
  )
  expect(said).toMatch(/it refuses the Authorization header of the agent file/)
})

test('a name and a password in an address are sent as a header', async () => {
  await using server = await httpServer({})
  const { host } = new URL(server.url)
  await using toolset = remote(`http://ann:se%40same@${host}/mcp`)
  expect(namesIn(await toolset.offer(signal))).toEqual(['act'])
  const basic = `Basic ${Buffer.from('ann:se@same').toString('base64')}`
  expect(new Set(server.seen.map(({ headers }) => headers.authorization))).toEqual(new Set([basic]))
})

test('what an agent file gives to servers is printed nowhere, whatever they and their errors say', async () => {
  await using server = await httpServer({
    initialize: (_, response, { headers, url }) =>
      void response.writeHead(400, { 'content-type': 'text/plain' }).end(`${url} with ${headers.authorization}`),
  })
  const agent = `agents:
  root:
    model: openai/gpt-4o
    toolsets:
      - { type: mcp, name: near, command: sh, args: ["-c", "echo I got $KEY >&2; exit 3"], env: { KEY: $MY_TOKEN } }
      - { type: mcp, name: far, remote: { url: "${server.url}?key=\${env.MY_TOKEN}", headers: { Authorization: "Bearer \${env.MY_TOKEN}" } } }
      - { type: mcp, name: user, remote: { url: "http://ann:\${env.MY_TOKEN}@127.0.0.1:1/mcp" } }
      - { type: mcp, name: wrong, remote: { url: "ftp://ann:\${env.MY_TOKEN}@127.0.0.1:1/mcp" } }
`
  await using folder = await folderWith({ 'agent.yaml': agent })
  await using provider = await providerServer([{ text: 'Hello.' }])
  const token = 'open-sesame-0123456789'
  const options = { cwd: folder.path, env: { ...provider.env, MY_TOKEN: token } }
  for (const args of [['mcp', 'list'], ['mcp', 'tools'], ['tools'], ['exec', 'agent.yaml', '--debug', 'Hi']]) {
    const { stdout, stderr } = await reprise(args.includes('exec') ? args : [...args, 'agent.yaml'], options)
    const said = stdout + stderr
    expect([args, said.includes(token)]).toEqual([args, false])
    if (args[1] !== 'list')
      expect(said).toMatch(/I got \$\{secret:\w+\}[\s\S]*far cannot be used[^\n]*\$\{secret:\w+\}/)
  }
})
