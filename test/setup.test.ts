import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { helloAgent } from './support/agents.ts'
import { command, reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { keys, ptyOf } from './support/pty.ts'
import { folderWith, temporaryFolder } from './support/temp.ts'

/** Somebody who keeps agents on a server. */
const serving = async (text: () => string) => {
  const server = createServer((_, response) => response.end(text()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/agent.yaml`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

test('a new agent is written, runs, and is not written over', async () => {
  await using folder = await temporaryFolder()
  await using server = await providerServer([{ text: 'Arr.' }])
  const here = { cwd: folder.path, env: server.env }
  const args = ['new', 'pirate', '--yes', '--model', 'openai/gpt-4o', '--instruction', 'Talk\nlike a pirate.']
  const made = await reprise([...args, '--toolset', 'think'], here)
  expect(made).toMatchObject({ code: 0, stderr: '' })
  expect(made.stdout).toContain('reprise run pirate.yaml')
  expect(await reprise(['validate', 'pirate.yaml'], here)).toMatchObject({ code: 0 })
  expect(await reprise(['exec', 'pirate.yaml', '--quiet', 'Hi'], here)).toMatchObject({ code: 0, stdout: 'Arr.\n' })
  expect(JSON.stringify(server.requests[0]?.body)).toContain('Talk\\nlike a pirate.')
  const again = await reprise(['new', 'pirate.yaml', '--yes'], here)
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('exists already') })
})

test('a new agent takes the provider whose key is set, and wrong words are refused before anything is written', async () => {
  await using folder = await temporaryFolder()
  const here = { cwd: folder.path, env: { OPENAI_API_KEY: 'sk-x' } }
  await reprise(['new', 'a', '--yes'], here)
  expect(await readFile(join(folder.path, 'a.yaml'), 'utf8')).toContain('model: openai/')
  const wrong = await reprise(['new', 'b', '--yes', '--toolset', 'filesytem'], here)
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('filesystem') })
  expect(await reprise(['validate', 'b.yaml'], here)).toMatchObject({ code: 2 })
  const nobody = await reprise(['new', 'c'], here)
  expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') })
})

test('somebody at a terminal is asked what the agent shall be', async () => {
  await using folder = await temporaryFolder()
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path }
  await using terminal = ptyOf([process.execPath, command, 'new', 'asked'], { cwd: folder.path, env })
  await terminal.waitFor('Which model?')
  terminal.write(`openai/gpt-4o${keys.enter}`)
  await terminal.waitFor('What should it do?')
  terminal.write(`Count.${keys.enter}`)
  await terminal.waitFor('Which tools')
  terminal.write(`think, todo${keys.enter}`)
  await terminal.waitFor('asked.yaml is written')
  const text = await readFile(join(folder.path, 'asked.yaml'), 'utf8')
  for (const words of ['openai/gpt-4o', 'Count.', '- type: think', '- type: todo']) expect(text).toContain(words)
})

test('an alias runs an agent as it was said, and other settings with their comments stay', async () => {
  await using folder = await folderWith({
    'agent.yaml': helloAgent,
    'reprise/settings.yaml': '# mine\ntheme: dark # so\n',
  })
  await using server = await providerServer([{ text: 'One.' }, { text: 'Two.' }])
  const here = { cwd: folder.path, env: { ...server.env, XDG_CONFIG_HOME: folder.path } }
  expect(await reprise(['alias', 'add', 'hello', 'agent.yaml', '--model', 'openai/gpt-4o'], here)).toMatchObject({
    code: 0,
  })
  expect((await reprise(['alias', 'add', 'default', 'agent.yaml'], here)).code).toBe(0)
  expect(await reprise(['exec', 'hello', '--quiet', 'Hi'], here)).toMatchObject({ code: 0, stdout: 'One.\n' })
  expect(server.requests[0]?.body['model']).toBe('gpt-4o')
  const other = ['exec', 'hello', '--model', 'openai/gpt-4o-mini', '--quiet', 'Hi']
  expect(await reprise(other, here)).toMatchObject({ code: 0 })
  expect(server.requests[1]?.body['model']).toBe('gpt-4o-mini')
  expect((await reprise(['exec'], here)).stderr).toContain('There is nothing to answer')
  expect((await reprise(['alias', 'list'], here)).stdout).toMatch(/^hello → .*agent.yaml {2}--model openai\/gpt-4o$/m)
  expect((await reprise(['alias', 'remove', 'hello'], here)).code).toBe(0)
  expect((await reprise(['alias', 'remove', 'default'], here)).code).toBe(0)
  expect((await reprise(['alias', 'list'], here)).stdout).toBe('There are no aliases.\n')
  expect(await readFile(join(folder.path, 'reprise/settings.yaml'), 'utf8')).toBe('# mine\ntheme: dark # so\n')
})

test.each([
  [['exec', 'helo', 'Hi'], 'Did you mean hello?'],
  [['exec'], 'Which agent?'],
  [['alias', 'remove', 'nobody'], 'no alias nobody'],
  [['alias', 'add', 'a b', 'agent.yaml'], 'cannot be the name'],
  [['alias', 'add', 'x', 'missing.yaml'], 'does not exist'],
] as const)('%j is told what is wrong', async (args, words) => {
  await using folder = await folderWith({
    'agent.yaml': helloAgent,
    'reprise/settings.yaml': 'aliases:\n  hello:\n    path: ../agent.yaml\n',
  })
  const result = await reprise(args, { cwd: folder.path, env: { XDG_CONFIG_HOME: folder.path } })
  expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining(words) })
})

test('a mistake in the settings is told with its place', async () => {
  await using folder = await folderWith({ 'reprise/settings.yaml': 'aliases:\n  x:\n    paht: y\n' })
  const result = await reprise(['exec', 'x', 'Hi'], { cwd: folder.path, env: { XDG_CONFIG_HOME: folder.path } })
  expect(result.code).toBe(2)
  expect(result.stderr).toMatch(/settings\.yaml:3:5/)
})

test('an agent comes from standard input', async () => {
  await using server = await providerServer([{ text: 'Piped.' }])
  const result = await reprise(['exec', '-', '--quiet', 'Hi'], { env: server.env, input: helloAgent })
  expect(result).toMatchObject({ code: 0, stdout: 'Piped.\n' })
})

test('an agent from a URL runs where its digest is known, and nowhere else without a question', async () => {
  let text = helloAgent
  await using page = await serving(() => text)
  await using server = await providerServer([{ text: 'From afar.' }])
  const pinned = `${page.url}#sha256=${digestOf(helloAgent)}`
  const run = await reprise(['exec', pinned, '--quiet', 'Hi'], { env: server.env })
  expect(run).toMatchObject({ code: 0, stdout: 'From afar.\n' })
  const unknown = await reprise(['exec', page.url, 'Hi'], { env: server.env })
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining(pinned) })
  text = helloAgent.replace('one word', 'two words')
  const changed = await reprise(['exec', pinned, 'Hi'], { env: server.env })
  expect(changed).toMatchObject({ code: 2, stderr: expect.stringContaining(digestOf(text)) })
  text = `# ${'x'.repeat(1_000_001)}`
  expect(await reprise(['exec', page.url, 'Hi'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('larger than a megabyte'),
  })
  expect(await reprise(['exec', 'http://192.0.2.1/agent.yaml', 'Hi'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('use https'),
  })
})

test('somebody who allowed an agent from a URL is asked again only when it has changed', async () => {
  await using folder = await temporaryFolder()
  let text = helloAgent
  await using page = await serving(() => text)
  await using server = await providerServer([{ text: 'First.' }, { text: 'Second.' }])
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path, ...server.env }
  const run = () => ptyOf([process.execPath, command, 'exec', page.url, 'Hi'], { cwd: folder.path, env })
  await using first = run()
  await first.waitFor('You have not run this agent before')
  expect(first.screen()).toContain('instruction: Answer in one word.')
  first.write(`y${keys.enter}`)
  await first.waitFor('First.')
  await using second = run()
  await second.waitFor('Second.')
  text = `${helloAgent}# changed\n`
  await using third = run()
  await third.waitFor('has changed since')
  third.write(keys.enter)
  await third.waitFor('was not allowed to run')
  expect((await third.exit).code).toBe(2)
})

test('the doctor says what is missing, and for one agent what it needs', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent, 'broken.yaml': 'agents: {}\n' })
  await using server = await providerServer(() => ({ text: '' }))
  const here = { cwd: folder.path }
  const general = await reprise(['doctor'], here)
  expect(general.code).toBe(0)
  expect(general.stdout).toContain('– openai: no OPENAI_API_KEY')
  const without = await reprise(['doctor', 'agent.yaml'], here)
  expect(without.code).toBe(1)
  expect(without.stdout).toContain('✗ openai/gpt-4o-mini: no key: OPENAI_API_KEY is not set')
  expect((await reprise(['doctor', 'broken.yaml'], here)).stdout).toContain('✗ broken.yaml')
  const down = await reprise(['doctor', 'agent.yaml'], {
    ...here,
    env: { OPENAI_API_KEY: 'sk-secret-0123456789', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' },
  })
  expect(down).toMatchObject({ code: 1, stdout: expect.stringContaining('nobody answers at http://127.0.0.1:1/v1') })
  expect(down.stdout).not.toContain('sk-secret')
  const json = await reprise(['doctor', '--json'], here)
  expect(JSON.parse(json.stdout)).toContainEqual({ about: 'node', what: process.version, state: 'good' })
  expect(server.requests).toEqual([])
})

test('the doctor starts the MCP servers of an agent', async () => {
  await using folder = await folderWith({
    'agent.yaml': `${helloAgent}    toolsets:\n      - type: mcp\n        command: no-such-server\n`,
  })
  const result = await reprise(['doctor', 'agent.yaml'], { cwd: folder.path })
  expect(result.stdout).toMatch(/✗ mcp .*no-such-server/)
})

test('settings that hold nothing are no mistake', async () => {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'settings.yaml'), '# nothing yet\n\n')
  const result = await reprise(['alias', 'list'], { env: { REPRISE_HOME: folder.path } })
  expect(result).toMatchObject({ code: 0, stdout: 'There are no aliases.\n' })
})
