import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, lstatSync, openSync, readFileSync, symlinkSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { helloAgent } from './support/agents.ts'
import { command, reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

/** Both ends of a connection whose writers are told to wait where a pipe would make them wait. */
const connection = async (): Promise<{ readonly ours: Socket; readonly theirs: Socket } & Disposable> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const theirs = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [ours] = (await once(server, 'connection')) as [Socket]
  server.close()
  return {
    ours,
    theirs,
    [Symbol.dispose]: () => {
      ours.destroy()
      theirs.destroy()
    },
  }
}

test('a reader that is slow, and makes writers come again, misses nothing', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  const said = Array.from({ length: 60 }, (_, index) => `${index} ${'x'.repeat(100_000)} `)
  await using server = await providerServer([{ text: said }])
  const recording = ['exec', 'agent.yaml', '--record=long', '--quiet', 'Hi']
  expect(await reprise(recording, { cwd: folder.path, env: server.env })).toMatchObject({ code: 0 })

  using ends = await connection()
  ends.ours.pause()
  const child = spawn(process.execPath, [command, 'exec', 'agent.yaml', '--fake', 'long', 'Hi'], {
    cwd: folder.path,
    stdio: ['ignore', ends.theirs, 'inherit'],
  })
  await once(child, 'spawn')
  ends.theirs.destroy()
  const [printed] = await Promise.all([text(ends.ours), once(child, 'exit')])
  expect(printed).toBe(`\n--- Agent: root ---\n${said.join('')}`)
})

/** What comes of a command whose output goes where there is no room. */
const intoNothing = (...args: readonly string[]) => {
  const stdio = ['ignore', openSync('/dev/full', 'w'), 'pipe'] as const
  const { status, stderr } = spawnSync(process.execPath, [command, ...args], { stdio: [...stdio] })
  return { status, told: stderr.toString() }
}

// A device that has no room exists on Linux alone.
test
  .skipIf(!existsSync('/dev/full'))
  .each([
    ['exec', 'agents/hello.yaml', '--fake', 'hello', 'What is a cassette?'],
    ['exec', 'agents/hello.yaml', '--fake', 'hello', '--json', 'What is a cassette?'],
    ['exec', 'agents/hello.yaml', '--fake', 'hello', '--quiet', 'What is a cassette?'],
    ['replay', 'hello'],
    ['cassette', 'show', 'hello'],
    ['cassette', 'export', 'hello', '--to', 'har'],
    ['--version'],
    ['--help'],
  ])('output that finds no room is told, and is a failure: %s %s', (...args) => {
  const told = expect.stringMatching(/^Standard output cannot be written: (there is no space left|ENOSPC)\.\n$/)
  expect(intoNothing(...args)).toEqual({ status: 1, told })
})

test('a reader that has read enough is no failure that is told', () => {
  for (const args of ['exec agents/hello.yaml --fake hello --json Hi', 'cassette show team', '--version']) {
    const script = `"$0" "$1" ${args} | true`
    const { stderr } = spawnSync('sh', ['-c', script, process.execPath, command], { encoding: 'utf8' })
    expect(stderr).toBe('')
  }
})

test('lines are answered as long as somebody reads the answers', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer(() => ({ text: 'Hello. '.repeat(1000) }))
  const script = `seq 20 | "$0" "$1" run agent.yaml | true`
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder.path, ...server.env }
  const child = spawn('sh', ['-c', script, process.execPath, command], { cwd: folder.path, env, stdio: 'ignore' })
  await once(child, 'exit')
  expect(server.requests.length).toBeLessThan(20)
})

test('what is no file is written to, or refused, and never replaced; a link still leads to its file', async () => {
  await using folder = await folderWith({ 'real.html': 'old' })
  const pipe = join(folder.path, 'pipe')
  spawnSync('mkfifo', [pipe])
  symlinkSync(join(folder.path, 'real.html'), join(folder.path, 'link.html'))
  const here = { cwd: process.cwd() }
  const reader = spawn('cat', [pipe])
  const [read, exported] = await Promise.all([
    text(reader.stdout),
    reprise(['cassette', 'export', 'hello', '--to', 'har', '-o', pipe], here),
  ])
  expect(exported.code).toBe(0)
  expect(JSON.parse(read)).toHaveProperty('log.entries')
  expect(await reprise(['cassette', 'slim', 'hello', '-o', pipe], here)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is no file.'),
  })
  expect(lstatSync(pipe).isFIFO()).toBe(true)

  await reprise(['cassette', 'report', 'hello', '-o', join(folder.path, 'link.html')], here)
  expect(lstatSync(join(folder.path, 'link.html')).isSymbolicLink()).toBe(true)
  expect(readFileSync(join(folder.path, 'real.html'), 'utf8')).toContain('<!doctype html>')
})
