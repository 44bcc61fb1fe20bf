import { expect, test } from 'vitest'
import type { RunEvent } from '../runtime/index.ts'
import { isNearlyFull, visible } from '../runtime/loop/context.ts'
import { conversed } from './support/conversed.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { temporaryFolder } from './support/temp.ts'

const agent = `agents:
  root:
    model: openai/gpt-4o
    instruction: You are helpful.
    toolsets:
      - type: think
`
const think = (thought: string) => ({ name: 'think', input: { thought } })
const tooLong = {
  status: 400,
  body: {
    error: {
      message: "This model's maximum context length is 128000 tokens.",
      type: 'invalid_request_error',
      code: 'context_length_exceeded',
    },
  },
}

const statesIn = (events: readonly RunEvent[]) =>
  events.flatMap(event => (event.type === 'compaction' ? [`${event.reason} ${event.state}`] : []))

const twice = async (answers: readonly ProviderStep[], messages: readonly string[], file = agent) => {
  await using folder = await temporaryFolder()
  await using server = await providerServer(answers)
  const common = { folder: folder.path, agent: file, messages }
  const recorded = await conversed({ ...common, env: server.env, record: 'tape' })
  const replayed = await conversed({ ...common, fake: 'tape' })
  expect(replayed.lines).toBe(recorded.lines)
  return { ...recorded, replayed, bodies: server.requests.map(({ body }) => JSON.stringify(body)) }
}

const long = 'long '.repeat(6000)

test('near the limit of its model a conversation is summed up, and the turn goes on', async () => {
  const full = { input: 120_000, output: 100 }
  const { events, failure, bodies } = await twice(
    [
      { text: 'Noted.' },
      { toolCalls: [think(long)], usage: full },
      { when: 'Sum this conversation up', text: 'THE SUMMARY' },
      { when: 'THE SUMMARY', text: 'Done.' },
      { when: 'THE SUMMARY', text: 'Still here.' },
    ],
    ['Remember 42.', 'Think about it.', 'And now?'],
  )
  expect(failure).toBeUndefined()
  expect(statesIn(events)).toEqual(['near started', 'near done'])
  // The task that is being worked on stays word for word, also where it is in what was summed up.
  expect(bodies[3]).toContain('Think about it.')
  expect(bodies[3]).not.toContain('Remember 42.')
  expect(bodies[3]).not.toContain('long long')
  expect(bodies[4]).toContain('And now?')
})

test('what is too long for the provider is summed up, and asked again', async () => {
  const { events, failure, bodies } = await twice(
    [
      { text: 'Noted.' },
      { toolCalls: [think('short')] },
      tooLong,
      { when: 'Sum this conversation up', text: 'THE SUMMARY' },
      { when: 'THE SUMMARY', text: 'Done.' },
    ],
    [`Remember ${long}`, 'Think.'],
  )
  expect(failure).toBeUndefined()
  expect(statesIn(events)).toEqual(['overflow started', 'overflow done'])
  // The end stays as it is: a call, and its result.
  expect(bodies[4]).toMatch(/THE SUMMARY.*Think\..*tool_calls.*"role":"tool"/)
})

test('where even that is too long, all of it is summed up, once; then the failure is told', async () => {
  const sum = { when: 'Sum this conversation up', text: 'THE SUMMARY' }
  const { events, failure } = await twice(
    [{ text: 'Noted.' }, { text: 'Noted.' }, tooLong, sum, tooLong, sum, tooLong],
    [`Remember ${long}`, 'And this.', 'Go on.'],
  )
  expect(failure).toMatchObject({ code: 'context-overflow' })
  expect(statesIn(events)).toEqual(['overflow started', 'overflow done', 'overflow started', 'overflow done'])
})

test('a summary that is too long itself is made of less', async () => {
  const { failure, bodies } = await twice(
    [
      { text: 'Noted.' },
      tooLong,
      { ...tooLong, when: 'Sum this conversation up' },
      { when: 'Sum this conversation up', text: 'THE SUMMARY' },
      { when: 'THE SUMMARY', text: 'Done.' },
    ],
    [`Remember ${'many words '.repeat(25_000)}`, 'Go on.'],
  )
  expect(failure).toBeUndefined()
  expect(bodies[3]?.length).toBeLessThan((bodies[2]?.length ?? 0) / 1.5)
})

test('a summary that fails is told of, not tried at every turn, and the run goes on', async () => {
  const full = { input: 120_000, output: 100 }
  const { events, failure } = await twice(
    [
      { toolCalls: [think(long)], usage: full },
      { when: 'Sum this conversation up', status: 400, message: 'No.' },
      { toolCalls: [think('b')], usage: full },
      { text: 'Done.' },
    ],
    ['Go.'],
  )
  expect(failure).toBeUndefined()
  expect(statesIn(events)).toEqual(['near started', 'near failed'])
})

test('/compact sums up when the user wants it, and what he wants', async () => {
  const { events, failure, bodies } = await twice(
    [
      { text: 'Noted.' },
      { text: 'Noted too.' },
      { when: /Sum this conversation up\. Keep the numbers/, text: 'THE SUMMARY' },
      { when: 'THE SUMMARY', text: '42.' },
    ],
    [`Remember 42. ${long}`, 'And 43.', '/compact Keep the numbers', 'Which?'],
  )
  expect(failure).toBeUndefined()
  expect(statesIn(events)).toEqual(['asked started', 'asked done'])
  expect(bodies[3]).toMatch(/THE SUMMARY.*And 43\..*Which\?/)
})

test('a member of a team has a summary of its own', async () => {
  const file = `agents:
  root:
    model: openai/gpt-4o
    instruction: You lead.
    sub_agents: [member]
  member:
    model: openai/gpt-4o
    instruction: You work.
    toolsets: [{ type: think }]
`
  const { failure, events } = await twice(
    [
      {
        when: 'You lead',
        toolCalls: [{ name: 'transfer_task', input: { agent: 'member', task: 'Count.', expected_output: '' } }],
      },
      { when: 'You work', toolCalls: [think(long)], usage: { input: 127_000 } },
      { when: 'Sum this conversation up', text: 'THE SUMMARY' },
      { when: 'THE SUMMARY', text: 'Counted.' },
      { when: 'You lead', text: 'Done.' },
    ],
    ['Go.'],
    file,
  )
  expect(failure).toBeUndefined()
  expect(events.find(({ type }) => type === 'compaction')).toMatchObject({ agent: 'member', path: [1] })
})

test('what the provider counted goes first; what came after it is counted by a tokenizer, where that can matter', async () => {
  const said = (input: number) => ({
    role: 'assistant' as const,
    content: [],
    stop: 'end' as const,
    usage: { input, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 },
  })
  const user = (length: number) => ({
    role: 'user' as const,
    content: [{ type: 'text' as const, text: 'x'.repeat(length) }],
  })
  let counted = 0
  const count = async (text: string) => {
    counted += 1
    return text.length / 2
  }
  expect(await isNearlyFull([user(50_000), said(100)], 1000, count)).toBe(false)
  expect(await isNearlyFull([user(10), said(901)], 1000, count)).toBe(true)
  expect(await isNearlyFull([user(10), said(500), user(300)], 1000, count)).toBe(false)
  expect(counted).toBe(1)
  expect(await isNearlyFull([user(10), said(500), user(700)], 1000, count)).toBe(false)
  expect(await isNearlyFull([user(10), said(500), user(900)], 1000, count)).toBe(true)
  const summary = { ...user(20), from: 'summary' as const, replaces: 2 }
  expect(visible([user(1), said(999), user(3), summary, said(5)])).toEqual([summary, user(3), said(5)])
  expect(await isNearlyFull([user(1), user(1), said(999), summary], 1000, count)).toBe(false)
})
