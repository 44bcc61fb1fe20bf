import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { helloAgent, toolAgent } from './support/agents.ts'
import { command, reprise } from './support/cli.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { keys, ptyOf } from './support/pty.ts'
import { folderWith } from './support/temp.ts'

/** The command on a terminal, in a folder with an agent, before a provider that says these answers. */
const atTerminal = async (agent: string, answers: readonly ProviderStep[], args: readonly string[]) => {
  const stack = new AsyncDisposableStack()
  const folder = stack.use(await folderWith({ 'agent.yaml': agent }))
  const server = stack.use(await providerServer(answers))
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path, ...server.env }
  const terminal = stack.use(ptyOf([process.execPath, command, ...args], { cwd: folder.path, env }))
  return { ...terminal, folder: folder.path, server, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

test('run converses line by line until the input ends', async () => {
  await using terminal = await atTerminal(
    `${helloAgent}    welcome_message: Ask me anything.\n`,
    [{ text: 'Hello!' }, { when: /Hello!.*How are you/, text: 'Fine.' }],
    ['run', '--plain', 'agent.yaml'],
  )
  await terminal.waitFor(/Ask me anything\.\n[\s\S]*>$/)
  terminal.write(`Hi${keys.enter}`)
  await terminal.waitFor(/--- Agent: root ---\nHello!\n\n>$/)
  terminal.write(keys.enter)
  terminal.write(`How are you?${keys.enter}`)
  await terminal.waitFor(/Fine\.\n\n>$/)
  terminal.write(keys.end)
  expect((await terminal.exit).code).toBe(0)
  expect(terminal.raw()).toContain('--- Agent: \x1b[1mroot\x1b[22m ---')
})

test('lines pasted at once are all said, and what was said can be brought back', async () => {
  await using terminal = await atTerminal(
    helloAgent,
    [{ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' }],
    ['run', '--plain', 'agent.yaml'],
  )
  await terminal.waitFor('> ')
  terminal.write(`first${keys.enter}second${keys.enter}`)
  await terminal.waitFor(/Two\.\n\n>$/)
  terminal.write(keys.up)
  await terminal.waitFor(/> second$/)
  terminal.write(keys.enter)
  await terminal.waitFor(/Three\.\n\n>$/)
  expect(JSON.stringify(terminal.server.requests[2]?.body['messages'])).toMatch(/first.*One.*second.*Two.*second/)
  terminal.write(keys.interrupt)
  expect((await terminal.exit).code).toBe(0)
})

test('a conversation goes on after a failure, and after Ctrl-C', async () => {
  const words = Array.from({ length: 5000 }, (_, index) => `word${index} `)
  await using terminal = await atTerminal(
    helloAgent,
    [{ status: 400, message: 'Not like this.' }, { text: words, delayMs: 20 }, { text: 'Still here.' }],
    ['run', '--plain', 'agent.yaml', 'Hi'],
  )
  await terminal.waitFor(/Not like this\.[\s\S]*>$/)
  terminal.write(`Talk${keys.enter}`)
  await terminal.waitFor('word5')
  terminal.write(keys.interrupt)
  await terminal.waitFor(/Interrupted\.\n[\s\S]*>$/)
  terminal.write(`And now?${keys.enter}`)
  await terminal.waitFor(/Still here\.\n\n>$/)
  terminal.write(keys.end)
  expect((await terminal.exit).code).toBe(0)
})

const writing = (...names: readonly string[]): ProviderStep => ({
  toolCalls: names.map(path => ({ name: 'write_file', input: { path, content: path } })),
})
const question = 'Can I run this tool? ([y]es/[a]ll/[n]o):'

test('y approves one call, n refuses the next, and a replay shows both without asking', async () => {
  const agent = toolAgent
  await using terminal = await atTerminal(
    agent,
    [writing('a'), writing('b'), { when: 'The user rejected the tool call.', text: 'One of two.' }],
    ['exec', 'agent.yaml', '--record=tape', 'Write'],
  )
  await terminal.waitFor(question)
  terminal.write(keys.up)
  terminal.write('y')
  await terminal.waitFor(/Yes 👍[\s\S]*path: "b"[\s\S]*\[n\]o\):$/)
  terminal.write('n')
  await terminal.waitFor(/No 👎[\s\S]*One of two\./)
  expect((await terminal.exit).code).toBe(0)
  expect(readFileSync(join(terminal.folder, 'a'), 'utf8')).toBe('a')
  expect(existsSync(join(terminal.folder, 'b'))).toBe(false)
  expect(terminal.screen().match(/Calling write_file/g)).toHaveLength(2)

  const { stdout, code } = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Write'], {
    cwd: terminal.folder,
  })
  expect(code).toBe(0)
  expect(stdout).toMatch(/Yes 👍[\s\S]*No 👎[\s\S]*One of two\.$/)
})

test('a approves all calls from then on, also those that wait', async () => {
  await using terminal = await atTerminal(
    toolAgent,
    [writing('a', 'b', 'c'), writing('d'), { text: 'Four.' }],
    ['exec', 'agent.yaml', 'Write'],
  )
  await terminal.waitFor(question)
  terminal.write('a')
  await terminal.waitFor('Four.')
  expect((await terminal.exit).code).toBe(0)
  expect(['a', 'b', 'c', 'd'].every(name => existsSync(join(terminal.folder, name)))).toBe(true)
})

test('Ctrl-C at a question ends the run with exit code 130, and nothing happens', async () => {
  await using terminal = await atTerminal(toolAgent, [writing('a')], ['exec', 'agent.yaml', 'Write'])
  await terminal.waitFor(question)
  terminal.write(keys.interrupt)
  expect((await terminal.exit).code).toBe(130)
  expect(terminal.screen()).toContain('Interrupted.')
  expect(existsSync(join(terminal.folder, 'a'))).toBe(false)
})

test('nobody is asked about what --json or --quiet does not show', async () => {
  await using terminal = await atTerminal(
    toolAgent,
    [writing('a'), { text: 'Refused.' }],
    ['exec', 'agent.yaml', '--quiet', 'Write'],
  )
  await terminal.waitFor(/--yolo approves[\s\S]*Refused\./)
  expect((await terminal.exit).code).toBe(0)
  expect(existsSync(join(terminal.folder, 'a'))).toBe(false)
})
