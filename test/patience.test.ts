import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { patientFetch } from '../runtime/border/patient.ts'

/** A server that answers when it is told to. */
const silentServer = async () => {
  const waiting: ServerResponse[] = []
  const server = createServer((_, response) => void waiting.push(response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    waiting,
    arrived: () => once(server, 'request'),
    [Symbol.dispose]: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

test('how long a silent server is waited for is ours to say', async () => {
  using server = await silentServer()
  const arrived = server.arrived()
  const patient = patientFetch()(server.url)
  await arrived
  await expect(patientFetch(1)(server.url)).rejects.toMatchObject({ cause: { code: 'UND_ERR_HEADERS_TIMEOUT' } })
  server.waiting[0]?.end('at last')
  expect(await (await patient).text()).toBe('at last')
})

test('a dispatcher that somebody else has put in place is used as it is', async () => {
  const place = Symbol.for('undici.globalDispatcher.1')
  const all = globalThis as { [place: symbol]: unknown }
  const before = all[place]
  const { fetch } = globalThis
  const given: unknown[] = []
  try {
    all[place] = new (class MockAgent {})()
    globalThis.fetch = async (_, init) => {
      given.push(init)
      return new Response('mocked')
    }
    expect(await (await patientFetch()('http://127.0.0.1', { method: 'POST' })).text()).toBe('mocked')
    expect(given).toEqual([{ method: 'POST' }])
  } finally {
    globalThis.fetch = fetch
    all[place] = before
  }
})
