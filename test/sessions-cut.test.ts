import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunEvent } from '../runtime/core/event.ts'
import type { Message, ToolCall } from '../runtime/core/message.ts'
import { openStore } from '../runtime/session/store.ts'
import { temporaryFolder } from './support/temp.ts'

const usage = { input: 1, cacheRead: 0, cacheWrite: 0, output: 1, reasoning: 0 }
const root = { path: [], agent: 'root' }
const call = (id: string, name = 'shell'): ToolCall => ({ type: 'tool-call', id, name, input: { cmd: id } })
const result = (id: string, name = 'shell') => ({
  callId: id,
  name,
  content: [{ type: 'text' as const, text: `${id} is done` }],
})
const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })
const says = (text: string, ...calls: ToolCall[]): Message => ({
  role: 'assistant',
  content: [{ type: 'text', text }, ...calls],
  stop: calls.length > 0 ? 'tool-calls' : 'end',
  usage,
})

/** An answer as it comes: in pieces, then whole. */
const speaking = (at: { path: number[]; agent: string }, text: string, ...calls: ToolCall[]): RunEvent[] => [
  { ...at, type: 'reasoning-delta', text: 'Hm. ' },
  { ...at, type: 'part', part: { type: 'reasoning', text: 'Hm. ' } },
  ...text.split(/(?<= )/).map((piece): RunEvent => ({ ...at, type: 'text-delta', text: piece })),
  { ...at, type: 'part', part: { type: 'text', text } },
  ...calls.map((part): RunEvent => ({ ...at, type: 'part', part })),
  { ...at, type: 'finish', stop: 'end', usage, cost: 0.5 },
  { ...at, type: 'message', message: says(text, ...calls) },
]

const calls = [call('one'), call('two'), call('three', 'transfer_task')]
const helper = { path: [3], agent: 'helper' }

/** A turn with two calls and a task at once, whose events come mixed; then another turn. */
const events: readonly RunEvent[] = [
  { ...root, type: 'message', message: user('Begin') },
  { ...root, type: 'agent-start' },
  ...speaking(root, 'I look at it now', ...calls),
  { ...root, path: [1], type: 'tool-start', call: calls[0]! },
  { ...root, path: [3], type: 'tool-start', call: calls[2]! },
  { ...helper, type: 'agent-start' },
  ...speaking(helper, 'I help with that', call('inner')).slice(0, 5),
  { ...root, path: [2], type: 'tool-start', call: calls[1]! },
  { ...root, path: [2], type: 'tool-end', call: calls[1]!, result: result('two') },
  ...speaking(helper, 'I help with that', call('inner')).slice(5),
  { ...helper, path: [3, 1], type: 'tool-start', call: call('inner') },
  { ...root, path: [1], type: 'tool-end', call: calls[0]!, result: result('one') },
  { ...helper, path: [3, 1], type: 'tool-end', call: call('inner'), result: result('inner') },
  { ...helper, type: 'message', message: { role: 'tool', results: [result('inner')] } },
  ...speaking(helper, 'It is done'),
  { ...helper, type: 'agent-end', reason: 'done' },
  { ...root, path: [3], type: 'tool-end', call: calls[2]!, result: result('three', 'transfer_task') },
  {
    ...root,
    type: 'message',
    message: { role: 'tool', results: [result('one'), result('two'), result('three', 'transfer_task')] },
  },
  ...speaking(root, 'That is all of it'),
  { ...root, type: 'agent-end', reason: 'done' },
  { ...root, type: 'message', message: user('And more?') },
  { ...root, type: 'agent-start' },
  ...speaking(root, 'There is no more'),
  { ...root, type: 'agent-end', reason: 'done' },
]

/** What was told whole, and what was told in pieces since. */
const toldBy = (events: readonly RunEvent[]) => {
  const own = events.filter(({ path }) => path.length === 0)
  const messages = own.flatMap(event => (event.type === 'message' ? [event.message] : []))
  const since = own.slice(own.findLastIndex(({ type }) => type === 'message') + 1)
  const text = since.map(event => (event.type === 'text-delta' ? event.text : '')).join('')
  return { messages, text }
}

test.each(events.map((_, index) => index + 1))(
  'whoever is cut off after %i events goes on with a whole conversation',
  async count => {
    await using folder = await temporaryFolder()
    const options = { now: () => new Date(1000), newId: () => 'one', notice: () => undefined }
    const writing = { modelOf: () => undefined, workingDirectory: folder.path }
    const told = toldBy(events.slice(0, count))
    {
      using store = await openStore(join(folder.path, 's.db'), options)
      const beginning = { agentFile: '', agentDigest: '', agent: 'root', workingDirectory: folder.path }
      const writer = store.begin(beginning, writing)
      for (const event of events.slice(0, count)) writer.append(event)
    }
    using store = await openStore(join(folder.path, 's.db'), options)
    const { record, interrupted } = store.resume('one', writing)
    const messages = record.messages.map(({ message }) => message)
    expect(messages.slice(0, told.messages.length)).toEqual(told.messages)
    // Each call is answered right after it was made, by what is known of it.
    for (const [index, message] of messages.entries()) {
      const asked = message.role === 'assistant' ? message.content.filter(part => part.type === 'tool-call') : []
      const next = messages[index + 1]
      if (asked.length > 0)
        expect(next?.role === 'tool' && next.results.map(({ callId }) => callId)).toEqual(asked.map(({ id }) => id))
    }
    const ended = events.slice(0, count).flatMap(event => (event.type === 'tool-end' ? [event.call.id] : []))
    expect(interrupted.every(({ input }) => !ended.includes(`${input['cmd']}`))).toBe(true)
    const last = messages.at(-1)
    if (told.text !== '')
      expect(last).toMatchObject({
        role: 'assistant',
        stop: 'interrupted',
        content: [{ type: 'text', text: told.text }],
      })
    // And it is told once.
    expect(store.resume('one', writing).interrupted).toEqual([])
    expect(store.read('one').messages).toHaveLength(messages.length)
  },
)

test('costs and tokens are those of all agents, and a branch has those of what it holds', async () => {
  await using folder = await temporaryFolder()
  let ids = 0
  const options = { now: () => new Date(1000), newId: () => `id-${++ids}`, notice: () => undefined }
  using store = await openStore(join(folder.path, 's.db'), options)
  const beginning = { agentFile: '', agentDigest: '', agent: 'root', workingDirectory: folder.path }
  const writer = store.begin(beginning, { modelOf: () => undefined, workingDirectory: folder.path })
  for (const event of events) writer.append(event)
  expect(store.find('id-1')).toMatchObject({ cost: 2.5, turns: 2, usage: { input: 5, output: 5 } })
  expect(store.find(store.fork('id-1', { at: 4 }))).toMatchObject({ cost: 2, turns: 1, parent: { id: 'id-1', at: 4 } })
  expect(store.find(store.fork('id-1', {}))).toMatchObject({ cost: 2.5, turns: 2 })
})
