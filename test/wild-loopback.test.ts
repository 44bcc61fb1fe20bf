import { describe, expect, test } from 'vitest'
import { liveBorder } from '../runtime/border/live.ts'
import type { Reply } from '../runtime/core/border.ts'
import { loadAllProtocols } from '../runtime/models/protocols.ts'
import { decoded, replyOf } from './support/decoded.ts'
import { protocolOf } from './support/protocol.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { recordedCalls, unreadFormats, wildFolder, wildIndex } from './support/wild.ts'

const caller = { agent: 'root', lane: 'root' }

/** The answer of a server on this machine that does just this, as it comes through the border. */
const answerTo = async (url: string): Promise<Reply> => {
  const exchange = { caller, protocol: '', provider: '', operation: '', url, body: {} }
  return liveBorder(fetch).exchange(exchange, live => live(url, { method: 'POST', body: '{}' }))
}

/** Real streams of one protocol, with their paths: the smallest that call tools, which are the most varied. */
const streamsOf = (id: string) =>
  wildIndex()
    .filter(({ format, streaming, notes }) => streaming && !unreadFormats[format] && /toolcall|tool/.test(notes))
    .flatMap(({ file }) => recordedCalls(file))
    .filter(call => call.streaming && call.status === 200 && protocolOf(call) === id)
    .sort((one, other) => one.responseBody.length - other.responseBody.length)
    .slice(0, 4)

// The recordings lie beside the project, in a folder that a clone of the project alone does not have.
describe.skipIf(!wildFolder).each(await loadAllProtocols())('real streams of $id over a real connection', protocol => {
  const streams = streamsOf(protocol.id).map(({ url, responseBody }) => ({
    path: new URL(url, 'http://unknown').pathname,
    body: responseBody,
  }))
  const served = async (step: ProviderStep, path: string) => {
    await using server = await providerServer([step])
    return await decoded(protocol, await answerTo(server.url + path))
  }

  test('say the same byte by byte', async () => {
    expect(streams).toHaveLength(4)
    for (const { path, body } of streams) {
      const whole = await decoded(protocol, replyOf(body))
      const { events, failure } = await served({ raw: body, chunkSize: 1 }, path)
      expect({ events, failure }).toEqual({ events: whole.events, failure: undefined })
    }
  })

  test('say the same with pauses', async () => {
    for (const { path, body } of streams.slice(0, 1)) {
      const whole = await decoded(protocol, replyOf(body))
      expect((await served({ raw: body, chunkSize: Math.ceil(body.length / 5), pauseMs: 20 }, path)).events).toEqual(
        whole.events,
      )
    }
  })

  test('are broken when the connection is cut', async () => {
    for (const { path, body } of streams) {
      const { failure, finish } = await served(
        { raw: body, chunkSize: 64, cutAfter: Math.floor(body.length / 2) },
        path,
      )
      expect(failure?.code).toBe('stream-broken')
      expect(finish).toBeUndefined()
    }
  })

  test('end at once when they are cancelled', async () => {
    const [{ path, body } = { path: '', body: new Uint8Array() }] = streams
    await using server = await providerServer([{ raw: body, chunkSize: 1, pauseMs: 1000 }])
    const cancel = new AbortController()
    const url = server.url + path
    const exchange = { caller, protocol: protocol.id, provider: '', operation: '', url, body: {} }
    const reply = await liveBorder(fetch).exchange(exchange, live =>
      live(url, { method: 'POST', body: '{}', signal: cancel.signal }),
    )
    const answer = decoded(protocol, reply)
    cancel.abort()
    await expect(answer).rejects.toHaveProperty('name', 'AbortError')
  })
})
