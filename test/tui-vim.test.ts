import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { helloAgent } from './support/agents.ts'
import { reprise } from './support/cli.ts'
import { keys } from './support/pty.ts'
import { atScreen, idle, leave, said, words } from './support/screen.ts'

test('/vim gives the input the keys of vim, shows the mode, and is kept for the next time', async () => {
  await using first = await atScreen(helloAgent, [{ text: 'Yes.' }])
  const settings = join(first.folder, '.config/reprise/settings.yaml')
  mkdirSync(join(first.folder, '.config/reprise'), { recursive: true })
  writeFileSync(settings, '# mine\ntheme: none # calm\naliases: {}\n')
  await first.waitFor(idle)
  first.write(`/vim${keys.enter}`)
  await first.waitFor(/The input has the keys of vim[\s\S]*>[^\n]*\nINSERT · ask/)
  first.write(`one two three${keys.escape}`)
  await first.waitFor(/> one two three\nNORMAL · ask/)
  first.write('bb2')
  await first.waitFor(/> one two three\nNORMAL 2 · ask/)
  first.write('x')
  await first.waitFor(/> one o three\nNORMAL · ask/)
  first.write('v$')
  await first.waitFor(/> one o three\nVISUAL · ask/)
  expect(first.raw()).toContain('\x1b[7mo three')
  first.write('cfour')
  await first.waitFor(/> one four\nINSERT · ask/)
  first.write(`${keys.escape}u`)
  await first.waitFor(/> one o three\nNORMAL · ask/)
  first.write('\x12')
  await first.waitFor(/> one four\nNORMAL · ask/)
  first.write('u')
  await first.waitFor(/> one o three\nNORMAL · ask/)
  first.write('/')
  await first.waitFor(/Search:\n▸ \/vim\n/)
  first.write(keys.escape)
  await first.waitFor(/> one o three\nNORMAL · ask/)
  first.write(keys.enter)
  await first.waitFor(/> one o three\n\nYes\.\n\n>\nINSERT · ask/)
  expect(said(first, 1)).toContain('one o three')
  await leave(first)
  const [bar, block, before] = ['6', '2', '0'].map(shape => first.raw().lastIndexOf(`\x1b[${shape} q`))
  expect(bar).toBeGreaterThan(block ?? 0)
  expect(block).toBeGreaterThan(0)
  expect(before).toBeGreaterThan(bar ?? 0)
  expect(readFileSync(settings, 'utf8')).toBe('# mine\ntheme: none # calm\naliases: {}\nvim: true\n')

  await using next = await atScreen(helloAgent, [], [], { env: { HOME: first.folder } })
  await next.waitFor(/> \/ for commands[^\n]*\nINSERT · ask/)
  expect(next.raw()).not.toContain('\x1b[36m')
  next.write(`begun${keys.escape}dd`)
  await next.waitFor(/> \/ for commands[^\n]*\nNORMAL · ask/)
  await leave(next)
})

test('with the keys of vim Esc ends writing first, and then interrupts', async () => {
  await using terminal = await atScreen(helloAgent, [{ text: words(5000), delayMs: 20 }])
  await terminal.waitFor(idle)
  terminal.write(`/vim on${keys.enter}Hi${keys.enter}`)
  await terminal.waitFor(/word3[\s\S]*Esc Esc interrupts · INSERT/)
  terminal.write(keys.escape)
  await terminal.waitFor(/, Esc interrupts · NORMAL/)
  terminal.write(keys.escape)
  await terminal.waitFor(/Interrupted\.\n\n>\nNORMAL · ask/)
  await leave(terminal)
})

test('settings that are wrong begin no run, since they may hold limits, and nothing is written over', async () => {
  const broken = 'vim: perhaps\n'
  await using terminal = await atScreen(helloAgent, [])
  const settings = join(terminal.folder, '.config/reprise/settings.yaml')
  mkdirSync(dirname(settings), { recursive: true })
  writeFileSync(settings, broken)
  await terminal.waitFor(idle)
  terminal.write(`/theme light${keys.enter}`)
  await terminal.waitFor(/> \/theme light\n[\s\S]*settings\.yaml:1:6/)
  expect(readFileSync(settings, 'utf8')).toBe(broken)
  await leave(terminal)
  const env = { HOME: terminal.folder, OPENAI_API_KEY: 'k' }
  expect(await reprise(['exec', 'agent.yaml', 'Hi'], { cwd: terminal.folder, env })).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/settings\.yaml:1:6: .*\n.*\n.*\n.*true or false/),
  })
})
