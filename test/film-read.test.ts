import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { Failure } from '../runtime/core/errors.ts'
import { type Film, filmOf } from '../runtime/team/tapes/film.ts'
import { pictureOf } from '../runtime/tui/play/picture.ts'
import { at, atBeginning } from '../runtime/tui/play/player.ts'
import { reelOf } from '../runtime/tui/play/reel.ts'
import { command, reprise } from './support/cli.ts'
import { keys, type PtyOptions, ptyOf } from './support/pty.ts'
import { temporaryFolder } from './support/temp.ts'
import { wildFolder, wildIndex } from './support/wild.ts'

const film = (path: string): Promise<Film> =>
  filmOf(path, { env: {}, home: '/nowhere', workingDirectory: process.cwd(), now: () => new Date('2030-01-01') })

/** Recordings of cagent's own tests. */
const e2e = wildFolder ? join(wildFolder, 'cagent-e2e/testdata/cassettes') : ''
const cagents = wildFolder ? readdirSync(e2e).filter(name => name.endsWith('.yaml')) : []

/** Draws a film at places all over it; gives the words at its end. */
const watched = (shown: Film, [columns, rows]: readonly [number, number]): string => {
  const reel = reelOf(shown)
  const step = Math.max(1, Math.floor(reel.length / 10))
  const drawn = (place: number) =>
    pictureOf(at(atBeginning, place, reel), { columns, rows }, { reel, pages: new Map(), name: 'film' })
  for (let place = 0; place <= reel.length; place += step) expect(drawn(place).length).toBeLessThan(rows)
  return drawn(reel.length)
    .map(line => line.map(({ text }) => text).join(''))
    .join('\n')
}

// The recordings of others are no part of the repository.
test.skipIf(!wildFolder)(
  'every recording of others that can be read is a film from its first to its last answer',
  async () => {
    const paths = [
      ...wildIndex().map(({ file }) => join(wildFolder ?? '', 'cassettes', file)),
      ...cagents.map(name => join(e2e, name)),
    ]
    let films = 0
    for (const path of paths) {
      let shown: Film
      try {
        shown = await film(path)
      } catch (error) {
        // What is no recording of HTTP is refused by name, as by all that reads cassettes.
        if (!(error instanceof Failure) || error.code !== 'cassette-file') throw error
        continue
      }
      films += 1
      expect(shown.isRead, path).toBe(true)
      const last = shown.frames.at(-1)
      expect(last?.event.type, path).toBe('agent-end')
      expect(last?.at, path).toBeGreaterThan(0)
      const times = shown.frames.map(frame => frame.at)
      expect(times, path).toEqual(times.toSorted((a, b) => a - b))
      for (const size of [
        [80, 24],
        [40, 15],
      ] as const)
        expect(watched(shown, size)).toContain('── film')
    }
    expect(films).toBeGreaterThan(390)
  },
  300_000,
)

test.skipIf(!wildFolder).each([
  [80, 24],
  [40, 15],
] as const)('a recording of cagent plays to its end on a terminal of %d columns and %d rows', async (columns, rows) => {
  for (const name of ['TestRuntime_MultiAgent_SessionReload.yaml', 'TestExec_Gemini_ToolCall.yaml']) {
    await using terminal = playing(join(e2e, name), { columns, rows }, ['--speed', '64x'])
    await terminal.waitFor(/interaction (\d+)\/\1 /)
    await terminal.waitFor(/⏸[^\n]* 64x/)
    terminal.write('i')
    await terminal.waitFor(/Interaction \d+\n/)
    terminal.write('w')
    await terminal.waitFor(/ wire/)
    terminal.write(keys.escape)
    await terminal.waitFor('q leave')
    expect(terminal.screen()).not.toContain('f fork')
    terminal.write('f')
    await terminal.waitFor('It holds no agent file to go on with.')
    terminal.write('0')
    await terminal.waitFor(/interaction 0\//)
    terminal.write(`/the${keys.enter}`)
    await terminal.waitFor(/⏸ {2}0:0[0-9]/)
    terminal.write('q')
    expect((await terminal.exit).code).toBe(0)
  }
})

const playing = (path: string, size: Pick<PtyOptions, 'columns' | 'rows'>, more: readonly string[] = []) =>
  ptyOf([process.execPath, command, 'play', path, ...more], {
    cwd: process.cwd(),
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nowhere', LANG: 'C.UTF-8' },
    ...size,
  })

/** One of our own whose agent file somebody took out. */
const withoutAgent = (name: string, folder: string): string => {
  const path = join(folder, `${name}.yaml`)
  const text = readFileSync(resolve('cassettes', `${name}.yaml`), 'utf8')
  writeFileSync(path, text.replace(/^agent:\n(?: .*\n|\n)*/m, ''))
  return path
}

test('one of ours without its agent file is read as it was played: who said, called and spent what', async () => {
  await using folder = await temporaryFolder()
  for (const name of ['hello', 'code-reviewer', 'team', 'mcp', 'background']) {
    const played = await film(resolve('cassettes', name))
    const read = await film(withoutAgent(name, folder.path))
    expect(read.isRead).toBe(true)
    expect(told(read), name).toEqual(told(played))
  }
})

/** What happened, whatever was first. */
const told = ({ frames }: Film): readonly string[] =>
  frames
    .flatMap(({ event }) => {
      if (event.type === 'tool-call') return [`${event.agent} calls ${event.call.name}`]
      if (event.type === 'finish') return [`${event.agent} ${event.model} ${JSON.stringify(event.usage)} ${event.cost}`]
      if (event.type === 'part' && event.part.type === 'text') return [`${event.agent} says ${event.part.text}`]
      if (event.type === 'tool-end') return [`${event.call.name} ${event.path} ends ${event.result.error}`]
      return []
    })
    .toSorted()

test('where nobody sits at a terminal it is printed', async () => {
  await using folder = await temporaryFolder()
  const path = withoutAgent('code-reviewer', folder.path)
  const printed = await reprise(['play', path])
  const played = await reprise(['replay', resolve('cassettes/code-reviewer')])
  expect(printed).toMatchObject({
    code: 0,
    stderr: `${basename(path)} holds no agent file: what stands in it is read, and nothing is played.\n`,
    stdout: played.stdout,
  })
})
