import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCassette, openCassette } from '../../runtime/cassette/file/file.ts'
import { recordingBorder } from '../../runtime/cassette/play/record.ts'
import { replayingBorder } from '../../runtime/cassette/play/replay.ts'
import { redactorOf } from '../../runtime/cassette/redact/redact.ts'
import type { Border, Exchange } from '../../runtime/core/border.ts'
import { openaiChat } from '../../runtime/models/openai-chat.ts'
import { answerTo, exchanges, median, requestOf, sendAll, server } from './traffic.ts'

/**
 * `node test/bench/replayers.ts reprise|nock|polly`: records the traffic, replays it, and prints the median milliseconds
 * of an exchange. One process each, for nock and Polly patch what they find.
 */
const folder = await mkdtemp(join(tmpdir(), 'reprise-bench-'))

const exchangeOf = (index: number): Exchange => ({
  caller: { agent: 'root', lane: 'root' },
  protocol: 'openai-chat',
  provider: 'openai',
  operation: '/chat/completions',
  url: 'https://api.openai.com/v1/chat/completions',
  body: requestOf(index),
})

const never = () => Promise.reject(new Error('nobody is asked'))

const reprise = async (): Promise<{ replay: number; firstByte: number }> => {
  const redactor = redactorOf({
    secrets: { KEY: 'sk-proj-0123456789abcdefghij' },
    home: folder,
    workingDirectory: folder,
  })
  const protocols = () => openaiChat
  const path = join(folder, 'tape.yaml')
  const writer = createCassette(path, { reprise: 'bench', recorded: '2026-01-01T00:00:00.000Z' })
  let next = 0
  const world: Border = {
    exchange: async () => {
      const answer = Buffer.from(answerTo(next++))
      return {
        status: 200,
        headers: {},
        body: (async function* () {
          yield answer
        })(),
      }
    },
    perform: (_kind, _ask, live) => live(),
  }
  const firstByteThrough = async (border: Border): Promise<number> => {
    next = 0
    const times: number[] = []
    for (let index = 0; index < exchanges; index++) {
      const before = performance.now()
      let isFirst = true
      for await (const _ of (await border.exchange(exchangeOf(index), never)).body) {
        if (isFirst) times.push(performance.now() - before)
        isFirst = false
      }
    }
    return median(times)
  }
  const bare = await firstByteThrough(world)
  const recorded = await firstByteThrough(
    recordingBorder(world, writer, { redactor, protocols, clock: () => performance.now() }),
  )
  await writer.close(undefined)

  const options = { protocols, redactor, drift: 'refuse', onDrift: () => undefined, onNotice: () => undefined } as const
  const border = replayingBorder(openCassette(path, { origin: () => undefined }), options)
  const times: number[] = []
  for (let index = 0; index < exchanges; index++) {
    const before = performance.now()
    const pieces = await Array.fromAsync((await border.exchange(exchangeOf(index), never)).body)
    if (Buffer.concat(pieces).toString() !== answerTo(index)) throw new Error(`exchange ${index} got another answer`)
    times.push(performance.now() - before)
  }
  return { replay: median(times), firstByte: recorded - bare }
}

const nock = async (): Promise<{ replay: number }> => {
  const { back } = (await import('nock')).default
  back.fixtures = folder
  await using provider = await server()
  const play = async (mode: 'record' | 'lockdown'): Promise<number[]> => {
    back.setMode(mode)
    const { nockDone } = await back('tape.json')
    const times = await sendAll(provider.url)
    nockDone()
    return times
  }
  await play('record')
  const replay = median(await play('lockdown'))
  back.setMode('wild')
  return { replay }
}

const polly = async (): Promise<{ replay: number }> => {
  const [{ Polly }, { default: adapter }, { default: persister }] = await Promise.all([
    import('@pollyjs/core'),
    import('@pollyjs/adapter-fetch'),
    import('@pollyjs/persister-fs'),
  ])
  Polly.register(adapter as never)
  Polly.register(persister as never)
  await using provider = await server()
  const play = async (mode: 'record' | 'replay'): Promise<number[]> => {
    const instance = new Polly('tape', {
      mode,
      adapters: ['fetch'],
      persister: 'fs',
      recordIfMissing: mode === 'record',
      logLevel: 'silent',
      adapterOptions: { fetch: { context: globalThis } },
      persisterOptions: { fs: { recordingsDir: folder } },
      matchRequestsBy: { headers: false, order: false },
    } as never)
    const times = await sendAll(provider.url)
    await instance.stop()
    return times
  }
  await play('record')
  return { replay: median(await play('replay')) }
}

const replayers = { reprise, nock, polly }
const measured = await replayers[process.argv[2] as keyof typeof replayers]()
await rm(folder, { recursive: true, force: true })
console.log(JSON.stringify(measured))
