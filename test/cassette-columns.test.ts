import { join } from 'node:path'
import { expect, test } from 'vitest'
import { command, reprise } from './support/cli.ts'
import { keys, ptyOf } from './support/pty.ts'
import { recordedAt, teamRun } from './support/team-run.ts'
import { temporaryFolder } from './support/temp.ts'

/** Two recordings of one team: in the second, another title was found. */
const twoRuns = async () => {
  const folder = await temporaryFolder()
  await recordedAt(join(folder.path, 'one.yaml'), teamRun({ title: 'Salt' }))
  await recordedAt(join(folder.path, 'two.yaml'), teamRun({ title: 'Brine', ids: 'toolu' }))
  return folder
}

test('two runs stand side by side, and what differs is marked between them', async () => {
  await using folder = await twoRuns()
  const { stdout, code } = await reprise(['cassette', 'diff', 'one', 'two', '--columns'], { cwd: folder.path })
  expect(code).toBe(1)
  const lines = stdout.trimEnd().split('\n')
  expect(lines[0]).toMatch(/^one\.yaml +two\.yaml$/)
  const middle = lines.slice(1).map(line => line[39])
  expect(new Set(middle.filter(letter => letter !== undefined && letter !== ' '))).toEqual(new Set(['│', '≠']))
  const different = lines.filter(line => line.includes('≠'))
  expect(different.length).toBeGreaterThan(0)
  expect(different.join('\n')).toMatch(/Salt.*≠.*Brine/)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
})

test('runs that are alike have no marks', async () => {
  await using folder = await twoRuns()
  const { stdout, code } = await reprise(['cassette', 'diff', 'one', 'one', '--columns'], { cwd: folder.path })
  expect(code).toBe(0)
  expect(stdout).not.toContain('≠')
  expect(stdout).toContain('│')
})

test('what only one of two runs has stands alone', async () => {
  await using folder = await twoRuns()
  await recordedAt(join(folder.path, 'short.yaml'), teamRun().slice(0, 3))
  const { stdout } = await reprise(['cassette', 'diff', 'one', 'short', '--columns'], { cwd: folder.path })
  expect(stdout).toMatch(/\S +≠$/m)
})

test('on a terminal one goes from difference to difference, at any width', async () => {
  await using folder = await twoRuns()
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path, LANG: 'C.UTF-8' }
  const args = [process.execPath, command, 'cassette', 'diff', 'one', 'two', '--columns']
  await using terminal = ptyOf(args, { cwd: folder.path, env, columns: 80, rows: 10 })
  await terminal.waitFor('differences')
  expect(terminal.screen()).toContain('one.yaml')
  terminal.write('n')
  await terminal.waitFor('difference 1 of')
  expect(terminal.screen()).toMatch(/Salt.*▸≠.*Brine/)
  terminal.write('N')
  await terminal.waitFor('No difference before this.')
  terminal.write(`g/because${keys.enter}`)
  await terminal.waitFor(/because.*▸≠/i)
  terminal.write('/no such words')
  await terminal.waitFor('/no such words▏')
  terminal.write(keys.enter)
  await terminal.waitFor('does not come after this')
  terminal.write('G')
  await terminal.waitFor('100 %')
  terminal.write('g')
  await terminal.waitFor(/one\.yaml.*\n +1/)
  terminal.resize(120, 40)
  await terminal.waitFor(/all of it|100 %/)
  expect(
    terminal
      .screen()
      .split('\n')
      .every(line => line.length <= 120),
  ).toBe(true)
  terminal.write(keys.escape)
  expect((await terminal.exit).code).toBe(1)
})
