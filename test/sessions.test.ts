import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { sessionDatabase } from '../runtime/team/folders.ts'
import { noNetwork, reprise } from './support/cli.ts'
import { type ProviderScript, type ProviderServer, providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const agent = (model = 'openai/gpt-4o') => `agents:
  root:
    model: ${model}
    instruction: Be brief.
    toolsets:
      - type: shell
`

type Place = AsyncDisposable & {
  readonly path: string
  readonly server: ProviderServer
  readonly run: (...args: string[]) => ReturnType<typeof reprise>
  readonly database: string
}

/** A home with an agent file, and a provider; commands run in it one after the other. */
const place = async (script: ProviderScript, files: Record<string, string | Buffer> = {}): Promise<Place> => {
  const server = await providerServer(script)
  const folder = await folderWith({ 'agent.yaml': agent(), ...files })
  const env = { ...server.env, HOME: folder.path }
  return {
    path: folder.path,
    server,
    run: (...args) => reprise(args, { cwd: folder.path, env }),
    database: join(folder.path, '.local/share/reprise/sessions.db'),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const echo: ProviderScript = ({ turn }) => ({ text: `Answer ${turn}.` })

const said = (server: ProviderServer): string => JSON.stringify(server.requests.at(-1)?.body['messages'])

test('a conversation goes on where it was', async () => {
  await using here = await place(echo)
  await here.run('exec', 'agent.yaml', 'My name is Ada.')
  const { code, stdout } = await here.run('exec', 'agent.yaml', '--session', '-1', 'Who am I?')
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('Answer 2.') })
  expect(said(here.server)).toMatch(/My name is Ada.*Answer 1\..*Who am I\?/)
})

test('sessions are readable by their owner alone', async () => {
  await using here = await place(echo)
  await here.run('exec', 'agent.yaml', 'Hello')
  expect(statSync(here.database).mode & 0o777).toBe(0o600)
})

test('what is only played back, or shall not be stored, is not', async () => {
  await using here = await place(echo)
  await here.run('exec', 'agent.yaml', '--no-session', '--record=tape', 'Hello')
  await here.run('exec', 'agent.yaml', '--fake', 'tape', 'Hello')
  expect(() => statSync(here.database)).toThrow()
})

test('a resumed conversation is recorded with what was said before, and plays back alone', async () => {
  await using here = await place(echo)
  await here.run('exec', 'agent.yaml', 'My name is Ada.')
  const recorded = await here.run('exec', 'agent.yaml', '--session', '-1', '--record=tape', 'Who am I?')
  const [played, alone, kept] = await Promise.all([
    reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Who am I?'], { cwd: here.path, ...noNetwork }),
    reprise(['replay', 'tape'], { cwd: here.path, ...noNetwork }),
    here.run('sessions', 'show', '--json'),
  ])
  expect(played).toMatchObject({ code: 0, stdout: recorded.stdout, stderr: '' })
  expect(alone).toMatchObject({ code: 0, stdout: recorded.stdout })
  expect(JSON.parse(kept.stdout)).toMatchObject({ turns: 2, title: 'My name is Ada.' })
})

test('a recorded session forks, and what comes after is asked for real', async () => {
  await using here = await place(echo)
  await here.run('exec', 'agent.yaml', 'My name is Ada.')
  await here.run('exec', 'agent.yaml', '--session', '-1', '--record=tape', 'Who am I?')
  const fork = await here.run('fork', 'tape', '--at', '3', 'And what is two and two?')
  expect(fork.code).toBe(0)
  expect(said(here.server)).toMatch(/My name is Ada.*Answer 1\..*Who am I\?.*Answer 2\..*two and two/)
})

const relay = `agents:
  root:
    model: openai/gpt-4o
    instruction: You are the first.
    handoffs: [second]
  second:
    model: openai/gpt-4o
    instruction: You are the second.
`

test('whoever the conversation was handed to goes on with it, and so it is recorded', async () => {
  await using here = await place(
    [
      { toolCalls: [{ name: 'handoff', input: { agent: 'second' } }] },
      { when: 'You are the second', text: 'I am here.' },
      { when: 'You are the second', text: 'Still here.' },
      { when: 'You are the first', text: 'Back.' },
    ],
    { 'agent.yaml': relay },
  )
  await here.run('exec', 'agent.yaml', 'Hand over')
  const recorded = await here.run('exec', 'agent.yaml', '--session', '-1', '--record=tape', 'And now?')
  expect(recorded.stdout).toContain('--- Agent: second ---\nStill here.')
  const played = await here.run('exec', 'agent.yaml', '--fake', 'tape', '--strict', 'And now?')
  expect(played).toMatchObject({ code: 0, stdout: recorded.stdout })
  expect((await here.run('exec', 'agent.yaml', '--session', '-1', '--agent', 'root', 'You?')).stdout).toContain('Back.')
})

test('a session goes on with a model that speaks another protocol', async () => {
  await using here = await place([{ text: 'It is sunny.', reasoning: 'Look out of the window.' }, { text: 'Yes.' }], {
    'agent.yaml': agent('anthropic/claude-sonnet-4-5'),
  })
  await here.run('exec', 'agent.yaml', 'Weather?')
  const { code, stderr } = await here.run('exec', 'agent.yaml', '--session', '-1', '--model', 'openai/gpt-4o', 'Sure?')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(said(here.server)).toMatch(/Weather\?.*It is sunny.*Sure\?/)
  expect(said(here.server)).not.toContain('window')
})

test('what only one model can read goes back to that one alone', async () => {
  const thinking = `models:
  first:
    provider: anthropic
    model: claude-sonnet-4-5
    thinking_budget: 2048
agents:
  root:
    model: first
    instruction: Be brief.
`
  const answers = [{ text: 'Sunny.', reasoning: 'Look out of the window.' }, { text: 'Yes.' }, { text: 'Yes.' }]
  await using here = await place(answers, { 'agent.yaml': thinking })
  await here.run('exec', 'agent.yaml', 'Weather?')
  await here.run('exec', 'agent.yaml', '--session', '-1', 'Sure?')
  expect(said(here.server)).toMatch(/"signature":"[^"]+".*window/)
  await here.run('exec', 'agent.yaml', '--session', '-1', '--model', 'anthropic/claude-opus-4-1', 'Really?')
  expect(said(here.server)).toContain('Sunny.')
  expect(said(here.server)).not.toMatch(/window|signature/)
})

test('what was summed up stays so when a session goes on', async () => {
  await using here = await place([
    { text: 'Noted.' },
    { text: 'Noted, too.' },
    { when: 'Sum this conversation up', text: 'THE SUMMARY' },
    { when: 'THE SUMMARY', text: 'Still here.' },
  ])
  await here.run('exec', 'agent.yaml', `Remember 42. ${'long '.repeat(6000)}`, 'And 43.', '/compact')
  const { stdout } = await here.run('exec', 'agent.yaml', '--session', '-1', '--record=tape', 'And now?')
  expect(stdout).toContain('Still here.')
  expect(said(here.server)).not.toContain('long long')
  expect(JSON.parse((await here.run('sessions', 'list', '--json')).stdout)).toMatchObject([{ turns: 3 }])
  const played = await here.run('exec', 'agent.yaml', '--fake', 'tape', '--strict', 'And now?')
  expect(played).toMatchObject({ code: 0, stdout })
})

test('an attachment goes along when a session goes on', async () => {
  const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(3000, 7)])
  await using here = await place(echo, { 'picture.png': png })
  await here.run('exec', 'agent.yaml', '--attach', 'picture.png', 'What is this?')
  await here.run('exec', 'agent.yaml', '--session', '-1', 'And now?')
  const bytes = readFileSync(join(here.path, 'picture.png')).toString('base64')
  expect(said(here.server)).toContain(bytes)
  using database = new DatabaseSync(here.database)
  expect(database.prepare('select count(*) as count from blobs').get()).toEqual({ count: 1 })
})

test('sessions are listed, renamed, marked and deleted', async () => {
  await using here = await place(echo)
  await here.run('exec', 'agent.yaml', 'The first')
  await here.run('exec', 'agent.yaml', 'The second')
  expect((await here.run('sessions', 'list')).stdout).toMatch(/^[0-9a-f]{12} {3}The second .*1 turn .*\n.*The first/)
  await here.run('sessions', 'rename', '-2', 'Older')
  await here.run('sessions', 'star', '-2')
  expect((await here.run('sessions', 'list')).stdout).toMatch(/The second.*\n[0-9a-f]{12} ★ Older/)
  const [{ id }] = JSON.parse((await here.run('sessions', 'list', '--json')).stdout)
  expect((await here.run('sessions', 'delete', id)).code).toBe(0)
  expect((await here.run('sessions', 'list')).stdout).toMatch(/^[0-9a-f]{12} ★ Older [^\n]*\n$/)
})

test('a branch says an earlier message in other words, and leaves the old session as it is', async () => {
  await using here = await place(echo)
  await here.run('exec', 'agent.yaml', 'One', 'Two', 'Three')
  const { stdout } = await here.run('sessions', 'fork', '--at', '3', '--message', 'Zwei')
  await here.run('exec', 'agent.yaml', '--session', stdout.trim())
  expect(said(here.server)).toMatch(/One.*Answer 1\..*Zwei/)
  expect(said(here.server)).not.toMatch(/Two|Three/)
  const old = await here.run('sessions', 'show', '-2')
  expect(old.stdout).toMatch(/1 {2}user: One[\s\S]*3 {2}user: Two[\s\S]*5 {2}user: Three/)
})

test('what was said is found again, and what was deleted is not', async () => {
  await using here = await place([{ text: 'Its capital is Ouagadougou.' }, { text: 'Nothing much.' }])
  await here.run('exec', 'agent.yaml', 'Tell me of Burkina Faso.')
  await here.run('exec', 'agent.yaml', 'What is new?')
  const { stdout } = await here.run('sessions', 'search', 'ouaga')
  expect(stdout).toMatch(/^[0-9a-f]{12} {2}Tell me of Burkina Faso\.\n {2}2 root: Its capital is Ouagadougou\.\n$/)
  await here.run('sessions', 'fork', '-2')
  expect((await here.run('sessions', 'search', 'burkina')).stdout.match(/1 user/g)).toHaveLength(2)
  await here.run('sessions', 'delete', '-1', '-3')
  expect((await here.run('sessions', 'search', 'burkina')).stdout).toBe('Nobody said that.\n')
  const left = readFileSync(here.database, 'latin1')
  expect([left.includes('new?'), /burkina|ouagadougou/i.test(left)]).toEqual([true, false])
})

test.each([
  [['exec', 'agent.yaml', '--session', 'none', 'Hi'], 'There is no session none.'],
  [['exec', 'agent.yaml', '--session', '-7', 'Hi'], 'There is no session -7.'],
  [['sessions', 'fork', '--at', '9'], 'There is no message 9'],
  [['sessions', 'fork', '--at', '2', '--message', 'x'], 'not said by the user'],
])('what is not there is told: %j', async (args, words) => {
  await using here = await place(echo)
  await here.run('exec', 'agent.yaml', 'Hello')
  const { code, stderr } = await here.run(...args)
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(words) })
})

test('what a model said does nothing to the terminal when it is shown', async () => {
  await using here = await place(() => ({ text: 'Look: \x1b]0;owned\x07 and \x1b[2J' }))
  await here.run('exec', 'agent.yaml', 'Title \x1b[31m')
  for (const args of [['list'], ['show'], ['search', 'look']]) {
    expect((await here.run('sessions', ...args)).stdout).not.toMatch(/[^\P{Cc}\n]/u)
  }
})

test('many processes store their conversations at once', async () => {
  await using here = await place(() => ({ text: ['One ', 'word ', 'after ', 'the ', 'other.'], delayMs: 5 }))
  const names = Array.from({ length: 8 }, (_, index) => `Question ${index}`)
  const runs = await Promise.all(names.map(name => here.run('exec', 'agent.yaml', name, 'And again')))
  for (const run of runs) expect(run).toMatchObject({ code: 0, stderr: '' })
  const sessions = JSON.parse((await here.run('sessions', 'list', '--json')).stdout)
  expect(sessions.map(({ title }: { title: string }) => title).sort()).toEqual(names)
  expect(sessions.every(({ turns }: { turns: number }) => turns === 2)).toBe(true)
})

test('a session goes on with an agent file that has changed, and says so', async () => {
  await using here = await place(echo)
  await here.run('exec', 'agent.yaml', 'Hello')
  writeFileSync(join(here.path, 'agent.yaml'), agent().replace('root:', 'other:'))
  const { code, stdout, stderr } = await here.run('exec', 'agent.yaml', '--session', '-1', 'And now?')
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'The agent file is not the one that this session was begun with.\n',
  })
  expect(stdout).toContain('--- Agent: other ---')
  expect(said(here.server)).toMatch(/Hello.*Answer 1\..*And now/)
})

test('where nothing can be stored, a run says so and goes on, unless storing was asked for', async () => {
  await using here = await place(echo, { '.local': 'a file where a folder should be' })
  const run = await here.run('exec', 'agent.yaml', 'Hello')
  expect(run).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/cannot be opened: .* This conversation is not stored\.\n$/),
  })
  const asked = await here.run('exec', 'agent.yaml', '--session-db', '.local/x/s.db', 'Hello')
  expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be opened') })
})

test('a database of something else is left alone', async () => {
  await using here = await place(echo)
  {
    using database = new DatabaseSync(join(here.path, 'other.db'))
    database.exec('create table sessions (name text)')
  }
  const run = await here.run('exec', 'agent.yaml', '-s', 'other.db', 'Hello')
  expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('is a database of something else') })
})

test.each([
  [{ REPRISE_HOME: '/own' }, '/own/sessions.db'],
  [{ XDG_DATA_HOME: '/data' }, '/data/reprise/sessions.db'],
  [{}, '/home/ada/.local/share/reprise/sessions.db'],
])('with %j sessions are in %s', (env, path) => {
  expect(sessionDatabase(env, '/home/ada')).toBe(path)
})
