import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
  await terminal.waitFor(/^Enter sends what you type\. [^\n]*\nAsk me anything\.\n\n>$/)
  terminal.write(`Hi${keys.enter}`)
  await terminal.waitFor(/> Hi\n\nroot says:\nHello!\n\n>$/)
  terminal.write(keys.enter)
  terminal.write(`How are you?${keys.enter}`)
  await terminal.waitFor(/Fine\.\n\n>$/)
  terminal.write(keys.end)
  expect((await terminal.exit).code).toBe(0)
  expect(terminal.raw()).not.toContain('\x1b[1m')
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
  terminal.write(`half${keys.interrupt}`)
  await terminal.waitFor(/Ctrl-C again leaves, and so does Ctrl-D\.\n\n>$/)
  terminal.write(`more${keys.interrupt}`)
  await terminal.waitFor(/>\nCtrl-C again leaves[^\n]*\n\n>\n[\s\S]*Ctrl-C again leaves[^\n]*\n\n>$/)
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
  await terminal.waitFor(/Yes 👍[\s\S]*path: "b"[\s\S]*\[n\]o\): \(\? for more\)$/)
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

test('an answer can hold for such calls, in this session or in the project from now on', async () => {
  const running = (cmd: string): ProviderStep => ({ toolCalls: [{ name: 'shell', input: { cmd } }] })
  const steps = [running('wc -l a'), running('wc -c a'), running('touch b'), writing('c'), { text: 'All.' }]
  await using terminal = await atTerminal(toolAgent, steps, ['exec', 'agent.yaml', '--record=tape', 'Go'])
  await terminal.waitFor(/\(\? for more\)$/)
  terminal.write('?')
  await terminal.waitFor(/s {2}yes, and such calls[^)]*\(shell:cmd=wc \*\)[\s\S]*no with a \[r\]eason:$/)
  terminal.write('s')
  await terminal.waitFor(/allow: shell:cmd=wc \*$/)
  terminal.write(keys.enter)
  await terminal.waitFor(
    /Allowed from now on: shell:cmd=wc \*[\s\S]*cmd: "wc -c a"[\s\S]*cmd: "touch b"[\s\S]*\(\? for more\)$/,
  )
  terminal.write('p')
  await terminal.waitFor(/allow: shell:cmd=touch \*$/)
  terminal.write(`${keys.backspace}[a-z]${keys.enter}`)
  await terminal.waitFor(/Allowed from now on: shell:cmd=touch \[a-z\][\s\S]*path: "c"[\s\S]*\(\? for more\)$/)
  terminal.write('n')
  await terminal.waitFor('All.')
  expect((await terminal.exit).code).toBe(0)
  const file = readFileSync(join(terminal.folder, '.reprise', 'permissions.yaml'), 'utf8')
  expect(file).toMatch(/\nallow:\n {2}- "shell:cmd=touch \[a-z\]"\n$/)

  // A replay asks nobody, and writes nothing; a further run does not ask about such calls.
  rmSync(join(terminal.folder, '.reprise'), { recursive: true })
  const at = { cwd: terminal.folder }
  const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Go'], at)
  expect(replayed).toMatchObject({ stderr: '', code: 0 })
  expect(replayed.stdout).toContain('Allowed from now on: shell:cmd=touch [a-z]\n')
  expect(existsSync(join(terminal.folder, '.reprise'))).toBe(false)
  mkdirSync(join(terminal.folder, '.reprise'))
  writeFileSync(join(terminal.folder, '.reprise', 'permissions.yaml'), file)
  await using server = await providerServer([running('touch d'), running('touch dd'), { text: 'All.' }])
  const again = await reprise(['exec', 'agent.yaml', 'Go'], { ...at, env: server.env })
  expect(again.stdout).toMatch(/touch dd[\s\S]*No 👎/)
  expect(again.stdout.match(/Can I run/g)).toHaveLength(1)
})

test('a rule that is agreed to answers for the calls that wait', async () => {
  await using terminal = await atTerminal(
    toolAgent,
    [writing('a', 'b', 'c'), writing('d'), { text: 'Four.' }],
    ['exec', 'agent.yaml', 'Write'],
  )
  await terminal.waitFor(question)
  terminal.write('s')
  await terminal.waitFor(/allow: write_file$/)
  terminal.write(keys.enter)
  await terminal.waitFor('Four.')
  expect((await terminal.exit).code).toBe(0)
  expect(['a', 'b', 'c', 'd'].every(name => existsSync(join(terminal.folder, name)))).toBe(true)
})

test('arguments can be changed before a call is approved, and a no can say why; a replay shows both', async () => {
  const running = (cmd: string): ProviderStep => ({ toolCalls: [{ name: 'shell', input: { cmd } }] })
  await using terminal = await atTerminal(
    `${toolAgent}permissions: { deny: ["shell:cmd=rm *"] }\n`,
    [
      running('echo one'),
      { ...writing('a'), when: /two[\s\S]*The user changed the arguments of this call to {\W*cmd\W*echo two/ },
      { ...running('echo three'), when: /path\W*b\W*content\W*B/ },
      { ...running('echo four'), when: /denied by permissions configuration/ },
      { text: 'So be it.', when: /rejected the tool call. Reason: too many/ },
    ],
    ['exec', 'agent.yaml', '--record=tape', 'Go'],
  )
  await terminal.waitFor(/\(\? for more\)$/)
  terminal.write('e')
  await terminal.waitFor(/cmd: echo one$/)
  terminal.write(`${keys.backspace.repeat(3)}two${keys.enter}`)
  await terminal.waitFor(/Calling shell\(cmd: "echo two"\)[\s\S]*path: "a"[\s\S]*\(\? for more\)$/)
  terminal.write('e')
  await terminal.waitFor(/arguments: \{"path":"a","content":"a"\}$/)
  terminal.write(`x${keys.enter}`)
  await terminal.waitFor(/That is no JSON object\.\narguments: .*x$/)
  terminal.write(`\x15{"path":"b","content":"B"}${keys.enter}`)
  await terminal.waitFor(/echo three[\s\S]*\(\? for more\)$/)
  terminal.write('e')
  await terminal.waitFor(/cmd: echo three$/)
  terminal.write(`\x15rm -rf .${keys.enter}`)
  await terminal.waitFor(/echo four[\s\S]*\(\? for more\)$/)
  terminal.write('r')
  await terminal.waitFor(/Why not\? $|Why not\?$/)
  terminal.write(`too many${keys.enter}`)
  await terminal.waitFor('So be it.')
  expect((await terminal.exit).code).toBe(0)
  expect(existsSync(join(terminal.folder, 'a'))).toBe(false)
  expect(readFileSync(join(terminal.folder, 'b'), 'utf8')).toBe('B')

  const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Go'], { cwd: terminal.folder })
  expect(replayed).toMatchObject({ stderr: '', code: 0 })
  expect(replayed.stdout).toMatch(/Calling shell\(cmd: "echo two"\)[\s\S]*content: "B"[\s\S]*So be it\.$/)
  const shown = await reprise(['cassette', 'show', 'tape'], { cwd: terminal.folder })
  expect(shown.stdout).toContain('the person says yes, with {"cmd":"echo two"}')
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

test('in a conversation line by line a call can be changed, a no explained, and what is said next is no answer', async () => {
  const running = (cmd: string): ProviderStep => ({ toolCalls: [{ name: 'shell', input: { cmd } }] })
  await using terminal = await atTerminal(
    toolAgent,
    [
      running('echo one'),
      { text: 'Two it is.', when: /two/ },
      running('echo three'),
      { text: 'Well.', when: /Reason: enough/ },
    ],
    ['run', '--plain', 'agent.yaml'],
  )
  await terminal.waitFor(/>$/)
  terminal.write(`Count${keys.enter}`)
  await terminal.waitFor(/\(\? for more\)$/)
  terminal.write('e')
  await terminal.waitFor(/cmd: echo one$/)
  terminal.write(`${keys.backspace.repeat(3)}two${keys.enter}`)
  await terminal.waitFor(/Two it is\.\n\n>$/)
  terminal.write(`Go on${keys.enter}`)
  await terminal.waitFor(/echo three[\s\S]*\(\? for more\)$/)
  terminal.write('r')
  await terminal.waitFor(/Why not\?$/)
  terminal.write(`enough${keys.enter}`)
  await terminal.waitFor(/Well\.\n\n>$/)
  terminal.write(keys.end)
  expect((await terminal.exit).code).toBe(0)
})
