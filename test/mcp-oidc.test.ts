import { copyFileSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { OAuthSettings } from '../tools/mcp/config.ts'
import { type LoginOptions, logIn } from '../tools/mcp/login.ts'
import { TokenStore } from '../tools/mcp/tokens.ts'
import { mcpToolset } from '../tools/mcp/toolset.ts'
import { noNetwork, reprise, startReprise } from './support/cli.ts'
import { callOf, mcpWorld, namesIn, signal } from './support/mcp.ts'
import { freePort } from './support/mcp-http.ts'
import { browse, type OidcSettings, oidcServer } from './support/oidc-server.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith, temporaryFolder } from './support/temp.ts'

/** A tracker with an issuer that none of us wrote, a person with a browser, and what a login leaves behind. */
const stage = async (settings: OidcSettings = {}, oauth: OAuthSettings = {}) => {
  const stack = new AsyncDisposableStack()
  const server = stack.use(await oidcServer(settings))
  const folder = stack.use(await temporaryFolder())
  const store = new TokenStore(join(folder.path, 'tokens.json'))
  const transport = settings.transport && { transport: settings.transport }
  const toolset = stack.use(
    mcpToolset(
      { name: 'tracker', server: { type: 'remote', url: server.url, headers: {}, oauth, ...transport } },
      mcpWorld({ tokens: store }),
    ),
  )
  const pages: Promise<string>[] = []
  const login = (options: Partial<LoginOptions> = {}) =>
    logIn(
      { url: new URL(server.url), settings: oauth, store },
      {
        fetch: (...asked) => fetch(...asked),
        show: address => void pages.push(browse(address)),
        signal: AbortSignal.timeout(20_000),
        ...options,
      },
    )
  const saved = () => store.get(server.url)
  return { server, store, saved, toolset, login, pages, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

test.each<OidcSettings>([{}, { transport: 'sse' }])(
  'discovery, registration, proof key and login by a real issuer: an agent lists, reads and creates (%j)',
  async settings => {
    await using it = await stage(settings)
    expect((await it.toolset.offer(signal)).notices?.[0]).toContain('it wants a login: reprise mcp login agent.yaml')
    expect(await it.login()).toBe(true)
    expect(await it.pages[0]).toContain('You are logged in.')
    expect(namesIn((await it.toolset.news({ tools: [], notices: ['missing'] }, signal)) ?? { tools: [] })).toEqual([
      'searchIssues',
      'getIssue',
      'createIssue',
      'debug',
    ])
    expect(await callOf(it.toolset, 'createIssue', { title: 'A third' })).toEqual([{ type: 'text', text: '#2' }])
    expect(await callOf(it.toolset, 'getIssue', { number: 2 })).toEqual([{ type: 'text', text: 'A third' }])
    expect(await callOf(it.toolset, 'searchIssues')).toEqual([
      { type: 'text', text: '#1 Strings are missing\n#2 A third' },
    ])
    const [exchange] = it.server.seen
    expect(exchange?.body.get('grant_type')).toBe('authorization_code')
    expect(exchange?.body.get('code_verifier')).toMatch(/^[\w.~-]{43,}$/)
    expect(exchange?.body.get('resource')).toBe(it.server.url)
    expect(statSync(it.store.path).mode & 0o777).toBe(0o600)
  },
)

test('an access token that has expired is renewed with a refresh token, which is used once', async () => {
  await using it = await stage({ seconds: 1 })
  await it.login()
  await it.toolset.offer(signal)
  const first = (await it.saved()).tokens
  while (await it.server.isGood(first?.access_token ?? '')) await pause(50)
  const calls = Array.from({ length: 4 }, () => callOf(it.toolset, 'searchIssues'))
  for (const said of await Promise.all(calls)) expect(said).toEqual([{ type: 'text', text: '#1 Strings are missing' }])
  const second = (await it.saved()).tokens
  expect(second?.access_token).not.toBe(first?.access_token)
  expect(second?.refresh_token).not.toBe(first?.refresh_token)
  const renewals = it.server.seen.filter(({ body }) => body.get('grant_type') === 'refresh_token')
  expect(renewals.map(({ body }) => body.get('refresh_token'))).toEqual([first?.refresh_token])
})

test('who was revoked is asked to log in again, and can', async () => {
  await using it = await stage()
  await it.login()
  await it.toolset.offer(signal)
  const { tokens, client } = await it.saved()
  expect(await it.server.revoke(tokens?.refresh_token ?? '', client?.client_id ?? '')).toBe(200)
  expect(await callOf(it.toolset, 'searchIssues')).toMatch(/it wants a login: reprise mcp login agent\.yaml/)
  expect(await callOf(it.toolset, 'searchIssues')).toMatch(/it wants a login/)
  expect(await it.login()).toBe(true)
  expect(await callOf(it.toolset, 'searchIssues')).toEqual([{ type: 'text', text: '#1 Strings are missing' }])
})

test('a person who refuses is quoted, and nothing is kept', async () => {
  await using it = await stage({ refusesPeople: true })
  await expect(it.login()).rejects.toThrow('the login failed: Ann said no')
  expect((await it.saved()).tokens).toBeUndefined()
})

test('where the issuer registers nobody, the client of the agent file is used, with its secret', async () => {
  const callbackPort = await freePort()
  const client = {
    client_id: 'reprise-by-hand',
    client_secret: 'the secret of the client',
    redirect_uris: [`http://127.0.0.1:${callbackPort}/callback`],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'client_secret_post',
  }
  await using nobody = await stage({ clients: [client] })
  await expect(nobody.login()).rejects.toThrow(/dynamic client registration/)
  const oauth = { clientId: client.client_id, clientSecret: client.client_secret, callbackPort }
  await using it = await stage({ clients: [client], seconds: 1 }, oauth)
  expect(await it.login()).toBe(true)
  await it.toolset.offer(signal)
  const token = (await it.saved()).tokens?.access_token ?? ''
  while (await it.server.isGood(token)) await pause(50)
  expect(await callOf(it.toolset, 'searchIssues')).toEqual([{ type: 'text', text: '#1 Strings are missing' }])
  await using wrong = await stage({ clients: [client] }, { ...oauth, clientSecret: 'another' })
  await expect(wrong.login()).rejects.toThrow(/the login failed: .*client/)
})

test('an agent with a server that wants a login is recorded, and replays where neither server nor login is', async () => {
  await using tracker = await oidcServer({ transport: 'sse', seconds: 1 })
  const agent = `agents:
  root:
    model: openai/gpt-4o
    instruction: Keep the issues in order.
    toolsets:
      - type: mcp
        name: rovo
        remote: { url: "${tracker.url}", transport_type: sse }
permissions:
  allow: ["mcp:rovo:createIssue"]
`
  await using home = await temporaryFolder()
  await using folder = await folderWith({ 'agent.yaml': agent })
  await using elsewhere = await folderWith({ 'agent.yaml': agent })
  await using provider = await providerServer([
    {
      toolCalls: [
        { name: 'rovo_searchIssues', input: {} },
        { name: 'rovo_debug', input: {} },
      ],
    },
    { when: 'Strings are missing', toolCalls: [{ name: 'rovo_createIssue', input: { title: 'Buy strings' } }] },
    { when: '#2', toolCalls: [{ name: 'rovo_getIssue', input: { number: 2 } }] },
    { text: 'Issue 2 says: Buy strings.' },
  ])
  const options = { cwd: folder.path, env: { ...provider.env, HOME: home.path } }
  await using login = await startReprise(['mcp', 'login', 'agent.yaml'], options)
  await login.waitFor(/http:\S+\/auth\?\S+/)
  await browse(/http:\S+\/auth\?\S+/.exec(login.output().stdout)?.[0] ?? '')
  expect(await login.result).toMatchObject({ code: 0, stdout: expect.stringMatching(/You are logged in at rovo\.\n$/) })
  const tokens = join(home.path, '.config/reprise/mcp-tokens.json')
  const before = JSON.parse(readFileSync(tokens, 'utf8'))[tracker.url].tokens
  while (await tracker.isGood(before.access_token)) await pause(50)

  const recorded = await reprise(['exec', 'agent.yaml', '--record=tape', '--debug', 'Look, and note it.'], options)
  expect(recorded).toMatchObject({ code: 0, stdout: expect.stringContaining('Issue 2 says: Buy strings.') })
  expect(tracker.issues).toEqual(['Strings are missing', 'Buy strings'])
  const cassette = readFileSync(join(folder.path, 'tape.yaml'), 'utf8')
  const after = JSON.parse(readFileSync(tokens, 'utf8'))[tracker.url].tokens
  expect(after.access_token).not.toBe(before.access_token)
  for (const secret of [before, after].flatMap(({ access_token, refresh_token }) => [access_token, refresh_token])) {
    expect(secret).toMatch(/^[\w-]{20,}$/)
    expect(cassette).not.toContain(secret)
    expect(cassette).not.toContain(Buffer.from(secret).toString('base64').slice(4, 24))
    expect(recorded.stderr).not.toContain(secret)
  }
  expect(cassette).toMatch(/You came with \$\{secret:127\.0\.0\.1:access_token(:\d)?\}/)

  copyFileSync(join(folder.path, 'tape.yaml'), join(elsewhere.path, 'tape.yaml'))
  await tracker[Symbol.asyncDispose]()
  const replay = ['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Look, and note it.']
  const replayed = await reprise(replay, { cwd: elsewhere.path, ...noNetwork })
  expect(replayed).toMatchObject({ code: 0, stderr: '' })
  const hidden = (text: string) => text.replace(/You came with[^"]*"/g, '"')
  expect(hidden(replayed.stdout)).toBe(hidden(recorded.stdout))
})
