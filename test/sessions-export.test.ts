import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const agents = `agents:
  root:
    model: openai/gpt-4o
    instruction: Lead.
    sub_agents: [helper]
    toolsets:
      - type: shell
  helper:
    model: openai/gpt-4o
    description: Helps.
    instruction: Help.
`

const secret = 'Zq8vLk2mNp4rTs6uWx9y'

/** A session with a task for a member of the team, a secret, and text that wants to be more than text. */
const place = async () => {
  const task = { agent: 'helper', task: 'Look it up', expected_output: 'A word' }
  await using server = await providerServer([
    { toolCalls: [{ name: 'transfer_task', input: task }], when: 'Tell me' },
    { text: 'The word is **marmalade**.', when: 'Look it up' },
    { toolCalls: [{ name: 'shell', input: { cmd: 'echo $SERVICE_TOKEN; pwd' } }] },
    { text: 'Marmalade </pre><script>alert(1)</script>\n\n```js\nlet a\n```' },
  ])
  const folder = await folderWith({ 'agent.yaml': agents })
  const env = { ...server.env, HOME: folder.path, SERVICE_TOKEN: secret }
  const run = (...args: string[]) => reprise(args, { cwd: folder.path, env })
  const { code } = await run('exec', 'agent.yaml', '--yolo', 'Tell me <b>everything</b>')
  expect(code).toBe(0)
  return { ...folder, run, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

test('a session is written as a page, as Markdown and as JSON, without its secrets', async () => {
  await using here = await place()
  for (const name of ['out.html', 'out.md', 'out.json']) {
    const { code, stderr } = await here.run('sessions', 'export', '-o', name)
    expect({ code, stderr }).toEqual({ code: 0, stderr: `Written: ${name}\n` })
    const text = readFileSync(join(here.path, name), 'utf8')
    expect(text).not.toContain(secret)
    expect(text).not.toContain(here.path)
    expect(text).toMatch(/marmalade/)
    expect(text).toContain('Look it up')
  }
})

test('no script of a session runs in its page, and nothing is asked of a host', async () => {
  await using here = await place()
  const { stdout } = await here.run('sessions', 'export', '--to', 'html')
  expect(stdout).not.toMatch(/<script|<b>everything/)
  expect(stdout).toContain("default-src 'none'")
  expect(stdout).toContain('<strong>marmalade</strong>')
})

test('in Markdown each speaker has a heading, and members of a team speak below the call that they answer', async () => {
  await using here = await place()
  const { stdout } = await here.run('sessions', 'export')
  const headings = stdout.split('\n').filter(line => /^(#|\*\*)/.test(line))
  expect(headings).toEqual([
    '# Tell me <b>everything</b>',
    '## User',
    '## root',
    '**transfer_task**',
    '### helper',
    '## root',
    '**shell**',
    '## root',
  ])
})

test('JSON holds the session and all that happened', async () => {
  await using here = await place()
  const { session, events } = JSON.parse((await here.run('sessions', 'export', '--to', 'json')).stdout)
  expect(session).toMatchObject({ turns: 1, usage: { output: expect.any(Number) } })
  expect(session.messages.map(({ message }: { message: { role: string } }) => message.role)).toEqual([
    'user',
    'assistant',
    'tool',
    'assistant',
    'tool',
    'assistant',
  ])
  const types = new Set(events.map(({ event }: { event: { type: string } }) => event.type))
  expect([...types].sort()).toEqual(['agent-end', 'agent-start', 'finish', 'message', 'tool-end', 'tool-start'])
})
