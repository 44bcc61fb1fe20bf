import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { command, reprise } from './support/cli.ts'
import { installServer } from './support/mcp.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { keys, ptyOf } from './support/pty.ts'
import { folderWith } from './support/temp.ts'

const agent = `agents:
  root:
    model: openai/gpt-4o
    toolsets:
      - { type: mcp, command: ./bin/everything }
`

/** An agent with server-everything and a person at a terminal. */
const stage = async (answers: readonly ProviderStep[], options: readonly string[], more = '') => {
  const stack = new AsyncDisposableStack()
  const folder = stack.use(await folderWith({ 'agent.yaml': agent + more }))
  await installServer(folder.path, 'everything')
  const server = stack.use(await providerServer(answers))
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path, ...server.env }
  const args = ['exec', 'agent.yaml', '--record=tape', ...options, 'Go']
  const terminal = stack.use(ptyOf([process.execPath, command, ...args], { cwd: folder.path, env, rows: 60 }))
  return { terminal, server, folder: folder.path, env, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

const elicit: ProviderStep = { toolCalls: [{ name: 'trigger-elicitation-request', input: {} }] }

test('a person fills in the form of a server, and a replay asks nobody', async () => {
  await using it = await stage([elicit, { when: 'Ann', text: 'It is Ann.' }], ['--yolo'])
  await it.terminal.waitFor('An empty line leaves a field out')
  await it.terminal.waitFor(/legal name\n\?$/)
  it.terminal.write(keys.enter)
  await it.terminal.waitFor('This is needed.')
  it.terminal.write(`Ann${keys.enter}`)
  // A key pressed when the last field is filled in already is echoed into what is being said.
  const answer = /It\s+is\s+Ann\./
  for (let field = 0; field < 20 && !answer.test(it.terminal.screen()); field++) {
    it.terminal.write(keys.enter)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  await it.terminal.waitFor(answer)
  expect((await it.terminal.exit).code).toBe(0)
  const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Go'], { cwd: it.folder })
  expect(replayed).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('It is Ann.') })
})

test('Ctrl-D declines', async () => {
  await using it = await stage([elicit, { when: 'declined', text: 'As you like.' }], ['--yolo'])
  // Before the line is read, the terminal itself would take the key.
  await it.terminal.waitFor(/legal name\n\?$/)
  it.terminal.write(keys.end)
  await it.terminal.waitFor('As you like.')
  expect((await it.terminal.exit).code).toBe(0)
})

test('Ctrl-C while a form waits ends the run', async () => {
  await using it = await stage([elicit], ['--yolo'])
  await it.terminal.waitFor(/legal name\n\?$/)
  it.terminal.write(keys.interrupt)
  expect((await it.terminal.exit).code).toBe(130)
})

const sample: ProviderStep = {
  toolCalls: [{ name: 'trigger-sampling-request', input: { prompt: 'Why salty?', maxTokens: 50 } }],
}

test('a server asks the model of the agent when the person allows it', async () => {
  await using it = await stage(
    [
      sample,
      { when: 'Why salty?', text: 'Because of the rivers.' },
      { when: 'Because of the rivers', text: 'So it is.' },
    ],
    [],
  )
  await it.terminal.waitFor('Can I run this tool? ([y]es/[a]ll/[n]o)')
  it.terminal.write('y')
  await it.terminal.waitFor(/may it ask the model of root this\?[\s\S]*Why salty\?/)
  it.terminal.write(`yes${keys.enter}`)
  await it.terminal.waitFor('So it is.')
  expect((await it.terminal.exit).code).toBe(0)
  const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Go'], { cwd: it.folder })
  expect(replayed).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('So it is.') })
})

test('with --yolo and no terminal a server may ask the model; without either it is not told that it could', async () => {
  await using folder = await folderWith({ 'agent.yaml': agent })
  await installServer(folder.path, 'everything')
  await using server = await providerServer([
    sample,
    { when: 'Why salty?', text: 'Because of the rivers.' },
    { when: 'Because of the rivers', text: 'So it is.' },
    { text: 'Nothing.' },
  ])
  const options = { cwd: folder.path, env: server.env }
  const all = await reprise(['exec', 'agent.yaml', '--yolo', 'Go'], options)
  expect(all).toMatchObject({ code: 0, stdout: expect.stringContaining('So it is.') })
  await reprise(['exec', 'agent.yaml', 'Go'], options)
  const offered = server.requests.map(({ body }) => JSON.stringify(body['tools'] ?? []).includes('trigger-sampling'))
  expect(offered).toEqual([true, false, true, false])
})

test('the hooks of the agent are told that a server waits for the person, and a replay runs none of them', async () => {
  const command = `grep -o 'reason":"[^"]*' >> log; echo '{"system_message": "Ring!"}'`
  const hooks = `    hooks: ${JSON.stringify({ on_user_input: [{ type: 'command', command }] })}\n`
  const answers = [elicit, { when: 'declined', text: 'As you like.' }]
  await using it = await stage(answers, ['--yolo'], hooks)
  await it.terminal.waitFor(/legal name\n\?$/)
  it.terminal.write(keys.end)
  await it.terminal.waitFor(/Ring![\s\S]*As you like\./)
  expect((await it.terminal.exit).code).toBe(0)
  const log = join(it.folder, 'log')
  expect(readFileSync(log, 'utf8')).toBe('reason":"The MCP server everything asks\nreason":"the turn is over\n')
  rmSync(log)
  const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Go'], { cwd: it.folder })
  expect(replayed).toMatchObject({ code: 0, stdout: expect.stringContaining('As you like.') })
  expect(existsSync(log)).toBe(false)
})
