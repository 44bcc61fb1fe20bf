import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bytesOf } from '../runtime/cassette/file/body.ts'
import { importRecording } from '../runtime/team/tapes/importing.ts'
import { cassetteAt } from '../runtime/team/tapes/reading.ts'
import { providerServer } from './support/provider-server.ts'
import { temporaryFolder } from './support/temp.ts'

const body = { model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'What is in the sea? 🌊' }] }

/** What the recorders of others write today, of the traffic of a provider. */
const send = async (url: string): Promise<string> => {
  const headers = { 'content-type': 'application/json', authorization: `Bearer sk-${'proj'}-${'aB3dE6gH'.repeat(6)}` }
  const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body: JSON.stringify(body) })
  return await response.text()
}

const importedFrom = async (path: string, folder: string) => {
  const to = join(folder, 'ours.yaml')
  const surroundings = { env: {}, home: '/home/nobody', workingDirectory: '/nowhere', now: () => new Date(0) }
  const { format, interactions, modelCalls } = await importRecording(path, to, surroundings)
  const { request, response } = cassetteAt(to).load(1)
  expect(request).toMatchObject({ method: 'POST', protocol: 'openai-chat', body })
  expect(response.said).toMatchObject({ text: 'Salt, of course.' })
  return { format, interactions, modelCalls, url: request.url, answer: bytesOf(response).toString() }
}

test('what nock records is imported', async () => {
  await using server = await providerServer([{ text: 'Salt, of course.' }])
  await using folder = await temporaryFolder()
  const { default: nock } = await import('nock')
  nock.recorder.rec({ output_objects: true, dont_print: true })
  const answer = await send(server.url)
  const recorded = nock.recorder.play()
  nock.recorder.clear()
  nock.restore()
  const path = join(folder.path, 'tape.json')
  writeFileSync(path, JSON.stringify(recorded))
  expect(await importedFrom(path, folder.path)).toEqual({
    format: 'nock',
    interactions: 1,
    modelCalls: 1,
    url: `${server.url}/v1/chat/completions`,
    answer,
  })
})

test('what Polly.JS records is imported', async () => {
  await using server = await providerServer([{ text: 'Salt, of course.' }])
  await using folder = await temporaryFolder()
  const [{ Polly }, { default: adapter }, { default: persister }] = await Promise.all([
    import('@pollyjs/core'),
    import('@pollyjs/adapter-fetch'),
    import('@pollyjs/persister-fs'),
  ])
  Polly.register(adapter as never)
  Polly.register(persister as never)
  const polly = new Polly('tape', {
    mode: 'record',
    adapters: ['fetch'],
    persister: 'fs',
    logLevel: 'silent',
    adapterOptions: { fetch: { context: globalThis } },
    persisterOptions: { fs: { recordingsDir: folder.path } },
  } as never)
  const answer = await send(server.url)
  await polly.stop()
  const path = join(
    folder.path,
    readdirSync(folder.path, { recursive: true })
      .map(String)
      .find(name => name.endsWith('.har'))!,
  )
  expect(await importedFrom(path, folder.path)).toEqual({
    format: 'HAR',
    interactions: 1,
    modelCalls: 1,
    url: `${server.url}/v1/chat/completions`,
    answer,
  })
})
