import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bytesOf, piecesOf } from '../runtime/cassette/file/body.ts'
import type { OpenCassette } from '../runtime/cassette/file/file.ts'
import type { Request } from '../runtime/cassette/match/request.ts'
import { Shelf } from '../runtime/cassette/match/shelf.ts'
import { replayingBorder } from '../runtime/cassette/play/replay.ts'
import { redactorOf } from '../runtime/cassette/redact/redact.ts'
import { Failure } from '../runtime/core/errors.ts'
import type { Json, JsonObject } from '../runtime/core/json.ts'
import { loadAllProtocols } from '../runtime/models/protocols.ts'
import { importRecording } from '../runtime/team/tapes/importing.ts'
import { cassetteAt } from '../runtime/team/tapes/reading.ts'
import { temporaryFolder } from './support/temp.ts'
import { type RecordedCall, recordedCalls, unreadFormats, wildFolder, wildIndex } from './support/wild.ts'

const protocols = new Map((await loadAllProtocols()).map(protocol => [protocol.id, protocol]))
const redactor = redactorOf({ secrets: {}, home: '/home/nobody', workingDirectory: '/nowhere' })
const surroundings = { env: {}, home: '/home/nobody', workingDirectory: '/nowhere', now: () => new Date(0) }

/** langchain's are not read by the tests of the protocols, of which they are none. */
const readByUs = (format: string): boolean =>
  format === 'vcrpy-pair(langchain).gz' || (!unreadFormats[format] && format !== 'response-only')

const player = (cassette: OpenCassette) => {
  const border = replayingBorder(cassette, {
    protocols: id => protocols.get(id),
    redactor,
    drift: 'refuse',
    onDrift: () => undefined,
    onNotice: () => undefined,
  })
  const shelf = new Shelf(cassette, id => protocols.get(id))
  return async (request: Request): Promise<{ status: number; bytes: Buffer }> => {
    const { protocol, provider, operation, url, body } = request
    if (protocol === undefined || provider === undefined || operation === undefined) {
      const found = shelf.find('root', request)
      if (!found) throw new Error(`nothing answers ${request.method} ${url}`)
      shelf.take(found)
      return { status: found.interaction.response.status, bytes: bytesOf(found.interaction.response) }
    }
    const caller = { agent: 'root', lane: 'root' }
    const never = async () => {
      throw new Error('asked the world')
    }
    const reply = await border.exchange({ caller, protocol, provider, operation, url, body: body as JsonObject }, never)
    return { status: reply.status, bytes: Buffer.concat(await Array.fromAsync(reply.body)) }
  }
}

/** What is asked is what another reader found in the file; whom it is for is what the import made of the URL. */
const asked = (call: RecordedCall, { request }: { request: Request }): Request => {
  const isBinary = typeof request.body === 'string' && request.body.startsWith('data:application/octet-stream')
  return { ...request, method: call.method, body: isBinary ? request.body : ((call.requestBody ?? null) as Json) }
}

const expected = (bytes: Uint8Array): Buffer => {
  const text = Buffer.from(bytes).toString()
  return Buffer.from(text).equals(bytes) ? Buffer.from(redactor.body(text)) : Buffer.from(bytes)
}

test.skipIf(!wildFolder)(
  'every recording of others in a known format becomes a cassette that gives the same bytes for the same request',
  async () => {
    await using folder = await temporaryFolder()
    let [answers, spoken] = [0, 0]
    for (const { file, format } of wildIndex().filter(({ format }) => readByUs(format))) {
      const to = join(folder.path, `${answers}.yaml`)
      const imported = await importRecording(join(wildFolder!, 'cassettes', file), to, surroundings)
      const cassette = cassetteAt(to)
      expect(cassette, file).toMatchObject({ modelTrafficOnly: true, header: { imported: imported.format } })
      const calls = format === 'vcrpy-pair(langchain).gz' ? [] : recordedCalls(file)
      const play = player(cassette)
      for (const [at, call] of calls.entries()) {
        const { bytes, status } = await play(asked(call, cassette.load(at + 1)))
        expect(bytes.equals(expected(call.responseBody)), `${file}, interaction ${at + 1}`).toBe(true)
        expect(status).toBe(call.status)
        answers++
      }
      spoken += imported.modelCalls
    }
    expect(answers).toBeGreaterThan(900)
    expect(spoken).toBeGreaterThan(700)
  },
)

test.skipIf(!wildFolder)('what holds no traffic of a model is refused, and the refusal says what it is', async () => {
  await using folder = await temporaryFolder()
  const reasons = new Map<string, Set<string>>()
  for (const { file, format } of wildIndex().filter(({ format }) => !readByUs(format))) {
    const from = join(wildFolder!, 'cassettes', file)
    const failure = await importRecording(from, join(folder.path, 'a.yaml'), surroundings).catch(error => error)
    expect(failure, file).toBeInstanceOf(Failure)
    expect(failure.message).toContain(from)
    const why = String(failure.message).slice(from.length + ' cannot be played back: '.length)
    reasons.set(format, (reasons.get(format) ?? new Set()).add(why))
  }
  expect(Object.fromEntries([...reasons].map(([format, why]) => [format, [...why].sort()]))).toMatchInlineSnapshot(`
    {
      "companion-body": [
        "it is a list of results of tools: it holds no traffic of a model.",
        "it is a request by itself: it holds what a provider was asked, and not what it answered.",
        "it is an answer by itself: it holds what a provider answered, and not what was asked.",
      ],
      "copilot-sdk-conversation-yaml": [
        "it is a conversation of the Copilot SDK: it holds a conversation, not what went over the wire.",
      ],
      "goose-mcp-stdio": [
        "it is a recording of goose's MCP servers: it holds messages of MCP, not of a model.",
      ],
      "goose-scenario-json": [
        "it is a scenario of goose: it holds messages of an agent, not what went over the wire.",
      ],
      "llama-stack-json": [
        "it is a recording of Llama Stack: it holds objects of an SDK, not what went over the wire.",
      ],
      "mcp-recorder": [
        "it is a recording of mcp-recorder: it holds messages of MCP, not of a model.",
      ],
      "raw-eventstream-bin": [
        "it is a stream of events as AWS frames it: it holds an answer, and not what was asked.",
      ],
      "response-only": [
        "it is an answer by itself: it holds what a provider answered, and not what was asked.",
      ],
      "xai-grpc-yaml": [
        "it is a recording of gRPC (xAI): it holds protocol buffers, which no provider is asked with here.",
      ],
    }
  `)
})

test.skipIf(!wildFolder)('where a recorder kept the cuts of a stream, the pieces come as they came', async () => {
  await using folder = await temporaryFolder()
  const rows = wildIndex().filter(({ format, streaming }) => format === 'req_llm-json' && streaming)
  let streams = 0
  for (const { file } of rows) {
    const from = join(wildFolder!, 'cassettes', file)
    const to = join(folder.path, 'a.yaml')
    await importRecording(from, to, surroundings)
    const { chunks } = JSON.parse(readFileSync(from, 'utf8')) as { chunks?: { b64: string }[] }
    if (!chunks) continue
    streams++
    const { response } = cassetteAt(to).load(1)
    const pieces = piecesOf(bytesOf(response), response.chunks).map(({ bytes }) =>
      Buffer.from(bytes).toString('base64'),
    )
    expect(pieces).toEqual(chunks.map(({ b64 }) => b64))
  }
  expect(streams).toBeGreaterThan(5)
})
