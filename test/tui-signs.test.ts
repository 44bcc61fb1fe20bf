import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { drawn, emptyEditor, insert } from '../runtime/tui/input/editor.ts'
import { lookOf } from '../runtime/tui/view/look.ts'
import { painted } from '../runtime/tui/view/paint.ts'
import { helloAgent } from './support/agents.ts'
import { keys } from './support/pty.ts'
import { atScreen, idle, leave } from './support/screen.ts'

/** What does not stand on the screen: words by which a motion or a helper of another system knows something. */
const undrawn = ['runtime/tui/input/vim/text.ts', 'runtime/tui/input/clipboard.ts', 'runtime/tui/view/paint.ts']

/** Every sign in the sources of the screen that is no ASCII, beside what stands in comments. */
const signs = (): string[] =>
  readdirSync('runtime/tui', { recursive: true, encoding: 'utf8' })
    .map(name => join('runtime/tui', name))
    .filter(name => /\.tsx?$/.test(name) && !undrawn.includes(name))
    .flatMap(name => readFileSync(name, 'utf8').split('\n'))
    .filter(line => !/^\s*(\*|\/\/|\/\*)/.test(line))
    .flatMap(line => line.match(/\P{ASCII}/gu) ?? [])

test('every sign of ours has one of ASCII, as wide, for terminals without Unicode', () => {
  const all = [...new Set(signs())]
  expect(all.length).toBeGreaterThan(15)
  for (const sign of all) expect(painted([{ text: sign }], lookOf({ LANG: 'C' })), sign).toMatch(/^[\x20-\x7e]$/)
})

test.each(['LANG=C', 'TERM=linux'])('with %s answers, lists and commands are ASCII', async setting => {
  const text = '# Head\n\n- one\n- “two” — three…\n\n| a | b |\n|---|---|\n| 1 | 2 |\n'
  await using terminal = await atScreen(helloAgent, [{ text, reasoning: 'Hm.' }], ['Hi'], {
    ...{ shell: `export ${setting}; exec "$0" "$@"`, rows: 60 },
  })
  await terminal.waitFor(/\* one\n\* "two" - three~[\s\S]*\n>\nask - /)
  terminal.write(`/context${keys.enter}`)
  await terminal.waitFor(/#+-+ +\d+% /)
  terminal.write('/th')
  await terminal.waitFor(/\n> think /)
  terminal.write(keys.escape)
  await terminal.waitFor(/> \/th\nask/)
  terminal.write('\x15')
  await terminal.waitFor(/\n>\nask - [^\n]*$/)
  expect(terminal.screen()).toMatch(/^\p{ASCII}*$/u)
  await leave(terminal)
})

test('the cursor of the terminal is where the next letter goes, so that what is being composed stands there', async () => {
  await using terminal = await atScreen(helloAgent, [])
  await terminal.waitFor(idle)
  const shows = async (text: string, shown: RegExp, x: number) => {
    terminal.write(text)
    await terminal.waitFor(shown)
    await expect.poll(terminal.cursor).toMatchObject({ x })
  }
  await shows('漢字', /> 漢字\nask/, 6)
  await shows('👩‍👧é', /> 漢字👩‍👧é\nask/, 9)
  await shows(keys.left, /> 漢字👩‍👧é\nask/, 8)
  await shows(`${keys.left}${keys.left}`, /> 漢字👩‍👧é\nask/, 4)
  expect(terminal.raw().lastIndexOf('\x1b[?25h')).toBeGreaterThan(terminal.raw().lastIndexOf('\x1b[?25l'))
  terminal.write('\x05\x15')
  await terminal.waitFor(idle)
  await leave(terminal)
})

test('a cursor behind a full row stands where the next letter will', () => {
  const full = insert(emptyEditor, '漢'.repeat(9))
  expect(drawn(full, 21, 5).cursor).toEqual({ x: 2, y: 1 })
  expect(drawn(insert(emptyEditor, 'x'.repeat(18)), 21, 5).cursor).toEqual({ x: 2, y: 1 })
  expect(drawn(insert(emptyEditor, 'x'.repeat(17)), 21, 5).cursor).toEqual({ x: 19, y: 0 })
})
