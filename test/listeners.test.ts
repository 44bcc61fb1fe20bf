import { PassThrough } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Output } from '../runtime/cli/output.ts'
import { write } from '../runtime/cli/terminal.ts'
import { Groups } from '../tools/mcp/group.ts'
import { hostileServer, mcpWorld, signal } from './support/mcp.ts'

test('conversations with servers, one after the other and at once, listen to the end of the process once', async () => {
  const before = process.listenerCount('exit')
  const servers = Array.from({ length: 12 }, () =>
    hostileServer('bad names', { world: mcpWorld({ groups: new Groups() }) }),
  )
  await Promise.all(servers.map(server => server.offer(signal)))
  expect(process.listenerCount('exit')).toBe(before + 1)
  await Promise.all(servers.map(server => server[Symbol.asyncDispose]()))
  expect(process.listenerCount('exit')).toBe(before)
})

test('many who write to a slow reader wait together', async () => {
  const stream = new PassThrough({ highWaterMark: 1 })
  const writes = Array.from({ length: 30 }, () => write(stream as unknown as Output, 'words'))
  expect(stream.listenerCount('drain')).toBeLessThanOrEqual(2)
  stream.resume()
  await Promise.all(writes)
  await wait(0)
  expect(stream.readableLength + stream.writableLength).toBe(0)
})
