import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunEvent } from '../runtime/core/event.ts'
import { type AssistantMessage, noUsage } from '../runtime/core/message.ts'
import { openStore } from '../runtime/session/store.ts'
import { user } from './support/asked.ts'
import { temporaryFolder } from './support/temp.ts'

/** Lists in lists. */
const nested = (depth: number) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)
const root = { path: [], agent: 'root' } as const

/** What a model says with something nested so deep that only it can read. */
const saying = (depth: number): AssistantMessage => ({
  role: 'assistant',
  content: [
    { type: 'text', text: 'A heron.' },
    { type: 'reasoning', text: '', providerData: { protocol: 'anthropic-messages', value: nested(depth) } },
  ],
  stop: 'end',
  usage: noUsage,
})

const stored = async (message: AssistantMessage) => {
  const folder = await temporaryFolder()
  const options = { now: () => new Date(1000), newId: () => 'one', notice: () => undefined }
  const beginning = { agentFile: '', agentDigest: '', agent: 'root', workingDirectory: folder.path }
  const store = await openStore(join(folder.path, 's.db'), options)
  const writer = store.begin(beginning, { modelOf: () => undefined, workingDirectory: folder.path })
  const events: RunEvent[] = [
    { ...root, type: 'message', message: user('Which bird?') },
    { ...root, type: 'agent-start' },
    { ...root, type: 'part', part: message.content[1] as AssistantMessage['content'][number] },
    { ...root, type: 'message', message },
  ]
  return {
    store,
    write: () => events.forEach(event => void writer.append(event)),
    async [Symbol.asyncDispose]() {
      store[Symbol.dispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

test.each([300, 1000, 1500])('what is nested %i deep is stored, found and read again as it was', async depth => {
  const message = saying(depth)
  await using here = await stored(message)
  here.write()
  const { messages } = here.store.read('one')
  expect(JSON.stringify(messages[1]?.message)).toBe(JSON.stringify(message))
  expect(here.store.search('heron', 3)).toMatchObject([{ agent: 'root', text: 'A heron.' }])
  expect(here.store.events('one')).toHaveLength(3)
})

test('what no JSON can hold is refused with the reason', async () => {
  await using here = await stored(saying(200_000))
  expect(here.write).toThrow('something that was said is nested too deep')
})
