import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { command } from './support/cli.ts'
import { example, press } from './support/film.ts'
import { keys, ptyOf } from './support/pty.ts'
import { temporaryFolder } from './support/temp.ts'

test('the terminal is as it was when somebody leaves', async () => {
  await using folder = await temporaryFolder()
  const shell = `stty -a > before; '${process.execPath}' '${command}' play '${example('hello')}'; stty -a > after; cmp before after && echo restored`
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path }
  await using terminal = ptyOf(['sh', '-c', shell], { cwd: folder.path, env })
  await terminal.waitFor('event')
  terminal.write(keys.interrupt)
  await terminal.waitFor('restored')
  expect(terminal.raw()).toContain('\x1b[?1049l')
  expect(terminal.screen()).not.toContain('event')
})

test.each([
  ['TERM', 130],
  ['HUP', 130],
  ['KILL', 137],
] as const)('the terminal is as it was after SIG%s', async (signal, code) => {
  await using folder = await temporaryFolder()
  const play = `'${process.execPath}' '${command}' play '${example('hello')}' --at 0 & echo $! > pid; fg >/dev/null`
  const shell = `set -m; stty -a > before; ${play}; echo "code $?"; sleep 0.5; stty -a > after; cmp before after && echo restored`
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path }
  await using terminal = ptyOf(['bash', '-c', shell], { cwd: folder.path, env })
  await terminal.waitFor('event 0/')
  process.kill(Number(readFileSync(`${folder.path}/pid`, 'utf8')), `SIG${signal}`)
  await terminal.waitFor('restored')
  expect(terminal.raw()).toContain(`code ${code}`)
  expect(terminal.raw()).toContain('\x1b[?1049l')
})

test('a film is suspended, and goes on where it was', async () => {
  await using folder = await temporaryFolder()
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path, PS1: '$ ' }
  await using terminal = ptyOf(['bash', '--norc', '-i'], { cwd: folder.path, env })
  await terminal.waitFor('$')
  terminal.write(`'${process.execPath}' '${command}' play '${example('team')}' --at 7${keys.enter}`)
  await terminal.waitFor('interaction 7/10')
  terminal.write(keys.suspend)
  await terminal.waitFor('Stopped')
  await press(terminal, `fg${keys.enter}`, 'interaction 7/10')
  await press(terminal, 'g', 'interaction 0/10')
  await press(terminal, 'q', /\n\$$/)
  await press(terminal, `echo left $?${keys.enter}`, 'left 0')
})
