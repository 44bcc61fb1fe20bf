import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commands } from '../runtime/tui/commands/all.ts'
import { bindings, keyName } from '../runtime/tui/input/keymap.ts'
import { helloAgent } from './support/agents.ts'
import { keys } from './support/pty.ts'
import { atScreen, backAgain, idle, leave } from './support/screen.ts'

type Press = { readonly bytes: string; readonly before?: string; readonly shows: RegExp; readonly after?: string }

/** In what stands in the input, `|` is where the next letter goes. */
const input = (text: string): RegExp =>
  new RegExp(`> ${text.replace('|', 'X').replace(/[.*+?^$()[\]\\]/g, '\\$&')}\nask`)
/** A key that moves or deletes, on `one two`, and then a letter. */
const edit = (bytes: string, text: string, before = 'one two'): Press => ({
  before,
  bytes: `${bytes}X`,
  shows: input(text),
})

const left = '\x1b[D'
/** Each key of the help, how it is pressed, and what is seen then. */
const presses: Readonly<Record<string, Press>> = {
  enter: { before: 'said', bytes: '\r', shows: /> said\n\nYes\.\n\n>\nask/ },
  'alt+enter': edit('\x1b\r', 'one two\n  |'),
  'shift+enter': edit('\x1b[13;2u', 'one two\n  |'),
  'ctrl+j': edit('\n', 'one two\n  |'),
  escape: { before: '/co', bytes: '\x1b', shows: /> \/co\nask/ },
  'shift+tab': { bytes: '\x1b[Z', shows: />\nyolo[\s\S]*$/, after: '\x1b[Z' },
  'ctrl+c': { before: 'gone', bytes: '\x03', shows: />[^\n]*\nCtrl-C again to leave/ },
  'ctrl+d': edit('\x01\x04', '|ne two'),
  'ctrl+o': { bytes: '\x0f', shows: /Nothing is folded\./ },
  tab: { before: '/cos', bytes: '\t', shows: /> \/cost\nask/ },
  'ctrl+v': { bytes: '\x16', shows: /There is no clipboard here: no display/ },
  'alt+v': { bytes: '\x1bv', shows: /There is no clipboard here[\s\S]*There is no clipboard here/ },
  up: { bytes: '\x1b[A', shows: /> said\nask/ },
  'ctrl+p': { bytes: '\x10', shows: /> said\nask/ },
  down: { bytes: '\x1b[A\x1b[B', shows: idle },
  'ctrl+n': { bytes: '\x10\x0e', shows: idle },
  'ctrl+r': { bytes: '\x12', shows: /Search:\n▸ said\nask/, after: '\x1b' },
  'ctrl+g': { before: 'text', bytes: '\x07', shows: /> text edited\nask/ },
  'ctrl+z': { before: 'half', bytes: '\x1a', shows: /> half\nask/ },
  'ctrl+l': { before: 'drawn', bytes: '\x0c', shows: /> drawn\nask/ },
  left: edit(left, 'one tw|o'),
  'ctrl+b': edit('\x02', 'one tw|o'),
  right: edit(`\x01\x1b[C`, 'o|ne two'),
  'ctrl+f': edit('\x01\x06', 'o|ne two'),
  'alt+left': edit('\x1b[1;3D', 'one |two'),
  'ctrl+left': edit('\x1b[1;5D', 'one |two'),
  'alt+b': edit('\x1bb', 'one |two'),
  'alt+right': edit('\x01\x1b[1;3C', 'one| two'),
  'ctrl+right': edit('\x01\x1b[1;5C', 'one| two'),
  'alt+f': edit('\x01\x1bf', 'one| two'),
  home: edit('\x1b[H', '|one two'),
  'ctrl+a': edit('\x01', '|one two'),
  end: edit('\x01\x1b[F', 'one two|'),
  'ctrl+e': edit('\x01\x05', 'one two|'),
  backspace: edit('\x7f', 'one tw|'),
  'ctrl+h': edit('\x08', 'one tw|'),
  delete: edit('\x01\x1b[3~', '|ne two'),
  'ctrl+w': edit('\x17', 'one |'),
  'alt+backspace': edit('\x1b\x7f', 'one |'),
  'ctrl+backspace': edit('\x1b[127;5u', 'one |'),
  'alt+d': edit('\x01\x1bd', '| two'),
  'ctrl+u': edit(`\x1b[D\x15`, '|o'),
  'ctrl+k': edit('\x01\x1b[C\x0b', 'o|'),
  'ctrl+y': edit('\x17\x19\x19', 'one twotwo|'),
  'ctrl+_': edit('\x17\x1f', 'one two|'),
}

test('every key of the help does what it says', async () => {
  const all = bindings.flatMap(({ keys }) => keys)
  expect(Object.keys(presses)).toEqual(all)
  await using terminal = await atScreen(helloAgent, [{ text: 'Yes.' }], [], { env: { EDITOR: 'sh edit.sh' } })
  writeFileSync(join(terminal.folder, 'edit.sh'), 'printf " edited" >> "$1"')
  await terminal.waitFor(idle)
  for (const key of all) {
    const { before = '', bytes, shows, after = '' } = presses[key] ?? expect.unreachable(key)
    terminal.write(before)
    if (before !== '') await terminal.waitFor(before)
    const since = terminal.raw().length
    terminal.write(bytes)
    await terminal.waitFor(shows).catch(error => {
      throw new Error(`${keyName(key)}: ${error}`)
    })
    if (key === 'ctrl+z') await backAgain(terminal, since)
    terminal.write(after)
    // A search is left, the end of the text is reached, and its lines are cut one by one.
    if (after !== '') await terminal.waitFor(/>[^\n]*\nask/)
    terminal.write(`\x1b[F\x15${'\x7f\x15'.repeat(2)}`)
    await terminal.waitFor(idle)
  }
  await leave(terminal)
})

/** Each command of the help, as it may be said, and what is seen then. */
const lines: Readonly<Record<string, readonly [line: string, shows: RegExp]>> = {
  help: ['/help', /\/quit +leave[\s\S]*Ctrl\+_ +undo/],
  new: ['/new', /A new conversation\./],
  model: ['/model openai/gpt-4o', /root speaks with openai\/gpt-4o from now on/],
  agent: ['/agent root', /You talk to root/],
  compact: ['/compact', /Nothing was summed up\./],
  think: ['/think low', /They think: low\./],
  record: ['/record tape', /recorded into tape\.yaml\.[\s\S]*\nyolo · recording tape/],
  yolo: ['/yolo on', /Calls are approved/],
  sessions: ['/sessions nothing-like-that', /Nothing was found\./],
  undo: ['/undo', /Nothing has been said yet\./],
  rewind: ['/rewind', /Nothing has been said yet\./],
  cost: ['/cost', /Nothing has been spent yet\./],
  context: ['/context', /\d+% instructions/],
  tools: ['/tools', /It has none\./],
  mcp: ['/mcp', /It has none\./],
  vim: ['/vim off', /The input has its own keys again\./],
  theme: ['/theme light', /The theme is light/],
  copy: ['/copy', /There is no answer yet\./],
  export: ['/export talk.md', /Written: .*talk\.md/],
  attach: ['/attach agent.yaml', /agent\.yaml goes along/],
  shell: ['/shell echo done', /\ndone\n/],
  title: ['/title Mine', /This is «Mine» now\./],
  quit: ['/quit', /> \/quit/],
}

test('every command of the help does what it says', async () => {
  expect(Object.keys(lines).sort()).toEqual(Object.keys(commands).sort())
  const last = ['record', 'quit']
  const order = [...Object.keys(lines).filter(name => !last.includes(name)), ...last]
  await using terminal = await atScreen(helloAgent, [], [], { rows: 60 })
  await terminal.waitFor(idle)
  for (const name of order) {
    const [line, shows] = lines[name] ?? expect.unreachable(name)
    terminal.write(line)
    terminal.write(keys.enter)
    await terminal.waitFor(shows)
    if (name !== 'quit') await terminal.waitFor(idle)
  }
  expect((await terminal.exit).code).toBe(0)
})
