import { Console } from 'node:console'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { Conversation } from '../runtime/team/open.ts'
import type { Stage } from '../runtime/team/screen.ts'
import { sizesFor } from '../runtime/team/tools/sizes.ts'
import { screen } from '../runtime/tui/screen.tsx'
import { helloAgent, toolAgent } from './support/agents.ts'
import { keys } from './support/pty.ts'
import { atScreen, idle, leave, said } from './support/screen.ts'

test('the terminal is sane after SIGKILL', async () => {
  const shell = `before=$(stty -g); sh -c 'echo $$ > pid; exec "$0" "$@"' "$0" "$@"; for i in 1 2 3 4 5 6 7 8 9; do sleep 0.2; [ "$before" = "$(stty -g)" ] && echo "same terminal" && break; done`
  await using terminal = await atScreen(helloAgent, [], [], { shell })
  await terminal.waitFor(idle)
  process.kill(Number(readFileSync(join(terminal.folder, 'pid'), 'utf8')), 'SIGKILL')
  await terminal.waitFor('same terminal')
  await terminal.exit
  const raw = terminal.raw()
  for (const mode of ['?1004', '?2004', '?25']) {
    const [on, off] = mode === '?25' ? ['l', 'h'] : ['h', 'l']
    expect(raw.lastIndexOf(`\x1b[${mode}${off}`)).toBeGreaterThan(raw.lastIndexOf(`\x1b[${mode}${on}`))
  }
})

/** A terminal that notes in which mode it is. */
const fakeTerminal = () => {
  const modes: boolean[] = []
  let written = ''
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (is: boolean) => modes.push(is),
    ref: () => undefined,
    unref: () => undefined,
  })
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 })
  stdout.on('data', (bytes: Buffer) => {
    written += bytes.toString()
  })
  return { stdin, stdout, modes, written: () => written }
}

test('a component that throws ends the conversation, and the terminal is as it was', async () => {
  // Ink makes one of its own, and the console of Vitest has none.
  Object.assign(console, { Console })
  const { stdin, stdout, modes, written } = fakeTerminal()
  let isClosed = false
  const conversation: Conversation = {
    ...{ welcome: undefined, speaker: 'root', agents: [], session: () => undefined },
    inspect: async () => ({ instructions: [], tools: [], sizes: sizesFor('') }),
    async *say() {
      // Nothing that a run would tell: it cannot be drawn.
      yield { path: [], agent: 'root', type: 'notice', level: 'info', code: '', text: 1 as unknown as string }
    },
    set: () => undefined,
    trust: () => undefined,
    close: async () => {
      isClosed = true
      return { notices: [] }
    },
  }
  const stage = {
    ...{ stdin, stdout, stderr: new PassThrough(), env: {}, workingDirectory: '/', now: () => 0 },
    ...{
      stateFolder: '/nowhere',
      settingsFolder: '/nowhere',
      wishes: { models: [], yolo: false, earlier: [] },
      tapes: {},
    },
    ...{ messages: [[{ type: 'text', text: 'Hi' }]], open: async () => conversation },
    preferences: async () => ({}),
    files: async function* () {},
    attach: () => ({ type: 'text', text: '' }),
  } as unknown as Stage
  await expect(screen(stage)).rejects.toThrow('text.trimEnd')
  expect(isClosed).toBe(true)
  expect(modes.at(-1)).toBe(false)
  expect(written()).toContain('\x1b[?2004l\x1b[?1004l')
})

test('what waits is said between two steps when Enter is pressed again', async () => {
  await using terminal = await atScreen(
    toolAgent,
    [
      { toolCalls: [{ name: 'shell', input: { cmd: 'until [ -e go ]; do sleep 0.05; done' } }] },
      { when: 'Make haste', text: 'Done, in haste.' },
    ],
    ['--yolo', 'Wait'],
  )
  await terminal.waitFor(/● shell/)
  terminal.write(`Make haste${keys.enter}`)
  await terminal.waitFor(/ {2}queued: Make haste\n>\nworking[^\n]*, Enter says it at the next step, Esc interrupts/)
  terminal.write(keys.enter)
  await terminal.waitFor(/ {2}at the next step: Make haste\n>\nworking/)
  writeFileSync(join(terminal.folder, 'go'), '')
  await terminal.waitFor(/✓ shell until[\s\S]*> Make haste\n\nDone, in haste\.\n\n>\nyolo/)
  expect(said(terminal, 2)).toContain('Make haste')
  await leave(terminal)
})

test('a bell rings when an answer is needed and nobody looks, and not when somebody does', async () => {
  const step = { toolCalls: [{ name: 'write_file', input: { path: 'a', content: 'x' } }] }
  await using terminal = await atScreen(toolAgent, [step, step, { text: 'So be it.' }])
  terminal.write('\x1b[I')
  terminal.write(`Write${keys.enter}`)
  await terminal.waitFor(/Run write_file\?/)
  expect(terminal.raw()).not.toContain('\x07')
  terminal.write('\x1b[O')
  terminal.write('n')
  await terminal.waitFor(/\(denied\)[\s\S]*Run write_file\?/)
  expect(terminal.raw()).toContain('\x07\x1b]9;root waits for your answer.\x07')
  terminal.write('\x1b[In')
  await terminal.waitFor(/So be it\.\n\n>\nask/)
  await leave(terminal)
})

test('a terminal that tells keys apart is asked to, until the end', async () => {
  await using terminal = await atScreen(helloAgent, [], [], { env: { TERM_PROGRAM: 'ghostty' } })
  await terminal.waitFor(idle)
  terminal.write('a\x1b[13;2ub\x1b[99;5u')
  await terminal.waitFor(/>[^\n]*\nCtrl-C again to leave/)
  terminal.write('c')
  await terminal.waitFor(/> c\nask/)
  terminal.write('\x1b[117;5u\x1b[100;5u')
  expect((await terminal.exit).code).toBe(0)
  expect(terminal.raw()).toContain('\x1b[>1u')
  expect(terminal.raw().lastIndexOf('\x1b[<u')).toBeGreaterThan(terminal.raw().lastIndexOf('\x1b[>1u'))
})
