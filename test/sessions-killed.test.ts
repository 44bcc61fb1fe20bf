import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Message } from '../runtime/core/message.ts'
import type { StoredMessage } from '../runtime/core/session.ts'
import { openStore, type SessionStore } from '../runtime/session/store.ts'
import { reprise, startReprise } from './support/cli.ts'
import { type ProviderScript, providerServer } from './support/provider-server.ts'
import { seeded } from './support/seeded.ts'
import { folderWith } from './support/temp.ts'

const agent = `agents:
  root:
    model: openai/gpt-4o
    instruction: Be brief.
    toolsets:
      - type: shell
`

const storeAt = (home: string): Promise<SessionStore> =>
  openStore(join(home, '.local/share/reprise/sessions.db'), {
    now: () => new Date(0),
    newId: () => 'new',
    notice: () => undefined,
  })

/** What a run told of itself with --json, as far as it came. */
const told = (stdout: string): Message[] =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line))
    .filter(event => event.type === 'message' && event.path.length === 0)
    .map(event => event.message)

const calls = (command: string) => [{ name: 'shell', input: { cmd: command } }]

/** Every third answer makes two calls, and all take a while to say. */
const talkative: ProviderScript = ({ turn, body }) => {
  const last = (body['messages'] as { role: string }[]).at(-1)
  const words = `This is answer ${turn}, word by word, and it goes on for a while.`
  const isLast = JSON.stringify(last).includes('Still there?')
  if (turn % 3 === 0 && last?.role === 'user' && !isLast)
    return { text: words, toolCalls: [...calls('echo one'), ...calls('sleep 0.05; echo two')], delayMs: 3 }
  return { text: words, delayMs: 3 }
}

test('whenever a long session is killed, every finished message is there when it goes on', async () => {
  await using server = await providerServer(talkative)
  await using folder = await folderWith({ 'agent.yaml': agent })
  const random = seeded(5)
  const known: Message[] = []
  for (let kill = 0; kill < 50; kill++) {
    const session = kill === 0 ? [] : ['--session', '-1']
    const run = ['exec', 'agent.yaml', '--json', '--yolo', ...session, 'One', 'Two', 'Three', 'Four']
    await using running = await startReprise(run, { cwd: folder.path, env: { ...server.env, HOME: folder.path } })
    running.end()
    await Promise.race([running.waitFor('"agent-start"'), running.result])
    await wait(random() * 400)
    running.kill('SIGKILL')
    const { stdout } = await running.result
    known.push(...told(stdout))
    using store = await storeAt(folder.path)
    const stored = store.read('-1').messages.filter(({ isPartial }) => !isPartial)
    // What a process settles of the one before it does not tell.
    const found = stored.map(({ message }) => JSON.stringify(message))
    let place = 0
    for (const message of known) {
      const next = found.indexOf(JSON.stringify(message), place)
      expect(next, `after kill ${kill}: ${JSON.stringify(message)}`).toBeGreaterThanOrEqual(place)
      place = next + 1
    }
  }
  expect(known.length).toBeGreaterThanOrEqual(50)
  const last = await reprise(['exec', 'agent.yaml', '--session', '-1', 'Still there?'], {
    cwd: folder.path,
    env: { ...server.env, HOME: folder.path },
  })
  expect(last.code).toBe(0)
  // What the last one that was killed has asked for may arrive later.
  const asked = server.requests.filter(({ body }) => JSON.stringify(body).includes('Still there?'))
  expect(asked).toHaveLength(1)
}, 180_000)

const wholeText = 'It begins well, and it goes on, and on, and never comes to an end'

test('of what was being said when the process was killed all but the last token is kept', async () => {
  await using server = await providerServer([{ text: wholeText, delayMs: 40 }, { text: 'Yes.' }])
  await using folder = await folderWith({ 'agent.yaml': agent })
  const options = { cwd: folder.path, env: { ...server.env, HOME: folder.path } }
  await using running = await startReprise(['exec', 'agent.yaml', 'Tell me'], options)
  running.end()
  await running.waitFor('goes on')
  running.kill('SIGKILL')
  const { stdout } = await running.result
  const seen = await reprise(['sessions', 'show'], options)
  expect(seen.stdout).toMatch(/2 {2}root: It begins well.*\n\s+\(cut off\)/)
  const next = await reprise(['exec', 'agent.yaml', '--session', '-1', 'Go on?'], options)
  expect(next.code).toBe(0)
  using store = await storeAt(folder.path)
  const partial = store.read('-1').messages.find(({ isPartial }) => isPartial) as StoredMessage
  const [part] = partial.message.role === 'assistant' ? partial.message.content : []
  const shown = stdout.split('---\n').at(-1) ?? ''
  expect(part).toMatchObject({ type: 'text', text: expect.stringContaining(shown) })
  expect(JSON.stringify(server.requests.at(-1)?.body)).toContain('It begins well')
})

test('a call that was being made is told as interrupted, and the same one is asked about', async () => {
  const input = { cmd: 'echo done >> done.txt; touch begun; sleep 8' }
  await using server = await providerServer([
    { toolCalls: [{ name: 'shell', input }] },
    { toolCalls: [{ name: 'shell', input }] },
    { text: 'I leave it.' },
  ])
  await using folder = await folderWith({ 'agent.yaml': agent })
  const options = { cwd: folder.path, env: { ...server.env, HOME: folder.path } }
  await using running = await startReprise(['exec', 'agent.yaml', '--yolo', 'Do it'], options)
  running.end()
  while (!existsSync(join(folder.path, 'begun'))) await wait(10)
  running.kill('SIGKILL')
  await running.result
  const next = await reprise(['exec', 'agent.yaml', '--yolo', '--session', '-1', 'Well?'], options)
  expect(next.code).toBe(0)
  expect(next.stderr).toContain('A call of shell was interrupted when this session ended')
  expect(next.stdout).toContain('The same call was interrupted when this session ended')
  expect(JSON.stringify(server.requests[1]?.body)).toMatch(/interrupted: the process ended.*do not make it again/)
  expect(readFileSync(join(folder.path, 'done.txt'), 'utf8')).toBe('done\n')
})

test('calls of members of a team that were being made are told, and what they have done is kept', async () => {
  const task = { agent: 'helper', task: 'Do it', expected_output: 'Done' }
  await using server = await providerServer([
    { when: 'Begin', toolCalls: [{ name: 'transfer_task', input: task }] },
    { when: 'Do it', text: 'I do it.', toolCalls: [...calls('echo first'), ...calls('touch begun; sleep 8')] },
    { text: 'I see.' },
  ])
  const team = `${agent}    sub_agents: [helper]\n  helper:\n    model: openai/gpt-4o\n    description: Helps.\n    instruction: Help.\n    toolsets:\n      - type: shell\n`
  await using folder = await folderWith({ 'agent.yaml': team })
  const options = { cwd: folder.path, env: { ...server.env, HOME: folder.path } }
  await using running = await startReprise(['exec', 'agent.yaml', '--yolo', 'Begin'], options)
  running.end()
  while (!existsSync(join(folder.path, 'begun'))) await wait(10)
  await running.waitFor('shell response')
  running.kill('SIGKILL')
  await running.result
  const page = await reprise(['sessions', 'export'], options)
  expect(page.stdout).toMatch(/helper[\s\S]*I do it\.[\s\S]*first[\s\S]*interrupted/)
  const next = await reprise(['exec', 'agent.yaml', '--session', '-1', 'Well?'], options)
  expect(next.stderr).toMatch(/A call of transfer_task was interrupted/)
  expect(next.stderr).toMatch(/A call of shell was interrupted/)
  expect(JSON.stringify(server.requests.at(-1)?.body)).toMatch(/interrupted: the process ended.*Well\?/)
})

test('a session that is open in one process does not go on in another', async () => {
  await using server = await providerServer([{ toolCalls: calls('touch begun; sleep 8') }, { text: 'A copy can.' }])
  await using folder = await folderWith({ 'agent.yaml': agent })
  const options = { cwd: folder.path, env: { ...server.env, HOME: folder.path } }
  await using running = await startReprise(['exec', 'agent.yaml', '--yolo', 'Do it'], options)
  running.end()
  while (!existsSync(join(folder.path, 'begun'))) await wait(10)
  const refused = await reprise(['exec', 'agent.yaml', '--session', '-1', 'Me too'], options)
  expect(refused).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`open in another process (${running.pid})`),
  })
  const copy = await reprise(['sessions', 'fork'], options)
  expect((await reprise(['exec', 'agent.yaml', '--session', copy.stdout.trim(), 'Me too'], options)).code).toBe(0)
  running.kill('SIGKILL')
})
