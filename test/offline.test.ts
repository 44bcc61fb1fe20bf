import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import nock from 'nock'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { play } from '../runtime/testing/index.ts'
import { examplesWith } from './servers/scripts.ts'
import { helloAgent } from './support/agents.ts'
import { folderWith } from './support/temp.ts'

/** What somebody tried to reach although the network is refused. */
const tried: string[] = []
const noteDown = (request: { readonly url?: string }): void => void tried.push(`${request.url}`)

beforeAll(() => {
  nock.disableNetConnect()
  nock.emitter.on('no match', noteDown)
})
afterEach(() => {
  tried.length = 0
  nock.cleanAll()
})
afterAll(() => {
  nock.emitter.off('no match', noteDown)
  nock.enableNetConnect()
  nock.restore()
})

test('the refused network is noticed, so that what follows means something', async () => {
  await expect(fetch('https://api.openai.com/v1/models')).rejects.toThrow()
  expect(tried).toHaveLength(1)
})

test.each(Object.entries(examplesWith('')))(
  'the example %s is played with the network refused, and reaches for nothing',
  async (name, { message }) => {
    const run = await play(`agents/${name}.yaml`, { messages: message, env: { CI: 'true', HOME: '/home/nobody' } })
    expect(run.endings).toEqual(['done'])
    expect(run.answer).not.toBe('')
    expect(tried).toEqual([])
  },
)

const chunk = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', model: 'gpt-4o', choices: [{ index: 0, delta, finish_reason }] })}\n\n`

test('what was recorded from an intercepted provider is played without it', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  const key = 'sk-proj-intercepted-0123456789abcdef'
  const provider = nock('https://api.openai.com', { reqheaders: { authorization: `Bearer ${key}` } })
    .post('/v1/chat/completions', body => body.stream === true)
    .reply(
      200,
      () => Readable.from([chunk({ content: 'Hello ' }), chunk({ content: 'there.' }, 'stop'), 'data: [DONE]\n\n']),
      {
        'content-type': 'text/event-stream',
      },
    )
  const options = { messages: 'Hi', cassette: 'tape', workingDirectory: folder.path }
  const recorded = await play('agent.yaml', { ...options, record: 'all', env: { OPENAI_API_KEY: key } })
  expect(recorded.answer).toBe('Hello there.')
  expect(provider.isDone()).toBe(true)
  expect(readFileSync(`${folder.path}/tape.yaml`, 'utf8')).not.toContain(key)

  const replayed = await play('agent.yaml', { ...options, env: { CI: 'true' } })
  expect(replayed.events).toEqual(recorded.events)
  expect(tried).toEqual([])
})
