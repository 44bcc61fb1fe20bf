import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { helloAgent, teamAgent, toolAgent } from './support/agents.ts'
import { command, reprise } from './support/cli.ts'
import type { ProviderStep } from './support/provider-server.ts'
import { keys, ptyOf } from './support/pty.ts'
import { atScreen, idle, leave, words } from './support/screen.ts'

test('a conversation is typed and answered, with Markdown drawn, and stays in the scrollback', async () => {
  const answer = '# Title\n\nSome **bold** and `code`.\n\n- one\n- two\n\n```js\nlet a = 1\n```\nDone.'
  await using terminal = await atScreen(`${helloAgent}    welcome_message: Ask *me* anything.\n`, [
    { text: answer.split(/(?<=[ \n])/) },
    { when: /Done.*How are you/, text: 'Fine.' },
  ])
  await terminal.waitFor(/Ask me anything\.\n\n> \/ for commands[^\n]*\nask · root · openai\/gpt-4o-mini$/)
  terminal.write(`Hi${keys.enter}`)
  await terminal.waitFor(/> Hi\n\nTitle\n\nSome bold and code\.\n\n• one\n• two\n\n {2}let a = 1\nDone\.\n\n>\nask/)
  await terminal.waitFor(/tokens/)
  terminal.write(`How are you?${keys.enter}`)
  await terminal.waitFor(/Fine\.\n\n>\nask · root · openai\/gpt-4o-mini · \d+ tokens · [<$]/)
  expect(terminal.raw()).toContain('\x1b[1mbold')
  const screen = await leave(terminal)
  expect(screen).toMatch(/Fine\.\n\nGo on with: reprise run agent\.yaml --session \w+$/)
  expect(screen.match(/How are you/g)).toHaveLength(1)
})

test('a run is recorded as before, and played back to a terminal and to exec', async () => {
  await using terminal = await atScreen(helloAgent, [{ text: 'Hello!' }], ['--record=tape', 'Hi'])
  await terminal.waitFor(/Hello!\n\n>\nask · recording tape · root/)
  expect(await leave(terminal)).toMatch(/Hello!\n\nRecorded: \S+tape\.yaml\nGo on with: /)
  const { stdout, code } = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Hi'], {
    cwd: terminal.folder,
  })
  expect({ stdout, code }).toEqual({ stdout: '\n--- Agent: root ---\nHello!', code: 0 })
})

const examples = {
  hello: ['What is a cassette?', 'and for free.'],
  team: ['Write a note on why the sea is salty.', /→ editor [\s\S]*│ editor\n│ Why the Sea[\s\S]*billion\nyears\./],
  'code-reviewer': ['Review pkg/auth/handler.go for security issues', /✓ read_file pkg[\s\S]*Begin with 1 to 3/],
  openai: ['Plan a small birthday party.', /∴ The user wants[\s\S]*✓ create_todos[\s\S]*begin with the date/],
  anthropic: ['How many files are here, and which is the largest?', /✓ shell wc -c \*\n[\s\S]*song\.txt/],
} as const

test.each(Object.entries(examples))('the example %s plays back on a screen', async (name, [message, shown]) => {
  const env = { PATH: process.env['PATH'] ?? '', HOME: '/nowhere' }
  await using terminal = ptyOf([process.execPath, command, 'run', `agents/${name}.yaml`, '--fake', name, message], {
    cwd: resolve('.'),
    env,
    columns: 80,
    rows: 24,
  })
  await terminal.waitFor(shown)
  await terminal.waitFor(idle)
  await leave(terminal)
})

const writing = (...names: readonly string[]): ProviderStep => ({
  toolCalls: names.map(path => ({ name: 'write_file', input: { path, content: `text of ${path}\nand more` } })),
})

test('a call is shown whole and asked about: yes, no, no with a reason, always', async () => {
  await using terminal = await atScreen(
    toolAgent,
    [
      writing('a'),
      writing('b'),
      { ...writing('c'), when: 'The user rejected the tool call.' },
      { ...writing('d', 'e'), when: 'Reason: not that one' },
      writing('f'),
      { text: 'Enough.' },
    ],
    ['Write'],
  )
  await terminal.waitFor(/\? write_file would run with\n {2}path: a\n {2}\+ text of a\n {2}\+ and more/)
  await terminal.waitFor(
    /Run write_file\?\n {2}y once {2}s for the session {2}p in this project {2}a all \(yolo\) {2}e edit {2}n no {2}r no, with a reason\nwaiting for you/,
  )
  terminal.write('y')
  await terminal.waitFor(/path: b[\s\S]*Run write_file\?/)
  terminal.write('xn')
  await terminal.waitFor(/path: c[\s\S]*Run write_file\?/)
  terminal.write('r')
  await terminal.waitFor('Why not?')
  terminal.write(`not that one${keys.enter}`)
  await terminal.waitFor(/path: d[\s\S]*Run write_file\? \(1 more waiting\)/)
  terminal.write('a')
  await terminal.waitFor(/Enough\.\n\n>\nyolo · root/)
  await leave(terminal)
  expect(['a', 'b', 'c', 'd', 'e', 'f'].filter(name => existsSync(join(terminal.folder, name)))).toEqual([
    'a',
    'd',
    'e',
    'f',
  ])
  expect(terminal.screen().match(/would run with/g)).toHaveLength(4)
  expect(terminal.screen()).toMatch(/✗ write_file b \(denied\)/)
})

test('on the screen an answer can hold for such calls, and arguments can be changed before a call is approved', async () => {
  const running = (...cmds: string[]): ProviderStep => ({
    toolCalls: cmds.map(cmd => ({ name: 'shell', input: { cmd } })),
  })
  await using terminal = await atScreen(
    `${toolAgent}permissions: { ask: ["shell:cmd=echo *"] }\n`,
    [running('wc -l x', 'wc -c x', 'touch b'), running('touch c', 'echo one'), writing('d'), { text: 'All.' }],
    ['Go'],
  )
  await terminal.waitFor(/cmd: wc -l x[\s\S]*Run shell\? \(2 more waiting\)/)
  terminal.write('s')
  await terminal.waitFor(/Allow until the end: shell:cmd=wc \*\n/)
  terminal.write(keys.enter)
  await terminal.waitFor(/cmd: touch b[\s\S]*Run shell\?\n/)
  terminal.write('p')
  await terminal.waitFor(/Allow in this project: shell:cmd=touch \*\n/)
  terminal.write(keys.escape)
  await terminal.waitFor(/Run shell\?\n/)
  terminal.write('p')
  await terminal.waitFor(/Allow in this project: shell:cmd=touch \*\n/)
  terminal.write(keys.enter)
  await terminal.waitFor(/cmd: echo one\n {2}Asked because of the rule "ask: shell:cmd=echo \*"\.[\s\S]*Run shell\?\n/)
  terminal.write('e')
  await terminal.waitFor(/Run it with: echo one\n/)
  terminal.write(`${keys.backspace.repeat(3)}two${keys.enter}`)
  await terminal.waitFor(/✓ shell echo two \(changed\)\n {2}two\n[\s\S]*path: d[\s\S]*Run write_file\?\n/)
  terminal.write('e')
  await terminal.waitFor(/Run it with: \{[\s\S]*"path": "d"/)
  terminal.write(`x${keys.enter}`)
  await terminal.waitFor(/they must be a JSON object/)
  terminal.write(`${keys.backspace}${keys.enter}`)
  await terminal.waitFor(/All\.\n\n>\nask · root/)
  await leave(terminal)
  expect(['b', 'c', 'd'].filter(name => existsSync(join(terminal.folder, name)))).toEqual(['b', 'c', 'd'])
  expect(readFileSync(join(terminal.folder, '.reprise/permissions.yaml'), 'utf8')).toContain('"shell:cmd=touch *"')
})

test('what a model writes cannot move the cursor or hide part of a command', async () => {
  const cmd = 'echo safe\x1b[2K\x1b[1G\u202eecho evil'
  await using terminal = await atScreen(
    toolAgent,
    [{ toolCalls: [{ name: 'shell', input: { cmd } }] }, { text: 'a\x1b]0;owned\x07b\x1b[31mc' }],
    ['Go'],
  )
  await terminal.waitFor(/cmd: echo safe\ufffdecho evil\n/)
  terminal.write('n')
  await terminal.waitFor(/\nabc\n/)
  expect(terminal.raw()).not.toContain('owned')
  expect(terminal.raw()).not.toContain('\x1b[31mc')
})

test('what is typed while the agent speaks waits in the queue; Esc interrupts, and it is said', async () => {
  await using terminal = await atScreen(
    helloAgent,
    [
      { text: words(5000), delayMs: 20 },
      { when: 'And now?', text: 'Still here.' },
    ],
    ['Talk'],
  )
  await terminal.waitFor('word5')
  terminal.write(`And now?${keys.enter}`)
  await terminal.waitFor(/ {2}queued: And now\?\n>\nworking/)
  terminal.write(keys.up)
  await terminal.waitFor(/word\d+\n\n> And now\?\nworking/)
  terminal.write(keys.enter)
  await terminal.waitFor(/ {2}queued: And now\?\n>\nworking/)
  terminal.write(keys.escape)
  await terminal.waitFor(/Interrupted\.\n\n> And now\?\n\nStill here\.\n\n>\nask/)
  await leave(terminal)
})

test('Ctrl-C clears, then interrupts, and twice leaves with 130; what was recorded is whole', async () => {
  await using terminal = await atScreen(helloAgent, [{ text: words(5000), delayMs: 20 }], ['--record=tape'])
  await terminal.waitFor(idle)
  terminal.write('half a thou')
  await terminal.waitFor('> half a thou')
  terminal.write(keys.interrupt)
  await terminal.waitFor(/>[^\n]*\nCtrl-C again to leave/)
  terminal.write(`Talk${keys.enter}`)
  await terminal.waitFor('word5')
  terminal.write(keys.interrupt)
  await terminal.waitFor('Interrupted.')
  terminal.write(keys.interrupt)
  expect((await terminal.exit).code).toBe(130)
  expect(readFileSync(join(terminal.folder, 'tape.yaml'), 'utf8')).toContain('Talk')
})

test('/commands: help, cost, model, agent, new, yolo, quit; the file’s own; anything else is said', async () => {
  const agent = `${teamAgent.replace('sub_agents: [reader, writer]', 'commands:\n      fix: Fix this')}`
  await using terminal = await atScreen(agent, [
    { when: 'Fix this now', text: 'Fixed.' },
    { when: /gpt-4o-mini.*Fixed.*And\?/, text: 'Other.' },
    { when: /You are the reader.*Fixed.*Read/, text: 'Read.' },
    { when: /^(?!.*Fixed).*Anew/, text: 'Fresh.' },
    { when: '/etc/hosts', text: 'A file.' },
  ])
  const say = async (text: string, shown: RegExp) => {
    terminal.write(text)
    terminal.write(keys.enter)
    await terminal.waitFor(shown)
    await terminal.waitFor(idle)
  }
  await terminal.waitFor(idle)
  await say('/help', /\/fix[\s\S]*\/help +this list[\s\S]*\/quit +leave[\s\S]*Ctrl\+D +leave/)
  await say('/cost', /Nothing has been spent/)
  await say('/fix now', /Fixed\./)
  await say('/cost', /gpt-4o[\w-]*: 1 calls, .* out, \$[\d.]+\ncontext: \d+ tokens/)
  await say('/model nonsense', /There is no model nonsense/)
  await say('/model openai/gpt-4o-mini', /root speaks with openai\/gpt-4o-mini/)
  terminal.write(`/model${keys.enter}`)
  await terminal.waitFor(/Model:\n▸ openai\/gpt-4o-mini +\(now\)\n {2}openai\/gpt-4o\n/)
  terminal.write('openai/gpt-4o-mini')
  await terminal.waitFor(/\n▸ openai\/gpt-4o-mini +\(now\)/)
  terminal.write('-2')
  await terminal.waitFor(/Enter takes openai\/gpt-4o-mini-2/)
  terminal.write(keys.escape)
  await terminal.waitFor(idle)
  await say('And?', /Other\./)
  await say('/agent nobody', /There is no agent nobody in this file\.\nThe agents are: root, reader, writer\./)
  terminal.write('/agent')
  terminal.write(keys.enter)
  await terminal.waitFor(/Agent:\n▸ root +\(now\).*\n {2}reader +Reads/)
  terminal.write('rea')
  await terminal.waitFor(/Agent: rea\n▸ reader/)
  terminal.write(keys.enter)
  await terminal.waitFor(/You talk to reader/)
  await terminal.waitFor(idle)
  await say('Read', /Read\.\n\n>\nask · reader/)
  await say('/new', /A new conversation\./)
  await say('Anew', /Fresh\./)
  await say('/yolo', /Calls are approved[\s\S]*\nyolo · /)
  await say('/yolo off', /asked about again[\s\S]*\nask · /)
  await say('/etc/hosts', /A file\./)
  terminal.write(`/quit${keys.enter}`)
  expect((await terminal.exit).code).toBe(0)
})

test('a conversation that is recorded is not begun anew', async () => {
  await using terminal = await atScreen(helloAgent, [], ['--record=tape'])
  await terminal.waitFor(idle)
  terminal.write(`/new${keys.enter}`)
  await terminal.waitFor(/\/new leads to another conversation, and a recording holds one[\s\S]*\/record off/)
  await leave(terminal)
})

test('it goes on after a failure of the provider; a replay without an answer decides the exit code', async () => {
  await using terminal = await atScreen(
    helloAgent,
    [{ status: 400, message: 'Not like this.' }, { text: 'Better.' }],
    ['Hi', 'And now?'],
  )
  await terminal.waitFor(/Not like this\.[\s\S]*Better\.\n\n>\nask/)
  await leave(terminal)

  const env = { PATH: process.env['PATH'] ?? '', HOME: '/nowhere' }
  const args = ['run', 'agents/hello.yaml', '--fake', 'hello', 'Something else']
  await using replay = ptyOf([process.execPath, command, ...args], { cwd: resolve('.'), env })
  await replay.waitFor(idle)
  replay.write(keys.end)
  expect((await replay.exit).code).toBe(3)
})
