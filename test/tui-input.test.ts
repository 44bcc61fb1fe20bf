import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { helloAgent, toolAgent } from './support/agents.ts'
import { keys } from './support/pty.ts'
import { atScreen, idle, leave, said, words } from './support/screen.ts'

test('keys that come all at once are taken one after the other', async () => {
  await using terminal = await atScreen(helloAgent, [{ text: 'One.' }, { text: 'Two.' }])
  terminal.write('first\rsecond\\\rline\rthird')
  await terminal.waitFor(/> first\n\nOne\.\n\n> second\n {2}line\n\nTwo\.\n\n> third\nask/)
  terminal.write(`\x15${keys.end}`)
  expect((await terminal.exit).code).toBe(0)
})

test('/ lists the commands that fit; Tab completes, Esc closes, Enter does', async () => {
  await using terminal = await atScreen(`${helloAgent}    commands:\n      fix: Fix it\n`, [])
  await terminal.waitFor(idle)
  terminal.write('/')
  await terminal.waitFor(/> \/\n▸ fix[^\n]*\n {2}help +this list/)
  terminal.write('c')
  await terminal.waitFor(/> \/c\n▸ co/)
  terminal.write('os')
  await terminal.waitFor(/> \/cos\n▸ cost +what was spent, and on what\nask/)
  terminal.write(keys.tab)
  await terminal.waitFor(/> \/cost\nask/)
  terminal.write(keys.backspace.repeat(2))
  await terminal.waitFor(/▸ cost/)
  terminal.write(keys.escape)
  await terminal.waitFor(/> \/cos\nask/)
  terminal.write(`t${keys.enter}`)
  await terminal.waitFor(/> \/cost\nNothing has been spent yet\./)
  await leave(terminal)
})

test('@ finds files that git would have, and they are sent along', async () => {
  await using terminal = await atScreen(helloAgent, [{ text: 'Seen.' }])
  for (const folder of ['.git', 'src/deep', 'out']) mkdirSync(join(terminal.folder, folder), { recursive: true })
  writeFileSync(join(terminal.folder, '.gitignore'), 'out\n')
  writeFileSync(join(terminal.folder, 'src/deep/handler.go'), 'package handler')
  writeFileSync(join(terminal.folder, 'out/handler.o'), 'x')
  await terminal.waitFor(idle)
  terminal.write('look at @')
  await terminal.waitFor(/▸ \.gitignore\n[\s\S]*src\/\n/)
  terminal.write('hndlr')
  await terminal.waitFor(/> look at @hndlr\n▸ src\/deep\/handler\.go\nask/)
  terminal.write(keys.enter)
  await terminal.waitFor(/> look at @src\/deep\/handler\.go\nask/)
  terminal.write(`please, @nobody${keys.enter}`)
  await terminal.waitFor('Seen.')
  expect(said(terminal, 1)).toContain('<attached_file path=\\"src/deep/handler.go\\">\\npackage handler')
  await leave(terminal)
})

test('what was said is known in the next session, and found with Ctrl-R', async () => {
  await using first = await atScreen(helloAgent, [{ text: 'One.' }, { text: 'Two.' }], [])
  first.write(`the first thing${keys.enter}another${keys.enter}`)
  await first.waitFor(/Two\.\n\n>\nask/)
  await leave(first)
  const history = readFileSync(join(first.folder, '.local/share/reprise/history.jsonl'), 'utf8')
  expect(history.split('\n')).toHaveLength(3)

  await using next = await atScreen(helloAgent, [{ text: 'Three.' }], [], { env: { HOME: first.folder } })
  await next.waitFor(idle)
  next.write(keys.search)
  await next.waitFor(/Search:\n▸ another\n {2}the first thing\nask/)
  next.write('FIRST')
  await next.waitFor(/Search: FIRST\n▸ the first thing\nask/)
  next.write(keys.enter)
  await next.waitFor(/> the first thing\nask/)
  next.write(keys.enter)
  await next.waitFor(/Three\.\n\n>\nask/)
  next.write(keys.up)
  await next.waitFor(/> the first thing\nask/)
  next.write('\x15')
  await next.waitFor(idle)
  await leave(next)
})

test('Ctrl-G opens the editor of the user, on a terminal as it was, and takes what was written', async () => {
  await using terminal = await atScreen(helloAgent, [], [], { env: { EDITOR: 'sh edit.sh' } })
  writeFileSync(join(terminal.folder, 'edit.sh'), 'stty -a > stty; printf " and\\nmore\\n" >> "$1"')
  await terminal.waitFor(idle)
  terminal.write('begun')
  await terminal.waitFor('> begun')
  terminal.write(keys.editor)
  await terminal.waitFor(/> begun and\n {2}more\nask/)
  expect(readFileSync(join(terminal.folder, 'stty'), 'utf8')).toMatch(/ icanon [\s\S]* echo /)
  terminal.write('\x15!')
  await terminal.waitFor(/> begun and\n {2}!\nask/)
  terminal.write(keys.interrupt)
  await terminal.waitFor(/>[^\n]*\nCtrl-C again/)
  terminal.write('\x1b[D')
  await leave(terminal)
})

test('what is said while the editor is open is there when it is closed', async () => {
  const lines = Array.from({ length: 60 }, (_, index) => `line ${index}.\n\n`)
  const env = { EDITOR: 'sh edit.sh' }
  await using terminal = await atScreen(helloAgent, [{ text: lines, delayMs: 20 }], ['Hi'], { env, rows: 50 })
  writeFileSync(join(terminal.folder, 'edit.sh'), 'echo the editor; sleep 0.6')
  await terminal.waitFor('line 3.')
  terminal.write(keys.editor)
  await terminal.waitFor('the editor')
  await terminal.waitFor(/line 59\.\n+>\nask/)
  const found = [...terminal.screen().matchAll(/^line (\d+)\.$/gm)].map(([, index]) => Number(index))
  expect(found).toEqual(lines.map((_, index) => index))
  await leave(terminal)
})

test('Ctrl-Z suspends as any job, and fg goes on', async () => {
  await using terminal = await atScreen(helloAgent, [{ text: 'Here.' }], [], {
    shell: `exec bash --norc -imc '"$0" "$@"; echo stopped $?; stty -a | grep -o " -*icanon"; fg; echo over' "$0" "$@"`,
  })
  await terminal.waitFor(idle)
  terminal.write('half')
  await terminal.waitFor('> half')
  terminal.write(keys.suspend)
  await terminal.waitFor(/stopped \d+\n icanon[\s\S]*> half\nask/)
  terminal.write(` done${keys.enter}`)
  await terminal.waitFor(/> half done\n\nHere\.\n\n>\nask/)
  terminal.write(keys.end)
  await terminal.waitFor(/\nover$/)
  await terminal.exit
})

test('words are cut and put in again, and undone', async () => {
  await using terminal = await atScreen(helloAgent, [])
  terminal.write('one two three\x17\x01\x19')
  await terminal.waitFor(/> threeone two\nask/)
  terminal.write('\x1f\x1f')
  await terminal.waitFor(/> one two three\nask/)
  terminal.write('\x01\x1bd')
  await terminal.waitFor(/> {2}two three\nask/)
  terminal.write('\x0b')
  await terminal.waitFor(idle)
  await leave(terminal)
})

test('Ctrl-O shows in full what was folded', async () => {
  await using terminal = await atScreen(toolAgent, [{ reasoning: 'First this.\nThen that.', text: 'Done.' }], ['Hi'])
  await terminal.waitFor(/∴ First this\. Then that\.\n\nDone\.\n\n>\nask/)
  terminal.write(keys.open)
  await terminal.waitFor(/Done\.\n∴ First this\.\n {2}Then that\.\n\n>\nask/)
  terminal.write(keys.open)
  await terminal.waitFor('Nothing is folded.')
  await leave(terminal)
})

test('time passes while the agent works', async () => {
  await using terminal = await atScreen(helloAgent, [{ text: words(5000), delayMs: 20 }], ['Hi'])
  await terminal.waitFor(/working \ds, Esc interrupts/)
  terminal.write(keys.escape)
  await terminal.waitFor('Interrupted.')
  await leave(terminal)
})
