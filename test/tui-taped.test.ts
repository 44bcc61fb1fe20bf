import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { helloAgent, teamAgent, toolAgent } from './support/agents.ts'
import { command, reprise } from './support/cli.ts'
import { installServer } from './support/mcp.ts'
import { providerServer } from './support/provider-server.ts'
import { keys, type Pty, ptyOf } from './support/pty.ts'
import { atScreen, idle, leave, said } from './support/screen.ts'
import { folderWith } from './support/temp.ts'

/** Says a line, and waits for what comes of it. */
const say = async (terminal: Pty, text: string, shown: string | RegExp): Promise<void> => {
  terminal.write(text)
  terminal.write(keys.enter)
  await terminal.waitFor(shown)
}

const mcpAgent = `agents:
  root:
    model: openai/gpt-4o
    instruction: Use your tools.
    toolsets:
      - { type: mcp, name: things, command: ./bin/everything }
`

test('what the tools of a server are is looked at while it is recorded and played back, and changes nothing in either', async () => {
  await using folder = await folderWith({ 'agent.yaml': mcpAgent })
  await using server = await providerServer([{ text: 'Yes.' }, { text: 'Yes.' }])
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path, ...server.env }
  const sit = (args: readonly string[]) =>
    ptyOf([process.execPath, command, 'run', 'agent.yaml', ...args], { cwd: folder.path, env, rows: 60 })
  await installServer(folder.path, 'everything')
  const looks = async (terminal: Pty) => {
    await terminal.waitFor(idle)
    await say(terminal, '/tools', /things_echo +~\d+ +Echoes/)
    await say(terminal, '/mcp', /\n {2}things {2}things_echo, /)
    await say(terminal, '/context', /\d+% \d+ tools/)
    await say(terminal, 'Hi', /Yes\.\n\n>\nask/)
    await say(terminal, '/tools', /things_echo[\s\S]*things_echo/)
    await leave(terminal)
  }
  {
    await using terminal = sit(['--record=looked'])
    await looks(terminal)
  }
  const { code } = await reprise(['exec', 'agent.yaml', '--record=plain', 'Hi'], { cwd: folder.path, env })
  expect(code).toBe(0)
  const crossings = (name: string) =>
    [...readFileSync(join(folder.path, `${name}.yaml`), 'utf8').matchAll(/ {6}(?:method|url): (.*)/g)]
      .map(([, text]) => text)
      .sort()
  expect(crossings('looked')).toEqual(crossings('plain'))
  expect(
    await reprise(['exec', 'agent.yaml', '--fake', 'looked', '--strict', 'Hi'], { cwd: folder.path }),
  ).toMatchObject({ code: 0, stderr: '' })
  rmSync(join(folder.path, 'bin'), { recursive: true })
  await using terminal = sit(['--fake', 'looked', '--strict'])
  await looks(terminal)
  expect(terminal.screen()).not.toContain('not used')
})

test('who speaks, with which model and how much thought is set while it is recorded, and set there in a replay', async () => {
  await using terminal = await atScreen(
    teamAgent,
    [{ text: 'One.' }, { text: 'Two.' }, { when: 'You are the writer', text: 'Three.' }, { text: 'Four.' }],
    ['--record=tape'],
  )
  await terminal.waitFor(idle)
  await say(terminal, 'Hi', /One\.\n\n>\nask/)
  await say(terminal, '/model anthropic/claude-sonnet-4-0', 'root speaks with anthropic/claude-sonnet-4-0 from now on.')
  await say(terminal, '/think 2000', 'They think: 2000.')
  await say(terminal, 'Again', /Two\.\n\n>\nask · recording tape · root · anthropic/)
  await say(terminal, '/model nobody/at-all', /nobody/)
  await say(terminal, '/agent nobody', /There is no agent nobody/)
  await say(terminal, '/agent writer', 'You talk to writer from now on.')
  await say(terminal, '/think file', 'They think as the file says.')
  await say(terminal, 'And you?', /Three\.\n\n>\nask · recording tape · writer/)
  await say(terminal, '/agent root', 'You talk to root from now on.')
  await say(terminal, 'Back', /Four\.\n\n>\nask/)
  await leave(terminal)
  const asked = terminal.server.requests.map(({ body }) => [body['model'], body['thinking'] !== undefined])
  expect(asked).toEqual([
    ['gpt-4o', false],
    ['claude-sonnet-4-0', true],
    ['gpt-4o-mini', false],
    ['claude-sonnet-4-0', false],
  ])
  expect(said(terminal, 4)).toContain('Back')

  const cli = (...args: string[]) => reprise(args, { cwd: terminal.folder })
  const exec = ['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Hi', 'Again', 'And you?', 'Back']
  const printed = /root ---\nOne\.[\s\S]*root ---\nTwo\.[\s\S]*writer ---\nThree\.[\s\S]*root ---\nFour\./
  expect(await cli(...exec)).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(printed) })
  expect(await cli('replay', 'tape')).toMatchObject({ code: 0, stdout: expect.stringMatching(printed) })
  expect(await cli('cassette', 'verify', 'tape', '--strict')).toMatchObject({ code: 0 })
  expect((await cli('cassette', 'show', 'tape')).stdout).toMatch(
    /user sets models: root=anthropic\/claude-sonnet-4-0\n[\s\S]*user sets thinking: 2000\n[\s\S]*user sets agent: writer\n/,
  )
  expect(await cli('cassette', 'slim', 'tape')).toMatchObject({ code: 0 })
  expect(await cli(...exec)).toMatchObject({ code: 0, stdout: expect.stringMatching(printed) })
})

test('what was set before a recording began is in it', async () => {
  const agent = teamAgent.replaceAll(/openai\/gpt-4o(-mini)?/g, 'anthropic/claude-sonnet-4-0')
  await using terminal = await atScreen(agent, [{ text: 'Before.' }, { text: 'Thought.' }])
  await terminal.waitFor(idle)
  await say(terminal, 'Hi', /Before\.\n\n>\nask/)
  await say(terminal, '/agent writer', 'You talk to writer')
  await say(terminal, '/think 2000', 'They think: 2000.')
  await say(terminal, '/model anthropic/claude-opus-4-0', 'writer speaks with')
  await say(terminal, '/record tape', 'it is recorded into tape.yaml')
  await say(terminal, 'Again', /Thought\.\n\n>\nask · recording tape · writer/)
  await leave(terminal)
  expect(await reprise(['replay', 'tape'], { cwd: terminal.folder })).toMatchObject({
    code: 0,
    stdout: '\n--- Agent: writer ---\nThought.',
  })
  expect(await reprise(['cassette', 'verify', 'tape', '--strict'], { cwd: terminal.folder })).toMatchObject({ code: 0 })
})

test('approval is given and taken back while it is recorded', async () => {
  const list = { toolCalls: [{ name: 'shell', input: { cmd: 'echo hi' } }] }
  await using terminal = await atScreen(
    toolAgent,
    [list, { text: 'One.' }, list, { text: 'Two.' }],
    ['--record=tape', '--yolo'],
  )
  await terminal.waitFor(idle)
  await say(terminal, 'Hi', /One\.\n\n>\nyolo/)
  await say(terminal, '/yolo off', /asked about again\.\n\n>\nask/)
  await say(terminal, 'Again', /Run shell\?/)
  terminal.write('y')
  await terminal.waitFor(/Two\.\n\n>\nask/)
  await leave(terminal)
  expect(await reprise(['cassette', 'verify', 'tape', '--strict'], { cwd: terminal.folder })).toMatchObject({ code: 0 })
})

test('in a replay nothing is otherwise, and what cannot be says why and what to do', async () => {
  await using folder = await folderWith({ 'agent.yaml': teamAgent })
  await using server = await providerServer([{ text: 'Yes.' }])
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path, ...server.env }
  await reprise(['exec', 'agent.yaml', '--record=tape', 'Hi'], { cwd: folder.path, env })
  await using terminal = ptyOf([process.execPath, command, 'run', 'agent.yaml', '--fake', 'tape'], {
    ...{ cwd: folder.path, env, rows: 60 },
  })
  await terminal.waitFor(idle)
  const real = /Start again with --record=NAME beside --fake/
  for (const change of ['/model openai/o3', '/agent writer', '/think high', '/record more']) {
    await say(terminal, change, new RegExp(`> ${change}\\n[^\\n]+\\n${real.source}`))
  }
  await say(terminal, '/new', /a replay goes as it was recorded\.\nreprise play tape shows any moment of it/)
  await say(terminal, '/sessions', 'A replay has no sessions.')
  await say(terminal, '/cost', 'Nothing has been spent yet.')
  await say(terminal, '/title It', '«It»')
  await say(terminal, '/yolo', 'Calls are approved')
  await say(terminal, '!echo own', /\nown\n/)
  await say(terminal, '/attach', '/attach')
  await say(terminal, '/undo', 'Nothing has been said yet.')
  await leave(terminal)
})

test('a replay offers what was said next, and Tab takes it', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'One.' }, { text: 'Two.' }])
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path, ...server.env }
  await reprise(['exec', 'agent.yaml', '--record=tape', 'Hi', 'And\nthen?'], { cwd: folder.path, env })
  await using terminal = ptyOf([process.execPath, command, 'run', 'agent.yaml', '--fake', 'tape'], {
    cwd: folder.path,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder.path },
  })
  await terminal.waitFor(/\n> Hi \(Tab\)\nask · replaying tape/)
  terminal.write(`\t${keys.enter}`)
  await terminal.waitFor(/> Hi\n\nOne\.\n\n> And then\? \(Tab\)\nask/)
  terminal.write('\t')
  await terminal.waitFor(/\n> And\n {2}then\?\nask/)
  terminal.write(keys.enter)
  await terminal.waitFor(/Two\.\n\n>\nask/)
  await leave(terminal)
})

test('a conversation that goes on from what is played back can be set otherwise there', async () => {
  await using folder = await folderWith({ 'agent.yaml': teamAgent })
  await using server = await providerServer([{ text: 'One.' }, { text: 'Two.' }, { when: 'One', text: 'Other.' }])
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path, ...server.env }
  await reprise(['exec', 'agent.yaml', '--record=tape', 'Hi', 'Again'], { cwd: folder.path, env })
  await using terminal = ptyOf(
    [process.execPath, command, 'run', 'agent.yaml', '--fake', 'tape', '--record=both', 'Hi'],
    { cwd: folder.path, env },
  )
  await terminal.waitFor(/One\.\n\n> Again \(Tab\)\nask · recording both/)
  await say(terminal, '/model openai/o3', 'root speaks with openai/o3')
  await say(terminal, 'Again', /Other\.\n\n>\nask/)
  await say(terminal, '/undo', /this one goes on from tape\.\nLeave, and start again without --fake/)
  await leave(terminal)
  expect(server.requests.at(-1)?.body['model']).toBe('o3')
  expect(await reprise(['replay', 'both'], { cwd: folder.path })).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/One\.[\s\S]*Other\./),
  })
})

test('a summary, a command of the shell and a file are recorded as what came of them, and a session goes on from all of it', async () => {
  await using terminal = await atScreen(
    toolAgent,
    [
      { text: `${'word '.repeat(6000)}One.` },
      { when: 'Sum this conversation up', text: 'They greeted.' },
      { when: /They greeted\..*<command>echo own.*noted words/, text: 'Two.' },
      { when: /They greeted\..*Two\./, text: 'Three.' },
    ],
    ['--record=tape'],
  )
  writeFileSync(join(terminal.folder, 'note.txt'), 'noted words')
  await terminal.waitFor(idle)
  await say(terminal, 'Hi', /One\.\n\n>\nask/)
  await say(terminal, '/compact', /> \/compact\n[\s\S]*\n>\nask · recording tape/)
  await say(terminal, '!echo own', /\nown\n/)
  await say(terminal, '/attach note.txt', 'goes along')
  await say(terminal, 'And this?', /Two\.\n\n>\nask/)
  await leave(terminal)
  const cli = (...args: string[]) => reprise(args, { cwd: terminal.folder })
  expect(await cli('replay', 'tape')).toMatchObject({ code: 0, stdout: expect.stringMatching(/One\.[\s\S]*Two\./) })
  expect(await cli('cassette', 'verify', 'tape', '--strict')).toMatchObject({ code: 0 })

  const env = { ...terminal.server.env, HOME: terminal.folder }
  const next = ['exec', 'agent.yaml', '--session', '-1', '--record=next', 'More']
  expect(await reprise(next, { cwd: terminal.folder, env })).toMatchObject({ code: 0 })
  expect(await cli('exec', 'agent.yaml', '--fake', 'next', '--strict', 'More')).toMatchObject({
    code: 0,
    stdout: '\n--- Agent: root ---\nThree.',
  })
})
