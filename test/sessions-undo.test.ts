import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reprise } from './support/cli.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'
import type { Words } from './support/wire/say.ts'

const agent = `agents:
  root:
    model: openai/gpt-4o
    instruction: Be brief.
    toolsets:
      - type: filesystem
        post_edit:
          - path: "*.fmt"
            cmd: echo formatted >> "$path"
      - type: shell
`

const write = (path: string, content: string) => ({ name: 'write_file', input: { path, content } })
const done: ProviderStep = { text: 'Done.' }

/** Each message is answered by these calls, and then by a word. */
const place = async (turns: readonly NonNullable<Words['toolCalls']>[]) => {
  const steps = turns.flatMap(toolCalls => [...(toolCalls.length > 0 ? [{ toolCalls }] : []), done])
  const server = await providerServer(steps)
  const folder = await folderWith({ 'agent.yaml': agent, 'work/old.txt': 'old', 'elsewhere/far.txt': 'far' })
  const path = (name: string) => join(folder.path, 'work', name)
  const run = (...args: string[]) =>
    reprise(args, { cwd: join(folder.path, 'work'), env: { ...server.env, HOME: folder.path } })
  return {
    path,
    run,
    server,
    text: (name: string) => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : undefined),
    exec: (...messages: string[]) => run('exec', '../agent.yaml', '--yolo', ...messages),
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

test('what a turn did to files is taken back, and brought back again', async () => {
  await using here = await place([
    [write('old.txt', 'new'), write('deep/er/made.txt', 'made')],
    [write('old.txt', 'newer')],
  ])
  await here.exec('Change it', 'And again')
  const undone = await here.run('sessions', 'undo')
  expect(undone).toMatchObject({ code: 0, stdout: 'restored   old.txt\n' })
  expect(here.text('old.txt')).toBe('new')
  const further = await here.run('sessions', 'undo')
  expect(further.stdout).toBe('restored   old.txt\nremoved    deep/er/made.txt\nremoved    deep/er\nremoved    deep\n')
  expect([here.text('old.txt'), existsSync(here.path('deep'))]).toEqual(['old', false])
  expect(await here.run('sessions', 'undo')).toMatchObject({ code: 2, stderr: expect.stringContaining('No turn') })
  await here.run('sessions', 'undo', '--redo')
  expect([here.text('old.txt'), here.text('deep/er/made.txt')]).toEqual(['new', 'made'])
  await here.run('sessions', 'undo', '--redo')
  expect(here.text('old.txt')).toBe('newer')
})

test('several turns are taken back at once, and the model is told', async () => {
  await using here = await place([[write('a.txt', 'one')], [write('a.txt', 'two')], []])
  await here.exec('One', 'Two')
  await here.run('sessions', 'undo', '--turns', '5')
  expect(here.text('a.txt')).toBeUndefined()
  await here.run('exec', '../agent.yaml', '--session', '-1', 'Well?')
  expect(JSON.stringify(here.server.requests.at(-1)?.body)).toMatch(
    /The user has taken back your last changes.*a\.txt.*Well\?/,
  )
})

test('a file that somebody else has changed since is left alone, unless that is forced', async () => {
  await using here = await place([[write('old.txt', 'new'), write('b.txt', 'b')]])
  await here.exec('Change it')
  writeFileSync(here.path('old.txt'), 'mine')
  const refused = await here.run('sessions', 'undo')
  expect(refused).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/Changed since by somebody else: .*old\.txt/),
  })
  expect([here.text('old.txt'), here.text('b.txt')]).toEqual(['mine', 'b'])
  await here.run('sessions', 'undo', '--force')
  expect([here.text('old.txt'), here.text('b.txt')]).toEqual(['old', undefined])
  await here.run('sessions', 'undo', '--redo')
  expect([here.text('old.txt'), here.text('b.txt')]).toEqual(['mine', 'b'])
})

test("what a formatter or a shell made of a written file is the agent's own change", async () => {
  await using here = await place([
    [write('a.fmt', 'text\n')],
    [write('b.fmt', ''), { name: 'shell', input: { cmd: 'sleep 0.3; echo more >> b.fmt' } }],
  ])
  await here.exec('Write it', 'And more')
  expect(here.text('a.fmt')).toBe('text\nformatted\n')
  expect(here.text('b.fmt')).toBe('formatted\nmore\n')
  expect((await here.run('sessions', 'undo', '--turns', '2')).stdout).toBe('removed    b.fmt\nremoved    a.fmt\n')
  expect([here.text('a.fmt'), here.text('b.fmt')]).toEqual([undefined, undefined])
})

test('modes come back, folders that hold something else stay, and removed folders are made again', async () => {
  await using here = await place([
    [write('run.sh', 'new'), write('made/a.txt', 'a'), { name: 'remove_directory', input: { paths: ['empty'] } }],
  ])
  writeFileSync(here.path('run.sh'), 'old', { mode: 0o750 })
  mkdirSync(here.path('empty'))
  await here.exec('Change it')
  writeFileSync(here.path('made/mine.txt'), 'mine')
  const { stdout } = await here.run('sessions', 'undo')
  expect(stdout).toContain('left       made\n')
  expect([here.text('run.sh'), statSync(here.path('run.sh')).mode & 0o777]).toEqual(['old', 0o750])
  expect([existsSync(here.path('empty')), here.text('made/mine.txt'), here.text('made/a.txt')]).toEqual([
    true,
    'mine',
    undefined,
  ])
})

test('nothing outside the working directory is touched, not even through a link that was put there since', async () => {
  await using here = await place([[write('../elsewhere/far.txt', 'changed'), write('in/a.txt', 'a')]])
  await here.exec('Change it')
  rmSync(here.path('in'), { recursive: true })
  mkdirSync(here.path('../elsewhere/in'))
  writeFileSync(here.path('../elsewhere/in/a.txt'), 'a')
  symlinkSync(here.path('../elsewhere/in'), here.path('in'))
  const refused = await here.run('sessions', 'undo')
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('in/a.txt') })
  await here.run('sessions', 'undo', '--force')
  expect([here.text('../elsewhere/far.txt'), here.text('../elsewhere/in/a.txt')]).toEqual(['changed', 'a'])
})

test('a file that is too large to be kept is told', async () => {
  await using here = await place([[write('large.txt', 'small'), write('old.txt', 'new')]])
  writeFileSync(here.path('large.txt'), Buffer.alloc(11 * 1024 * 1024, 'x'))
  await here.exec('Change it')
  const { stdout } = await here.run('sessions', 'undo')
  expect(stdout).toContain('too large  large.txt\n')
  expect([here.text('large.txt'), here.text('old.txt')]).toEqual(['small', 'old'])
})
