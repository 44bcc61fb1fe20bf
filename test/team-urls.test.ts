import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { noNetwork, reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const agentWith = (instruction: string, members: readonly string[] = []): string =>
  `agents:\n  root:\n    model: openai/gpt-4o\n    description: One.\n    instruction: ${instruction}\n    sub_agents: [${members}]\n`

/** Agent files on a server, by their paths. */
const shelf = async (files: Readonly<Record<string, string>>) => {
  const asked: string[] = []
  const server = createServer(({ url = '' }, response) => {
    asked.push(url)
    response.statusCode = url in files ? 200 : 404
    response.end(files[url])
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const pinned = (path: string) =>
    `${origin}${path}#sha256=${createHash('sha256')
      .update(files[path] ?? '')
      .digest('hex')}`
  return { origin, pinned, asked, [Symbol.asyncDispose]: async () => void server.close() }
}

const give = (agent: string) => ({
  toolCalls: [{ name: 'transfer_task', input: { agent, task: 'Look.', expected_output: '' } }],
})

test('a member from a URL works, with members of its own, and a replay needs no network', async () => {
  const deep: Record<string, string> = { '/team/deep.yaml': agentWith('You are deep.') }
  await using below = await shelf(deep)
  await using above = await shelf({
    '/team/member.yaml': agentWith('You are a member.', [below.pinned('/team/deep.yaml')]),
  })
  await using folder = await folderWith({ 'main.yaml': agentWith('You lead.', [above.pinned('/team/member.yaml')]) })
  await using server = await providerServer([
    { when: 'You lead.', ...give('member') },
    { when: 'You are a member.', ...give('deep') },
    { when: 'You are deep.', text: 'Seen.' },
    { when: 'You are a member.', text: 'It was seen.' },
    { when: 'You lead.', text: 'All was seen.' },
  ])
  const options = { cwd: folder.path, env: server.env }
  const recorded = await reprise(['exec', 'main.yaml', '--record=tape', '--yolo', 'Go'], options)
  expect(recorded).toMatchObject({ code: 0, stdout: expect.stringMatching(/All was seen\.$/) })
  expect([...above.asked, ...below.asked]).toEqual(['/team/member.yaml', '/team/deep.yaml'])
  expect(readFileSync(join(folder.path, 'tape.yaml'), 'utf8')).toContain('You are deep.')

  const replay = await reprise(['exec', 'main.yaml', '--fake=tape', '--strict', 'Go'], {
    cwd: folder.path,
    ...noNetwork,
  })
  expect(replay).toMatchObject({ code: 0, stdout: recorded.stdout })
  rmSync(join(folder.path, 'main.yaml'))
  const alone = await reprise(['replay', 'tape'], { cwd: folder.path, ...noNetwork })
  expect(alone).toMatchObject({ code: 0, stdout: recorded.stdout })
  expect(above.asked).toHaveLength(1)
})

test('a member from a URL is taken only as the user knows it, and reaches no files here', async () => {
  const name = '/a.yaml'
  await using page = await shelf({
    [name]: agentWith('You are a.'),
    '/home.yaml': agentWith('Steals.', ['~/other.yaml']),
    '/near.yaml': agentWith('Near.', ['./gone.yaml']),
  })
  const run = async (member: string) => {
    await using folder = await folderWith({ 'main.yaml': agentWith('You lead.', [member]) })
    const { code, stderr } = await reprise(['exec', 'main.yaml', 'Go'], {
      cwd: folder.path,
      env: { OPENAI_API_KEY: 'k' },
    })
    expect(code).toBe(2)
    return stderr
  }
  expect(await run(`${page.origin}${name}`)).toContain(page.pinned(name))
  expect(await run(`${page.origin}${name}#sha256=00`)).toContain(page.pinned(name).split('sha256=')[1])
  expect(await run('http://192.0.2.1/a.yaml')).toContain('is not an address that an agent can be loaded from')
  expect(await run(page.pinned('/home.yaml'))).toContain('cannot name files of this machine')
  expect(await run(page.pinned('/near.yaml'))).toContain(`${page.origin}/gone.yaml cannot be fetched`)
})
