import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { helloAgent, toolAgent } from './support/agents.ts'
import { keys, type Pty } from './support/pty.ts'
import { atScreen, idle, leave, said, words } from './support/screen.ts'

test('several lines, pasted text, motion and history', async () => {
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`).join('\n')
  await using terminal = await atScreen(helloAgent, [{ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' }])
  await terminal.waitFor(idle)
  terminal.write(`日本${keys.left}x`)
  await terminal.waitFor('> 日x本')
  terminal.write(`${keys.right}${keys.newLine}b\\`)
  terminal.write(keys.enter)
  terminal.write('c')
  await terminal.waitFor(/> 日x本\n {2}b\n {2}c\nask/)
  terminal.write(keys.backspace)
  terminal.write(keys.paste(lines))
  await terminal.waitFor(/ {2}\[pasted 40 lines\]\nask/)
  terminal.write(keys.enter)
  await terminal.waitFor(/> 日x本\n {2}b\n {2}\[pasted 40 lines\]\n\nOne\./)
  expect(said(terminal, 1)).toContain(JSON.stringify(`日x本\nb\n${lines}`).slice(1, -1))
  terminal.write(`second${keys.enter}`)
  await terminal.waitFor(/Two\.\n\n>\nask/)
  terminal.write(keys.up)
  await terminal.waitFor(/> second\nask/)
  terminal.write(keys.up)
  await terminal.waitFor(/\[pasted 40 lines\]\nask/)
  terminal.write(keys.enter)
  await terminal.waitFor(/Three\.\n\n>\nask/)
  expect(said(terminal, 3)).toBe(said(terminal, 1))
  await leave(terminal)
})

test('a megabyte is pasted', async () => {
  // A model that reads as much: others would have it summed up first.
  const agent = `${helloAgent.replace('openai/gpt-4o-mini', 'large')}models:\n  large:\n    provider: openai\n    model: gpt-4o-mini\n    provider_opts: { context_size: 1000000 }\n`
  await using terminal = await atScreen(agent, [{ text: 'Long.' }])
  await terminal.waitFor(idle)
  terminal.write(keys.paste('word '.repeat(200_000)))
  await terminal.waitFor('[pasted 1000000 characters]')
  terminal.write(keys.enter)
  await terminal.waitFor('Long.')
  expect(said(terminal, 1).length).toBeGreaterThan(1_000_000)
  await leave(terminal)
})

test('a screen of 40 columns holds every line, and resizing leaves nothing behind', async () => {
  await using terminal = await atScreen(helloAgent, [{ text: words(60) }, { text: 'Two.' }], ['Hi'], {
    columns: 80,
    rows: 24,
  })
  await terminal.waitFor('word59')
  await terminal.waitFor(/tokens/)
  for (const [columns, rows] of [
    [40, 15],
    [100, 30],
    [41, 10],
    [40, 15],
  ] as const) {
    terminal.resize(columns, rows)
    terminal.write('x')
    await terminal.waitFor(/> x+\n/)
  }
  await terminal.waitFor(/> xxxx\nask/)
  terminal.write(keys.enter)
  await terminal.waitFor(/Two\.\n\n>\nask/)
  const lines = terminal.screen().split('\n')
  expect(lines.filter(line => /^ask · /.test(line))).toHaveLength(1)
  expect(lines.filter(line => /^>/.test(line))).toEqual(['> Hi', '> xxxx', '>'])
  await leave(terminal)
})

test('many long answers are all there, once', async () => {
  const answers = Array.from({ length: 6 }, (_, turn) => ({
    text: `${Array.from({ length: 80 }, (_, n) => `t${turn}n${n}.`).join('\n')}`,
  }))
  await using terminal = await atScreen(helloAgent, answers, ['0', '1', '2', '3', '4', '5'])
  await terminal.waitFor(/t5n79\.\n\n>\nask/)
  const shown = terminal.screen().match(/^t\dn\d+\.$/gm)
  expect(shown).toEqual(answers.flatMap(({ text }) => text.split('\n')))
  await leave(terminal)
})

const around = 'before=$(stty -g); "$0" "$@"; code=$?; [ "$before" = "$(stty -g)" ] && echo "same terminal, $code"'

test.each([
  ['Ctrl-D', (terminal: Pty) => terminal.write(keys.end), 0],
  ['Ctrl-C twice', (terminal: Pty) => terminal.write(keys.interrupt + keys.interrupt), 130],
])('the terminal is as it was after %s', async (_, end, code) => {
  await using terminal = await atScreen(helloAgent, [], [], { shell: around })
  await terminal.waitFor(idle)
  end(terminal)
  await terminal.waitFor(`same terminal, ${code}`)
  expect(terminal.raw()).toContain('\x1b[?2004l')
  expect(terminal.raw().lastIndexOf('\x1b[?25h')).toBeGreaterThan(terminal.raw().lastIndexOf('\x1b[?25l'))
  await terminal.exit
})

test.each(['TERM', 'HUP'])('the terminal is as it was after SIG%s, and what was recorded is whole', async signal => {
  const shell = `before=$(stty -g); (until [ -e said ]; do sleep 0.05; done; kill -${signal} $(cat pid)) & sh -c 'echo $$ > pid; exec "$0" "$@"' "$0" "$@"; code=$?; [ "$before" = "$(stty -g)" ] && echo "same terminal, $code"`
  await using terminal = await atScreen(toolAgent, [{ text: words(5000), delayMs: 20 }], ['--record=tape', 'Hi'], {
    shell,
  })
  await terminal.waitFor('word5')
  writeFileSync(join(terminal.folder, 'said'), '')
  await terminal.waitFor('same terminal, 130')
  await terminal.exit
  expect(readFileSync(join(terminal.folder, 'tape.yaml'), 'utf8')).toContain('interrupted')
})

test('NO_COLOR, a screen reader and a dumb terminal are respected', async () => {
  await using plain = await atScreen(helloAgent, [{ text: 'A `b`.' }], ['Hi'], { env: { NO_COLOR: '1' } })
  await plain.waitFor(/A b\.\n\n>\nask/)
  for (const color of [31, 32, 33, 34, 35, 36]) expect(plain.raw()).not.toContain(`\x1b[${color}m`)
  await leave(plain)

  await using heard = await atScreen(helloAgent, [{ text: 'A `b`.' }], ['Hi'], { env: { INK_SCREEN_READER: 'true' } })
  await heard.waitFor(/A b\.\n[\s\S]*>[\s\S]*ask · root/)
  await leave(heard)

  const plainSigns = { LANG: 'de_DE.ISO-8859-1' }
  await using old = await atScreen(helloAgent, [{ text: '- a\n> b' }], ['Hi'], { env: plainSigns })
  await old.waitFor(/\* a\n\| b\n\n>\nask - root - openai/)
  await leave(old)

  await using dumb = await atScreen(helloAgent, [], [], { shell: 'TERM=dumb exec "$0" "$@"' })
  await dumb.waitFor(/^>$/m)
  expect(dumb.raw()).not.toContain('\x1b[?2004h')
  await leave(dumb)
})
