import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
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

// A device that has no room exists on Linux alone.
test.skipIf(!existsSync('/dev/full'))('output that finds no room is told, and is no success', async () => {
  const args = [command, 'exec', 'agents/hello.yaml', '--fake', 'hello', 'What is a cassette?']
  const { status, stderr } = spawnSync(process.execPath, args, {
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
  })
  expect(status).not.toBe(0)
  expect(stderr.toString()).toBe('Standard output cannot be written: there is no space left.\n')
})
