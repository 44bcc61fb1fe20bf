import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RunEvent } from '../runtime/core/event.ts'
import { openStore } from '../runtime/session/store.ts'
import { helloAgent } from './support/agents.ts'
import { reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith, temporaryFolder } from './support/temp.ts'

const sessions = 20
const turns = 12
const all = sessions * turns * 2

/** A database with sessions of some length, in one file. */
const database = async (path: string): Promise<void> => {
  let ids = 0
  const options = { now: () => new Date(1000), newId: () => `session-${++ids}`, notice: () => undefined }
  using store = await openStore(path, options)
  for (let index = 0; index < sessions; index++) {
    const beginning = { agentFile: '/a.yaml', agentDigest: '', agent: 'root', workingDirectory: '/tmp' }
    using writer = store.begin(beginning, { modelOf: () => undefined, workingDirectory: '/tmp' })
    for (let turn = 0; turn < turns; turn++) for (const event of eventsOf(index, turn)) writer.append(event)
  }
}

const eventsOf = (session: number, turn: number): RunEvent[] => {
  const here = { path: [], agent: 'root' }
  const usage = { input: 1, cacheRead: 0, cacheWrite: 0, output: 1, reasoning: 0 }
  const words = `${session} ${turn} `.repeat(40)
  return [
    { ...here, type: 'message', message: { role: 'user', content: [{ type: 'text', text: `Question ${words}` }] } },
    {
      ...here,
      type: 'message',
      message: { role: 'assistant', content: [{ type: 'text', text: words }], stop: 'end', usage },
    },
  ]
}

const overwrite = (path: string, start: number, bytes: Uint8Array): void => {
  const file = openSync(path, 'r+')
  writeSync(file, bytes, 0, bytes.length, start)
  closeSync(file)
}

const noise = (length: number) => Buffer.from(Array.from({ length }, (_, index) => (index * 37 + 11) % 256))

const kept = (folder: string): string[] => readdirSync(folder).filter(name => name.includes('.damaged-'))

test.each([
  ['its header', 0, 100, all],
  ['its first page', 0, 4096, all],
  ['some pages in the middle', 40 * 4096, 6 * 4096, 0.9 * all],
])('a database that lost %s is put aside, and what can be read goes on', async (_, start, length, atLeast) => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 's.db')
  await database(path)
  overwrite(path, start, noise(length))
  const before = readFileSync(path)
  const repaired = await reprise(['sessions', 'repair', '-s', path], { cwd: folder.path })
  expect(repaired).toMatchObject({ code: 0, stderr: expect.stringContaining('were damaged. The file is kept as') })
  const [name = ''] = kept(folder.path)
  expect(readFileSync(join(folder.path, name)).equals(before)).toBe(true)
  expect(Number(/with (\d+) messages/.exec(repaired.stderr)?.[1])).toBeGreaterThanOrEqual(atLeast)
  const { stdout } = await reprise(['sessions', 'list', '--json', '--limit', '100', '-s', path], { cwd: folder.path })
  expect(JSON.parse(stdout)).toHaveLength(sessions)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('damage that is found on the way is told with what to do, and a conversation goes on without being stored', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 's.db')
  await database(path)
  overwrite(path, 30 * 4096, noise(statSync(path).size - 30 * 4096))
  const shown = await reprise(['sessions', 'export', 'session-20', '-s', path], { cwd: folder.path })
  expect(shown).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/are damaged\.\nreprise sessions repair keeps/),
  })
  await using server = await providerServer([{ text: 'Hello.' }])
  await using home = await folderWith({ 'agent.yaml': helloAgent })
  const env = { ...server.env, HOME: home.path }
  const run = await reprise(['exec', 'agent.yaml', '-s', path, 'Hi'], { cwd: home.path, env })
  expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Hello.') })
  expect(run.stderr).toMatch(/^What follows is not stored: .* reprise sessions repair keeps the file/)
})

test('what is no database at all is kept, and said so', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 's.db')
  writeFileSync(path, 'These are my notes, and I want to keep them.\n'.repeat(100))
  const listed = await reprise(['sessions', 'list', '-s', path], { cwd: folder.path })
  expect(listed).toMatchObject({ code: 0, stdout: 'There are no sessions yet.\n' })
  expect(listed.stderr).toContain('0 sessions with 0 messages could be read')
  expect(readFileSync(join(folder.path, kept(folder.path)[0] ?? ''), 'utf8')).toContain('my notes')
})

test('a whole database is left as it is', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 's.db')
  await database(path)
  expect((await reprise(['sessions', 'repair', '-s', path], { cwd: folder.path })).stderr).toBe(`${path} is whole.\n`)
  expect(kept(folder.path)).toEqual([])
})

test('wherever a database is damaged or torn, it is never lost and never a bug', async () => {
  await using folder = await temporaryFolder()
  const good = join(folder.path, 'good.db')
  await database(good)
  const bytes = readFileSync(good)
  let index = 0
  await fc.assert(
    fc.asyncProperty(
      fc.nat(bytes.length - 1),
      fc.integer({ min: 1, max: 20_000 }),
      fc.boolean(),
      async (start, length, isTorn) => {
        const path = join(folder.path, `${++index}.db`)
        writeFileSync(path, bytes)
        if (isTorn) truncateSync(path, start)
        else overwrite(path, start, noise(Math.min(length, bytes.length - start)))
        const damaged = readFileSync(path)
        const { mend } = await import('../runtime/session/damage.ts')
        const mended = await mend(path, new Date(1000))
        if (!mended) return
        expect(readFileSync(mended.kept).equals(damaged)).toBe(true)
        using store = await openStore(path, { now: () => new Date(), newId: () => 'new', notice: () => undefined })
        expect(store.list()).toHaveLength(mended.sessions)
        for (const { id } of store.list()) store.read(id)
      },
    ),
    { numRuns: 30, seed: 7 },
  )
}, 120_000)
