import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { bytesOf } from '../runtime/cassette/file/body.ts'
import { createCassette, openCassette } from '../runtime/cassette/file/file.ts'
import { foreignReader } from '../runtime/cassette/import/read.ts'
import type { JsonObject } from '../runtime/core/json.ts'
import { originOf } from '../runtime/team/tapes/origin.ts'
import { conversation } from './support/interactions.ts'
import { temporaryFolder } from './support/temp.ts'
import { recordedCalls, unreadFormats, wildFolder, wildIndex } from './support/wild.ts'

const context = { origin: originOf }

test.skipIf(!wildFolder)('recordings by others hold the calls that they hold, byte for byte, as they are', () => {
  const rows = wildIndex().filter(({ format }) => !unreadFormats[format] && format !== 'response-only')
  expect(rows.length).toBeGreaterThan(300)
  for (const { file } of rows) {
    const cassette = openCassette(join(wildFolder!, 'cassettes', file), { ...context, foreign: foreignReader() })
    const calls = recordedCalls(file)
    expect(cassette).toMatchObject({ modelTrafficOnly: true, header: { reprise: 'foreign' } })
    expect(cassette.entries).toHaveLength(calls.length)
    for (const [at, { id }] of cassette.entries.entries()) {
      const call = calls[at]!
      const { request, response } = cassette.load(id)
      const isMultipart = String(request.body).startsWith('data:application/octet-stream')
      expect(request).toMatchObject({ method: call.method, url: whole(call.url) })
      if (!isMultipart) expect(request.body, file).toEqual(call.requestBody ?? null)
      expect(response.status).toBe(call.status)
      expect(bytesOf(response).equals(call.responseBody)).toBe(true)
    }
  }
})

/** nock names the port that needs no name, and others name no host. */
const whole = (url: string) =>
  url.startsWith('/') ? expect.stringMatching(/^https:\/\/[^/]+\/./) : url.replace(/^(https:.*):443/, '$1')

test.skipIf(!wildFolder)(
  "cagent's own cassettes are known by provider and protocol, and by the day of their recording",
  () => {
    const folder = join(wildFolder!, 'cagent-e2e/testdata/cassettes')
    for (const file of readdirSync(folder)) {
      const { entries, header, load } = openCassette(join(folder, file), context)
      expect(Number(header.recorded.slice(0, 4))).toBeGreaterThan(2024)
      for (const { id } of entries) {
        expect(load(id).request).toMatchObject({
          provider: expect.any(String),
          protocol: expect.any(String),
          operation: expect.any(String),
        })
        expect(load(id).response.body).not.toBe('')
      }
    }
  },
)

test('a recording of the first version of go-vcr, without ids, is read in its order', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const item = (text: string) => ({
    request: {
      body: JSON.stringify({ text }),
      headers: { Accept: ['*/*'] },
      url: 'https://api.openai.com/v1/chat/completions',
      method: 'POST',
    },
    response: {
      body: text,
      headers: { 'Content-Type': ['text/plain'], 'Content-Length': ['999'] },
      status: '200 OK',
      code: 200,
    },
  })
  writeFileSync(
    path,
    `---\nversion: 1\ninteractions:\n- ${JSON.stringify(item('one'))}\n- ${JSON.stringify(item('two'))}\n`,
  )
  const { entries, load, modelTrafficOnly } = openCassette(path, context)
  expect(modelTrafficOnly).toBe(true)
  expect(entries.map(({ id }) => load(id))).toMatchObject([
    {
      id: 0,
      request: { body: { text: 'one' }, protocol: 'openai-chat' },
      response: { status: 200, headers: { 'content-type': 'text/plain' }, body: 'one' },
    },
    { id: 1, request: { body: { text: 'two' } } },
  ])
})

test('bytes that are no text come as base64', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const item =
    '  - id: 0\n    request: {method: GET, url: "https://x.y/"}\n    response: {code: 200, body: !!binary "/wABAg=="}\n'
  writeFileSync(path, `version: 2\ninteractions:\n${item}`)
  expect(openCassette(path, context).load(0).response).toEqual({ status: 200, body: '/wABAg==', encoding: 'base64' })
})

test('ours are read by what knows the layout of go-vcr', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const writer = createCassette(path, { reprise: '0.1.0', recorded: '2026-01-01T00:00:00.000Z' })
  const interactions = conversation(2, (turn, part) => `${part} ${turn}`)
  for (const interaction of interactions) writer.append(interaction)
  await writer.close(undefined)
  const document = load(readFileSync(path, 'utf8')) as { version: number; interactions: JsonObject[] }
  expect(document.version).toBe(2)
  expect(document.interactions.map(({ id }) => id)).toEqual(interactions.map(({ id }) => id))
  const { request, response } = interactions[1]!
  expect(document.interactions[1]).toMatchObject({
    id: 2,
    request: { method: 'POST', url: request.url, body: request.body },
    response: { status: 200, body: response.body },
  })
})

test('a cassette that a person wrote by hand needs no more than what is asked and answered', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  writeFileSync(
    path,
    `version: 2
interactions:
  - id: 1
    request: {method: SAY, url: message:user, body: Hello}
    response: {body: null}
  - id: 2
    request:
      url: https://api.openai.com/v1/chat/completions
      body: {model: gpt-4o}
    response:
      said: {text: Hi, stop: end}
`,
  )
  const { entries, load, modelTrafficOnly } = openCassette(path, context)
  expect(modelTrafficOnly).toBe(false)
  expect(entries).toMatchObject([
    { id: 1, method: 'SAY', lane: 'root' },
    { id: 2, method: 'POST' },
  ])
  expect(load(2)).toEqual({
    id: 2,
    lane: 'root',
    agent: '',
    request: {
      method: 'POST',
      url: 'https://api.openai.com/v1/chat/completions',
      provider: 'openai',
      operation: '/chat/completions',
      protocol: 'openai-chat',
      body: { model: 'gpt-4o' },
    },
    response: { status: 200, said: { text: 'Hi', stop: 'end' } },
  })
})
