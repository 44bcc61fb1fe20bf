import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { OAuthSettings } from '../tools/mcp/config.ts'
import { type LoginOptions, logIn } from '../tools/mcp/login.ts'
import { TokenStore } from '../tools/mcp/tokens.ts'
import { mcpToolset } from '../tools/mcp/toolset.ts'
import { reprise, startReprise } from './support/cli.ts'
import { callOf, mcpWorld, namesIn, signal } from './support/mcp.ts'
import { httpServer, json } from './support/mcp-http.ts'
import { type OAuthServerSettings, oauthServer } from './support/oauth-server.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith, temporaryFolder } from './support/temp.ts'

/** A server with its issuer, a toolset of it, and a person with a browser. */
const stage = async (settings: OAuthServerSettings = {}, oauth: OAuthSettings = {}) => {
  const stack = new AsyncDisposableStack()
  const server = stack.use(await oauthServer(settings))
  const folder = stack.use(await temporaryFolder())
  const store = new TokenStore(join(folder.path, 'config/mcp-tokens.json'))
  const toolset = () =>
    stack.use(
      mcpToolset(
        { name: 'tracker', server: { type: 'remote', url: server.url, headers: {}, oauth } },
        mcpWorld({ tokens: store }),
      ),
    )
  const shown: URL[] = []
  const login = (options: Partial<LoginOptions> = {}) =>
    logIn(
      { url: new URL(server.url), settings: oauth, store },
      {
        fetch: (...asked) => fetch(...asked),
        show: address => {
          shown.push(address)
          void fetch(address).then(response => response.body?.cancel())
        },
        signal,
        ...options,
      },
    )
  return { server, store, toolset, login, shown, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

test('an agent lists, reads and creates at a server that wants a login, once somebody has logged in', async () => {
  await using it = await stage({ scopes: ['issues'] })
  const before = await it.toolset().offer(signal)
  expect(before.notices).toEqual([
    'The MCP server tracker cannot be used, and its tools are missing: it wants a login: reprise mcp login agent.yaml',
  ])
  expect(await it.login()).toBe(true)
  const toolset = it.toolset()
  expect(namesIn(await toolset.offer(signal))).toEqual(['list_issues', 'get_issue', 'create_issue'])
  expect(await callOf(toolset, 'create_issue', { title: 'The third string' })).toEqual([{ type: 'text', text: '#2' }])
  expect(await callOf(toolset, 'list_issues')).toEqual([
    { type: 'text', text: '#1 Strings are missing\n#2 The third string' },
  ])
  expect(await callOf(toolset, 'get_issue', { number: 1 })).toEqual([{ type: 'text', text: 'Strings are missing' }])
  expect(it.server.issuer.asked).toEqual([{ scopes: ['issues'], resource: it.server.url }])
  expect(it.shown[0]?.searchParams.get('code_challenge_method')).toBe('S256')
})

test('tokens are in a file that only its owner may read', async () => {
  await using it = await stage()
  await it.login()
  expect(statSync(it.store.path).mode & 0o777).toBe(0o600)
  expect(statSync(join(it.store.path, '..')).mode & 0o777).toBe(0o700)
  expect(readFileSync(it.store.path, 'utf8')).toContain('refresh-token-number')
})

test('a token that has expired is renewed, once for all calls that wait', async () => {
  await using it = await stage()
  await it.login()
  const toolset = it.toolset()
  await toolset.offer(signal)
  for (let time = 1; time <= 2; time++) {
    it.server.issuer.expire()
    const calls = Array.from({ length: 5 }, () => callOf(toolset, 'list_issues'))
    expect(new Set((await Promise.all(calls)).map(said => JSON.stringify(said)))).toEqual(
      new Set(['[{"type":"text","text":"#1 Strings are missing"}]']),
    )
    expect(it.server.issuer.refreshes).toBe(time)
  }
})

test.each<[string, OAuthServerSettings]>([
  ['is refused', { refusesRefresh: true }],
  ['was never given', { givesNoRefresh: true }],
])('where the means to renew a token %s, a login is asked for', async (_, settings) => {
  await using it = await stage(settings)
  await it.login()
  const toolset = it.toolset()
  await toolset.offer(signal)
  it.server.issuer.expire()
  expect(await callOf(toolset, 'list_issues')).toMatch(/it wants a login: reprise mcp login agent\.yaml/)
  expect(await it.login()).toBe(true)
  expect(await callOf(toolset, 'list_issues')).toEqual([{ type: 'text', text: '#1 Strings are missing' }])
})

test('a token that another process has renewed is used', async () => {
  await using it = await stage({ refusesRefresh: true })
  await it.login()
  const toolset = it.toolset()
  await toolset.offer(signal)
  it.server.issuer.expire()
  const settings: OAuthSettings = {}
  await logIn(
    { url: new URL(it.server.url), settings, store: new TokenStore(it.store.path) },
    { fetch: (...asked) => fetch(...asked), show: address => void fetch(address), signal },
  )
  expect(await callOf(toolset, 'list_issues')).toEqual([{ type: 'text', text: '#1 Strings are missing' }])
  expect(it.server.issuer.refreshes).toBe(0)
})

test('a person who says no is quoted', async () => {
  await using it = await stage({ refusesPeople: true })
  await expect(it.login()).rejects.toThrow('the login failed: Ann said no')
})

test('where the browser is elsewhere, the address at which it ended can be typed in', async () => {
  await using it = await stage()
  const typed = Promise.withResolvers<string>()
  const show = async (address: URL) => {
    const response = await fetch(address, { redirect: 'manual' })
    typed.resolve(` ${response.headers.get('location')}\n`)
  }
  expect(await it.login({ show, typed: typed.promise })).toBe(true)
  expect(namesIn(await it.toolset().offer(signal))).toHaveLength(3)
})

test('only the answer to this login is believed', async () => {
  await using it = await stage()
  const show = async (address: URL) => {
    const back = new URL(address.searchParams.get('redirect_uri') ?? '')
    for (const query of ['', '?code=stolen', '?code=stolen&state=guessed', '?error=access_denied&state=guessed']) {
      expect(await (await fetch(`${back}${query}`)).text()).toContain('did not succeed')
    }
    expect((await fetch(new URL('/elsewhere', back))).status).toBe(404)
    void fetch(address)
  }
  expect(await it.login({ show })).toBe(true)
})

test('a login that nobody answers can be called off', async () => {
  await using it = await stage()
  const stop = new AbortController()
  const show = () => stop.abort(new Error('no more patience'))
  await expect(it.login({ show, signal: stop.signal })).rejects.toThrow('no more patience')
})

test('a client that was registered by hand is used where the issuer registers nobody', async () => {
  const known = {
    client_id: 'reprise-by-hand',
    client_secret: 'a secret of the client',
    redirect_uris: ['http://127.0.0.1/callback'],
    token_endpoint_auth_method: 'client_secret_post',
  }
  await using refused = await stage({ known })
  await expect(refused.login()).rejects.toThrow(/the login failed: .*dynamic client registration/)
  await using it = await stage(
    { known },
    { clientId: known.client_id, clientSecret: known.client_secret, scopes: ['mine'] },
  )
  expect(await it.login()).toBe(true)
  expect(it.server.issuer.asked[0]?.scopes).toEqual(['mine'])
  const toolset = it.toolset()
  await toolset.offer(signal)
  it.server.issuer.expire()
  expect(await callOf(toolset, 'list_issues')).toEqual([{ type: 'text', text: '#1 Strings are missing' }])
})

test('a server that asks for no login is told of as such', async () => {
  await using server = await httpServer({})
  const store = new TokenStore('/nowhere/tokens.json')
  const options = { fetch: (...asked: Parameters<typeof fetch>) => fetch(...asked), show: () => undefined, signal }
  expect(await logIn({ url: new URL(server.url), settings: {}, store }, options)).toBe(false)
})

test('a server that asks for a login only where its stream is asked for, is asked there', async () => {
  await using server = await httpServer({
    initialize: (_, response) => void response.writeHead(405).end(),
    GET: (_, response) => void response.writeHead(401).end(),
  })
  const store = new TokenStore('/nowhere/tokens.json')
  const options = { fetch: (...asked: Parameters<typeof fetch>) => fetch(...asked), show: () => undefined, signal }
  await expect(logIn({ url: new URL(server.url), settings: {}, store }, options)).rejects.toThrow('the login failed')
})

test('a server that names the metadata of another gets no login', async () => {
  await using it = await stage()
  await using thief = await httpServer({
    initialize: (_, response, request) => {
      const metadata = new URL('/metadata', `http://${request.headers.host}`)
      response.writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${metadata}"` }).end()
    },
    GET: (_, response) =>
      json(response, { resource: it.server.url, authorization_servers: [new URL(it.server.url).origin] }),
  })
  const { store } = it
  const options = { fetch: (...asked: Parameters<typeof fetch>) => fetch(...asked), show: () => undefined, signal }
  await expect(logIn({ url: new URL(thief.url), settings: {}, store }, options)).rejects.toThrow(
    /does not match expected/,
  )
})

test('a file of tokens that is no JSON is a reason, not a crash', async () => {
  await using it = await stage()
  await it.login()
  writeFileSync(it.store.path, 'oops')
  expect((await it.toolset().offer(signal)).notices?.[0]).toMatch(/mcp-tokens\.json cannot be read/)
})

test('`reprise mcp`: list, log in, see the tools, create an issue with an agent, log out', async () => {
  await using tracker = await oauthServer()
  const agent = `agents:
  root:
    model: openai/gpt-4o
    toolsets:
      - { type: mcp, name: tracker, remote: { url: "${tracker.url}" } }
`
  await using home = await temporaryFolder()
  await using folder = await folderWith({ 'agent.yaml': agent })
  await using provider = await providerServer([
    { toolCalls: [{ name: 'tracker_create_issue', input: { title: 'Strings broke' } }] },
    { when: '#2', text: 'It is issue 2.' },
  ])
  const own = join(home.path, 'own')
  const options = { cwd: folder.path, env: { ...provider.env, HOME: home.path, REPRISE_HOME: own } }
  // Where the settings are, there are the tokens.
  const tokens = join(own, 'mcp-tokens.json')

  expect((await reprise(['mcp', 'list', 'agent.yaml'], options)).stdout).toBe(
    `tracker\n  remote: ${tracker.url}\n  agents: root\n`,
  )
  const before = await reprise(['mcp', 'tools', 'agent.yaml'], options)
  expect(before).toMatchObject({ code: 1, stdout: 'tracker\n' })
  expect(before.stderr).toContain('it wants a login: reprise mcp login agent.yaml')

  await using login = await startReprise(['mcp', 'login', 'agent.yaml'], options)
  await login.waitFor(/http:\S+authorize\S+/)
  await fetch(/http:\S+authorize\S+/.exec(login.output().stdout)?.[0] ?? '')
  expect(await login.result).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/You are logged in at tracker\.\n$/),
  })
  expect(statSync(tokens).mode & 0o777).toBe(0o600)

  expect((await reprise(['mcp', 'list', 'agent.yaml'], options)).stdout).toContain('(logged in)')
  expect(await reprise(['mcp', 'tools', 'agent.yaml'], options)).toMatchObject({
    code: 0,
    stdout: `tracker
  tracker_list_issues()  All issues  [changes nothing]
  tracker_get_issue(number)  One issue  [changes nothing]
  tracker_create_issue(title)  A new issue
`,
  })
  const run = await reprise(['exec', 'agent.yaml', '--record=tape', '--yolo', 'Tell them.'], options)
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('It is issue 2.') })
  expect(tracker.issuer.issues).toContain('Strings broke')
  expect(readFileSync(join(folder.path, 'tape.yaml'), 'utf8')).not.toMatch(/(access|refresh)-token-number/)

  expect((await reprise(['mcp', 'logout', 'agent.yaml'], options)).stdout).toBe('You are logged out of tracker.\n')
  expect(readFileSync(tokens, 'utf8')).toBe('{}\n')
})

test('`reprise mcp` says what it cannot do', async () => {
  const agent = `agents:
  root:
    model: openai/gpt-4o
    toolsets:
      - { type: mcp, command: ./one }
      - { type: mcp, command: ./two }
`
  await using folder = await folderWith({ 'agent.yaml': agent })
  const options = { cwd: folder.path }
  const mcp = (...args: string[]) => reprise(['mcp', ...args], options)
  expect(await mcp('list', 'agent.yaml', 'three')).toMatchObject({
    code: 2,
    stderr: 'There is no MCP server three in agent.yaml.\nThe MCP servers are: one, two.\n',
  })
  expect(await mcp('login', 'agent.yaml')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('none of them is remote'),
  })
  expect(await mcp('tools', 'absent.yaml')).toMatchObject({ code: 2, stderr: expect.stringContaining('absent.yaml') })
  const tools = await mcp('tools', 'agent.yaml')
  expect(tools).toMatchObject({ code: 1, stdout: 'one\ntwo\n' })
  expect(tools.stderr).toMatch(/one cannot be used.*\n.*two cannot be used/)
})
