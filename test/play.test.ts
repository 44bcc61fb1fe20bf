import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bindings } from '../runtime/tui/play/keys.ts'
import { helloAgent } from './support/agents.ts'
import { reprise } from './support/cli.ts'
import { example, more, playing, press } from './support/film.ts'
import { providerServer } from './support/provider-server.ts'
import { keys } from './support/pty.ts'
import { folderWith, temporaryFolder } from './support/temp.ts'

test('a film is stepped through by event, turn and agent, and looks the same from either side', async () => {
  await using folder = await temporaryFolder()
  await using terminal = await playing(example('team'), folder.path)
  await press(terminal, more.next, 'event 1/')
  await press(terminal, keys.down, 'event 53/')
  await press(terminal, more.tab, /event (?!53\/)\d+\/250/)
  const there = terminal.screen()
  expect(there).toContain('> Write a note on why the sea is salty.')
  await press(terminal, more.next, 'event')
  await press(terminal, 'G', 'event 250/250')
  expect(terminal.screen()).toContain('collecting for some four billion')
  await press(terminal, ':', /\n:▏/)
  const place = /event (\d+)\//.exec(there)?.[1] ?? ''
  terminal.write(`${keys.escape}`)
  await terminal.waitFor('q leave')
  for (let at = 250; at > Number(place); at--) terminal.write(more.before)
  await terminal.waitFor(`event ${place}/250`)
  expect(terminal.screen()).toBe(there)
  await press(terminal, keys.up, 'event 53/')
  terminal.write('q')
  expect((await terminal.exit).code).toBe(0)
})

test('words are searched for in both directions, and a place is found by number, time and share', async () => {
  await using folder = await temporaryFolder()
  await using terminal = await playing(example('team'), folder.path)
  await press(terminal, '/', /\n\/▏/)
  await press(terminal, 'rivers', '/rivers')
  await press(terminal, keys.enter, /event [1-9]\d*\//)
  const first = /event (\d+)\//.exec(terminal.screen())?.[1]
  await press(terminal, 'n', new RegExp(`event (?!${first}/)\\d+/`))
  await press(terminal, 'N', `event ${first}/`)
  await press(terminal, '/', /\n\/▏/)
  await press(terminal, 'no such words', '/no such words')
  await press(terminal, keys.enter, 'does not come after this')
  await press(terminal, ':', /\n:▏/)
  await press(terminal, '7', ':7')
  await press(terminal, keys.enter, 'interaction 7/10')
  await press(terminal, ':', /\n:▏/)
  await press(terminal, '50%', ':50%')
  await press(terminal, keys.enter, 'event 125/250')
  await press(terminal, '9', 'event 225/250')
  await press(terminal, ':', /\n:▏/)
  await press(terminal, '0:01', ':0:01')
  await press(terminal, keys.enter, /0:00\.9 \//)
  await press(terminal, ':', /\n:▏/)
  await press(terminal, 'there', ':there')
  await press(terminal, keys.enter, 'is no place')
})

test('a request and its response are shown in full, and as they were on the wire', async () => {
  await using folder = await temporaryFolder()
  await using terminal = await playing(example('hello'), folder.path, { rows: 40 })
  await press(terminal, 'G', /event (\d+)\/\1/)
  await press(terminal, 'i', /Interaction 2\n[\s\S]*── instruction/)
  await press(terminal, 'w', 'as on the wire')
  await press(terminal, more.pageDown, /data: |"model"/)
  await press(terminal, more.before, 'Interaction 1')
  expect(terminal.screen()).toContain('SAY message:user')
  await press(terminal, keys.escape, 'space play')
})

test.each([
  [80, 24],
  [40, 15],
  [200, 60],
] as const)('the picture fits into %d columns and %d rows', async (columns, rows) => {
  await using folder = await temporaryFolder()
  await using terminal = await playing(example('team'), folder.path, { columns, rows })
  await press(terminal, '5', 'interaction 8/10')
  const lines = terminal.screen().split('\n')
  expect(lines).toHaveLength(rows - 1)
  expect(lines.filter(line => line.startsWith('── team'))).toHaveLength(1)
  await press(terminal, '?', 'play, pause')
  terminal.resize(60, 20)
  await press(terminal, 'x', /── team ─+\n⏸/)
  expect(terminal.screen().split('\n').length).toBeLessThanOrEqual(20)
})

test('every key of the help does something that shows', async () => {
  await using folder = await temporaryFolder()
  const sent: Readonly<Record<string, string>> = {
    space: ' ',
    '→': more.next,
    '←': more.before,
    '↓': keys.down,
    '↑': keys.up,
    Tab: more.tab,
    'Shift-Tab': more.backTab,
    PgUp: more.pageUp,
    PgDn: more.pageDown,
  }
  for (const { keys: name } of bindings.filter(({ keys }) => keys !== 'q' && keys !== 'Ctrl+Z' && keys !== 'o')) {
    await using terminal = await playing(example('code-reviewer'), folder.path, { rows: 15 })
    await press(terminal, '5', /interaction [1-9]/)
    if (name === 'PgDn') await press(terminal, more.pageUp, "I'll read the file first")
    if (name === 'n' || name === 'N') {
      terminal.write('/handler')
      await press(terminal, keys.enter, 'interaction')
    }
    const before = terminal.screen()
    terminal.write(sent[name] ?? name)
    await expect.poll(() => terminal.screen(), { timeout: 20_000 }).not.toBe(before)
  }
})

test('a film plays by itself at the pace that was recorded, faster, and without waits', async () => {
  await using folder = await temporaryFolder()
  await using terminal = await playing(example('hello'), folder.path)
  for (const speed of ['2x', '4x', '8x', '16x', '64x']) await press(terminal, '+', ` ${speed}`)
  await press(terminal, '-', ' 16x')
  await press(terminal, 'w', 'no waits')
  await press(terminal, ' ', /event (\d+)\/\1/)
  await press(terminal, ' ', /▶|event (\d+)\/\1/)
})

test('a film goes on live from its middle, and both halves are recorded', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'One.' }, { text: 'Two.' }, { text: 'Other.' }])
  const recorded = { cwd: folder.path, env: server.env }
  await reprise(['exec', 'agent.yaml', '--record=tape', 'First', 'Second'], recorded)
  await using terminal = await playing('tape', folder.path, { env: server.env })
  await press(terminal, keys.down, 'event')
  await press(terminal, keys.down, 'One.')
  await press(terminal, 'f', 'Go on live from here')
  await press(terminal, 'y', 'recording tape-fork-2')
  await terminal.waitFor('One.')
  terminal.write(`Something else${keys.enter}`)
  await terminal.waitFor('Other.')
  expect(terminal.screen()).not.toContain('Two.')
  terminal.write(keys.end)
  expect((await terminal.exit).code).toBe(0)
  expect(existsSync(`${folder.path}/tape-fork-2.yaml`)).toBe(true)
  const replayed = await reprise(['replay', 'tape-fork-2', '--quiet'], { cwd: folder.path })
  expect(replayed).toMatchObject({ code: 0, stdout: expect.stringContaining('Other.') })
})

test('where nobody sits at a terminal, the recording is printed', async () => {
  const played = await reprise(['play', example('hello')])
  const replayed = await reprise(['replay', example('hello')])
  expect(played).toEqual(replayed)
  expect((await reprise(['demo'])).stdout).toBe((await reprise(['replay', example('team')])).stdout)
})

test('a speed that is none is refused', async () => {
  expect(await reprise(['play', example('hello'), '--speed', 'fast'])).toMatchObject({ code: 2, stdout: '' })
})
