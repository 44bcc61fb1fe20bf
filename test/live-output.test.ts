import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { teamAgent, toolAgent } from './support/agents.ts'
import { command, reprise, startReprise } from './support/cli.ts'
import { hostilePath } from './support/mcp.ts'
import { providerServer } from './support/provider-server.ts'
import { keys, ptyOf } from './support/pty.ts'
import { atScreen, idle, leave, said } from './support/screen.ts'
import { folderWith } from './support/temp.ts'

const shell = (...cmds: string[]) => ({ toolCalls: cmds.map(cmd => ({ name: 'shell', input: { cmd } })) })
const yolo = ['--yolo', 'Go']
/** Waits for a file, as a line of shell. */
const until = (name: string) => `until [ -e ${name} ]; do sleep 0.02; done`
const touch = ({ folder }: { readonly folder: string }, name: string) => writeFileSync(join(folder, name), '')

test('the card of a running command shows its last lines, also of ten thousand', async () => {
  const cmd = `seq 3; ${until('more')}; seq 10000; ${until('end')}`
  await using terminal = await atScreen(toolAgent, [shell(cmd), { text: 'Done.' }], yolo, { rows: 24, columns: 80 })
  await terminal.waitFor(/● shell seq 3[^\n]*\n {2}1\n {2}2\n {2}3\n/)
  touch(terminal, 'more')
  await terminal.waitFor(/● shell seq 3[^\n]*\n {2}9996\n {2}9997\n {2}9998\n {2}9999\n {2}10000\n\n>/)
  expect(terminal.screen()).not.toMatch(/\b9995\b/)
  touch(terminal, 'end')
  await terminal.waitFor(/✓ shell seq 3[\s\S]*Done\.\n\n>/)
  expect(await leave(terminal)).not.toMatch(/\b9996\b/)
})

test('a progress bar is drawn over itself; colours, titles, pictures and bytes that are no text do no harm', async () => {
  const cmd = [
    `printf 'start\\n\\033[31mfetching\\033[0m  10%%\\r'`,
    `printf '\\033]0;a title'`,
    until('more'),
    `printf '\\007fetching  99%%\\runpacked'`,
    // A character, and a sequence, in two pieces.
    `printf '\\nna\\303'`,
    until('half'),
    `printf '\\257ve \\033[2'`,
    until('rest'),
    `printf 'Kok\\n'`,
    `head -c 3000 /dev/urandom | tr -d '\\n\\033'`,
    `printf '\\n\\033[2J\\033[Hhome\\n'`,
    until('end'),
  ].join('; ')
  await using terminal = await atScreen(toolAgent, [shell(cmd), { text: 'Done.' }], yolo)
  await terminal.waitFor(/● shell [^\n]*\n {2}start\n {2}fetching {2}10%\n\n>/)
  touch(terminal, 'more')
  await terminal.waitFor(/\n {2}start\n {2}unpacked {2}99%\n {2}na\n\n>/)
  touch(terminal, 'half')
  await terminal.waitFor(/\n {2}unpacked {2}99%\n {2}naïve\n\n>/)
  touch(terminal, 'rest')
  await terminal.waitFor(/● shell [^\n]*\n {2}home\n\n>/)
  expect(terminal.raw()).not.toContain('\x1b]0;a title')
  touch(terminal, 'end')
  await terminal.waitFor(/Done\.\n\n>/)
  await leave(terminal)
})

test('calls that run side by side each show their own, also on a small screen that changes its size', async () => {
  await using terminal = await atScreen(toolAgent, [shell('sh lines a', 'sh lines b'), { text: 'Done.' }], ['Go'], {
    ...{ rows: 12, columns: 60 },
  })
  const script = `seq -f "$1%g" 1000; ${until('more')}; seq -f "more $1%g" 50; ${until('end')}`
  writeFileSync(join(terminal.folder, 'lines'), script)
  await terminal.waitFor(/Run shell\? \(1 more/)
  terminal.write('a')
  await terminal.waitFor(/● shell sh[^\n]*\n {2}a999\n {2}a1000\n● shell sh[^\n]*\n {2}b999\n {2}b1000\n\n>/)
  // Wider each time: this terminal misplaces its cursor where a line below it is broken anew, which others do not.
  const sizes = [
    [70, 14],
    [80, 30],
    [90, 16],
    [100, 24],
  ] as const
  for (const [index, [columns, rows]] of sizes.entries()) {
    terminal.resize(columns, rows)
    terminal.write('x')
    await terminal.waitFor(new RegExp(`\\n {2}b1000\\n\\n> ${'x'.repeat(index + 1)}\\n`))
  }
  touch(terminal, 'more')
  await terminal.waitFor(
    / a[^\n]*\n {2}more a48\n {2}more a49\n {2}more a50\n● shell sh[^\n]*\n {2}more b48\n {2}more b49\n {2}more b50\n\n> xxxx\n/,
  )
  terminal.write('\x15')
  touch(terminal, 'end')
  await terminal.waitFor(/Done\.\n\n>\n/)
  const shown = await leave(terminal)
  expect(shown).not.toContain('●')
  expect(shown.match(/✓ shell/g)).toHaveLength(2)
})

test('a command of a sub-agent shows its lines in the tree', async () => {
  const agent = teamAgent.replace('type: filesystem', 'type: shell')
  const task = { agent: 'reader', task: 'Read', expected_output: 'Words' }
  await using terminal = await atScreen(
    agent,
    [
      { when: 'Give one task', toolCalls: [{ name: 'transfer_task', input: task }] },
      { when: 'You are the reader', ...shell(`echo one; ${until('end')}`) },
      { when: 'You are the reader', text: 'Read.' },
      { when: 'Give one task', text: 'Done.' },
    ],
    yolo,
  )
  await terminal.waitFor(/● transfer_task [^\n]*\n│ ● shell echo one[^\n]*\n│ {3}one\n\n>/)
  touch(terminal, 'end')
  await terminal.waitFor(/Done\.\n\n>/)
  await leave(terminal)
})

test('a command of the agent file, called by a script of the model, shows its lines and what it had written', async () => {
  const agent = `agents:
  root:
    model: openai/gpt-4o
    code_mode_tools: true
    toolsets:
      - { type: script, shell: { build: { cmd: 'echo "building $what"; sleep 1000', args: { what: { type: string, description: What } } } } }
`
  const script = 'return build({ what: "it" })'
  const call = { toolCalls: [{ name: 'run_tools_with_javascript', input: { script } }] }
  await using terminal = await atScreen(agent, [call], yolo)
  await terminal.waitFor(/● run_tools_with_javascript [^\n]*\n│ ● build [^\n]*\n│ {3}building it\n\n>/)
  terminal.write(keys.escape)
  await terminal.waitFor(
    /✗ root build [^\n]*\(interrupted\)[^\n]*\n[^\n]*canceled by the user\.\n[^\n]*Output so far: building it\n/,
  )
  await terminal.waitFor(idle)
  await leave(terminal)
})

test('what an interrupted command had written is shown, goes to the model, and is played back', async () => {
  const cmd = `echo first; echo "key $KEY"; sleep 1000`
  await using terminal = await atScreen(
    toolAgent.replace('type: shell', 'type: shell\n        env: { KEY: "sk-ant-api03-abcdefghijklmnopqrstuvwx" }'),
    [shell(cmd, 'echo second; sleep 1000', 'sleep 1000'), { text: 'I see.' }],
    ['--record=tape', ...yolo],
  )
  await terminal.waitFor(
    /● shell echo first[^\n]*\n {2}first\n {2}key sk[^\n]*\n● shell echo second[^\n]*\n {2}second\n● shell sleep 1000 *\d*s?\n/,
  )
  terminal.write(keys.escape)
  await terminal.waitFor(
    /✗ shell echo first[^\n]*\(interrupted\)[^\n]*\n {2}The tool call was canceled by the user\.\n {2}Output so far: first\n {2}key/,
  )
  await terminal.waitFor(/Interrupted\.\n/)
  await terminal.waitFor(idle)
  terminal.write(`And?${keys.enter}`)
  await terminal.waitFor(/I see\.\n/)
  await terminal.waitFor(idle)
  const shown = await leave(terminal)
  expect(shown).toMatch(/Output so far: second/)
  const results = JSON.stringify(terminal.server.requests[1]?.body['messages'])
  expect(results).toContain('canceled by the user.\\nOutput so far: first\\nkey sk-ant')
  expect(results).toContain('canceled by the user.\\nOutput so far: second')
  expect(said(terminal, 2)).toContain('And?')

  const folder = terminal.folder
  const played = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Go', 'And?'], { cwd: folder })
  expect(played).toMatchObject({ code: 130, stderr: 'Interrupted.\n' })
  expect(played.stdout).toMatch(/Output so far: first/)
  const run = await reprise(['replay', 'tape', '--json'], { cwd: folder })
  expect(run.stdout).toContain('Output so far: second')
  expect(run.stdout).not.toContain('sk-ant-api03')
})

test('a call whose arguments were changed is shown with those with which it ran: live, played back, and in a film', async () => {
  const args = ['--record=tape', 'Go']
  await using terminal = await atScreen(toolAgent, [shell('echo one'), { text: 'Done.' }], args)
  await terminal.waitFor(/cmd: echo one\n[\s\S]*Run shell\?/)
  terminal.write('e')
  await terminal.waitFor(/Run it with: echo one\n/)
  terminal.write(`${keys.backspace.repeat(3)}two; ${until('end')}${keys.enter}`)
  await terminal.waitFor(/● shell echo two; until[^\n]*\n {2}two\n/)
  touch(terminal, 'end')
  const card = /✓ shell echo two; until [^\n]* \(changed\)[^\n]*\n {2}two\n[\s\S]*Done\./
  await terminal.waitFor(card)
  await terminal.waitFor(idle)
  await leave(terminal)
  const env = { PATH: process.env['PATH'] ?? '', HOME: terminal.folder }
  const replay = [process.execPath, command, 'run', 'agent.yaml', '--fake', 'tape', 'Go']
  await using again = ptyOf(replay, { cwd: terminal.folder, env })
  await again.waitFor(card)
  await using film = ptyOf([process.execPath, command, 'play', 'tape'], { cwd: terminal.folder, env })
  await film.waitFor('q leave')
  film.write('G')
  await film.waitFor(card)
})

test('of a progress bar stands on the card how it was drawn last, also of a command of the user', async () => {
  const bar = (end: string) => `for i in 1 2 3; do printf "\\r$i of 3"; done; ${end}; echo`
  await using terminal = await atScreen(toolAgent, [shell(bar('true')), { text: 'Done.' }, { text: 'Yes.' }], yolo)
  await terminal.waitFor(/✓ shell for i[^\n]*\n {2}3 of 3\n\nDone\.\n\n>/)
  terminal.write(`!${bar(until('end'))}${keys.enter}`)
  await terminal.waitFor(/● ! for i[^\n]*\n {2}3 of 3\n/)
  touch(terminal, 'end')
  await terminal.waitFor(/ {2}along: ! for i/)
  terminal.write(`And?${keys.enter}`)
  await terminal.waitFor(/Yes\.\n\n>/)
  expect(said(terminal, 3)).toContain('<output>\\n3 of 3\\n</output>')
  await leave(terminal)
})

test('a server that tells how far it is, is shown', async () => {
  const agent = `agents:
  root:
    model: openai/gpt-4o
    toolsets:
      - { type: mcp, command: ${process.execPath}, args: ["${hostilePath}", tells how far it is] }
`
  await using terminal = await atScreen(agent, [{ toolCalls: [{ name: 'act', input: {} }] }, { text: 'Well.' }], yolo)
  await terminal.waitFor(/● act[^\n]*\n {2}Reading all \(1\/3\)\n {2}\{"slow":"disk"\}\n {2}11\/300\n\n>/)
  terminal.write(keys.escape)
  await terminal.waitFor(/✗ act[^\n]*\(interrupted\)/)
  await terminal.waitFor(idle)
  terminal.write(`And?${keys.enter}`)
  await terminal.waitFor(/Well\.\n\n>/)
  expect(await leave(terminal)).not.toContain('nobody wants to know')
})

/** What a slow command writes, and then all of it. */
const slow = `printf 'one\\n10%%\\r20%%\\r'; ${until('more')}; printf '\\033[2K\\033[1mtwo\\033[0m\\n'; ${until('end')}`

test('on a terminal exec shows the newest line of a command that takes long, and a replay does not', async () => {
  await using folder = await folderWith({ 'agent.yaml': toolAgent })
  await using server = await providerServer([shell(slow), { text: 'Done.' }])
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path, ...server.env }
  const args = ['exec', 'agent.yaml', '--record=tape', ...yolo]
  await using terminal = ptyOf([process.execPath, command, ...args], { cwd: folder.path, env })
  await terminal.waitFor(/Calling shell\([\s\S]*\)\n {2}\| 20%$/)
  touch({ folder: folder.path }, 'more')
  await terminal.waitFor(/ {2}\| 20%\n {2}\| two$/)
  touch({ folder: folder.path }, 'end')
  expect((await terminal.exit).code).toBe(0)
  expect(terminal.raw()).toContain('\x1b[2m  | two\x1b[22m\r\n')
  const replay = ['exec', 'agent.yaml', '--fake', 'tape', 'Go']
  await using again = ptyOf([process.execPath, command, ...replay], { cwd: folder.path, env })
  expect((await again.exit).code).toBe(0)
  expect(again.raw()).not.toContain('  | ')
})

test('where nobody reads along, live output is told to those who ask for it, and a replay prints what it prints without', async () => {
  await using folder = await folderWith({ 'agent.yaml': toolAgent })
  await using server = await providerServer([shell(slow), { text: 'Done.' }, shell(slow), { text: 'Done.' }])
  const options = { cwd: folder.path, env: server.env }
  const exec = ['exec', 'agent.yaml', '--json']
  await using running = await startReprise([...exec, '--record=tape', '--live-output', ...yolo], options)
  await running.waitFor('20%\\r"')
  touch({ folder: folder.path }, 'more')
  await running.waitFor('two\\u001b[0m\\n"')
  touch({ folder: folder.path }, 'end')
  const { stdout, stderr } = await running.result
  const lines = stdout.split('\n')
  const events = lines.filter(line => line !== '').map(line => JSON.parse(line))
  const told = events.filter(({ type }) => type === 'tool-output-delta')
  expect(told.length).toBeGreaterThan(1)
  for (const one of told) expect(one).toMatchObject({ path: [1], name: 'shell', id: expect.any(String) })
  expect(told.map(({ text }) => text).join('')).toBe('one\n10%\r20%\r\x1b[2K\x1b[1mtwo\x1b[0m\n')
  expect(stderr).toContain('Recorded')

  const replayed = await reprise([...exec, '--fake', 'tape', '--live-output', 'Go'], { cwd: folder.path })
  const others = lines.filter(line => !line.includes('"tool-output-delta"'))
  expect(replayed.stdout).toBe(others.join('\n'))
  const live = await reprise([...exec, ...yolo], options)
  expect(live).toMatchObject({ stderr: '', code: 0 })
  expect(live.stdout).not.toContain('tool-output-delta')
})
