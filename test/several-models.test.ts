import { expect, test } from 'vitest'
import { Failure } from '../runtime/core/errors.ts'
import { noUsage } from '../runtime/core/message.ts'
import type { Model, ModelRequest } from '../runtime/core/model.ts'
import { gateOf, sharing } from '../runtime/models/limits.ts'
import { routed } from '../runtime/models/route.ts'
import { conversed } from './support/conversed.ts'
import { providerServer } from './support/provider-server.ts'
import { temporaryFolder } from './support/temp.ts'

const request = (text: string): ModelRequest => ({
  caller: { agent: '', lane: '' },
  system: [],
  stable: 0,
  messages: [{ role: 'user', content: [{ type: 'text', text }] }],
  tools: [],
})

const modelsIn = (requests: readonly { readonly body: { readonly [key: string]: unknown } }[]) =>
  requests.map(({ body }) => body['model'])

test('an alloy takes turns in the order in which it stands, and so does its replay', async () => {
  await using folder = await temporaryFolder()
  await using server = await providerServer(({ turn }) =>
    turn < 4 ? { toolCalls: [{ name: 'think', input: { thought: `${turn}` } }] } : { text: 'Done.' },
  )
  const agent = `models:
  both:
    model: openai/gpt-4o, claude
  claude:
    provider: anthropic
    model: claude-sonnet-4-5
agents:
  root:
    model: both
    toolsets: [{ type: think }]
`
  const common = { folder: folder.path, agent, messages: ['Go.', 'And again.'] }
  const recorded = await conversed({ ...common, env: server.env, record: 'tape' })
  const replayed = await conversed({ ...common, fake: 'tape' })
  expect(recorded.failure).toBeUndefined()
  expect(modelsIn(server.requests)).toEqual(['gpt-4o', 'claude-sonnet-4-5', 'gpt-4o', 'claude-sonnet-4-5', 'gpt-4o'])
  expect(replayed.lines).toBe(recorded.lines)
})

const router = `models:
  router:
    provider: openai
    model: gpt-4o
    routing:
      - model: openai/gpt-4o-mini
        examples:
          - hello there
          - what time is it
      - model: claude
        examples:
          - write a function that sorts a list
          - fix the bug in this code
  claude:
    provider: anthropic
    model: claude-sonnet-4-5
agents:
  root:
    model: router
`

test('a route is chosen by what was said, and by the examples that it shares the most with', async () => {
  await using folder = await temporaryFolder()
  await using server = await providerServer(() => ({ text: 'Yes.' }))
  const messages = [
    'Hello!',
    'There are bugs in my code, please fix them',
    'Über die See',
    'Sorting functions are slow',
  ]
  const common = { folder: folder.path, agent: router, messages }
  const recorded = await conversed({ ...common, env: server.env, record: 'tape' })
  const replayed = await conversed({ ...common, fake: 'tape' })
  expect(recorded.failure).toBeUndefined()
  expect(modelsIn(server.requests)).toEqual(['gpt-4o-mini', 'claude-sonnet-4-5', 'gpt-4o', 'claude-sonnet-4-5'])
  expect(replayed.lines).toBe(recorded.lines)
})

test.each([
  ['the rarer word counts more', ['read the file', 'read the mail', 'read the book'], 'read my mail', 1],
  ['of two that are alike the first', ['tell me a joke', 'tell me a joke'], 'a joke', 0],
  ['words that say nothing do not count', ['who are you', 'a poem'], 'can you do it for me', -1],
  ['endings do not count', ['translate a sentence', 'draw pictures'], 'Drawing a picture of translated things', 1],
])('%s', (_name, examples, said, expected) => {
  const asked: number[] = []
  const model = (index: number) => () => {
    asked.push(index)
    return (async function* () {})()
  }
  const choose = routed(
    examples.map((example, index) => ({ model: model(index), examples: [example] })),
    model(-1),
  )
  choose(request(said), new AbortController().signal)
  expect(asked).toEqual([expected])
})

test('a member is routed by its task, not by how it is told of it', async () => {
  await using folder = await temporaryFolder()
  await using server = await providerServer([
    {
      when: 'You lead',
      toolCalls: [{ name: 'transfer_task', input: { agent: 'member', task: 'What time is it?', expected_output: '' } }],
    },
    { when: 'You work', text: 'Late.' },
    { when: 'You lead', text: 'Late.' },
  ])
  const agent = router
    .replace('- write a function that sorts a list', '- complete the following task of your team')
    .replace(
      '    model: router\n',
      '    model: openai/gpt-4o\n    instruction: You lead.\n    sub_agents: [member]\n  member:\n    model: router\n    instruction: You work.\n',
    )
  const { failure } = await conversed({ folder: folder.path, agent, env: server.env })
  expect(failure).toBeUndefined()
  expect(modelsIn(server.requests)).toEqual(['gpt-4o', 'gpt-4o-mini', 'gpt-4o'])
})

test('a limit that one agent meets holds back all others that ask the same provider, one after the other', async () => {
  let now = 0
  const slept: number[] = []
  const sleep = async (milliseconds: number) => {
    slept.push(milliseconds)
    await Promise.resolve()
    now = Math.max(now, 5000)
  }
  const gate = gateOf({ now: () => now, sleep })
  const limited: Model = async function* () {
    yield* []
    throw new Failure('rate-limited', 'Slow down.', { retryAfter: 5000 })
  }
  const free: Model = async function* () {
    yield { type: 'finish', stop: 'end', usage: noUsage }
  }
  const ask = (model: Model) => Array.fromAsync(sharing(model, gate)(request('Go.'), new AbortController().signal))
  await expect(ask(limited)).rejects.toThrow('Slow down.')
  await Promise.all([ask(free), ask(free), ask(free)])
  expect(slept).toEqual([5100, 5200, 5300])
  await ask(free)
  expect(slept).toHaveLength(3)
})

test('agents that were held back replay as they were recorded', async () => {
  await using folder = await temporaryFolder()
  const members = ['a', 'b', 'c']
  const give = (agent: string) => ({ name: 'transfer_task', input: { agent, task: 'Work.', expected_output: '' } })
  let refused = 0
  await using server = await providerServer(({ body }) => {
    const text = JSON.stringify(body)
    if (text.includes('You lead')) return text.includes('"tool"') ? { text: 'Done.' } : { toolCalls: members.map(give) }
    refused += 1
    const headers = { 'retry-after': '0.1' }
    return refused < 5 ? { status: 429, message: 'Slow down.', headers } : { text: 'Worked.' }
  })
  const agent = `agents:
  root:
    model: openai/gpt-4o
    instruction: You lead.
    sub_agents: [${members.join(', ')}]
${members.map(name => `  ${name}:\n    model: openai/gpt-4o\n    instruction: You are ${name}.\n    fallback: { retries: 5 }\n`).join('')}`
  const common = { folder: folder.path, agent }
  const recorded = await conversed({ ...common, env: server.env, record: 'tape', now: () => new Date() })
  const replayed = await conversed({ ...common, fake: 'tape' })
  expect(recorded.failure).toBeUndefined()
  expect(recorded.lines).toContain('"type":"retry"')
  expect(replayed.lines).toBe(recorded.lines)
})

test('an alloy cannot be part of an alloy, and its parts must be there', async () => {
  await using folder = await temporaryFolder()
  const agent = `models:
  one: { model: "two,openai/gpt-4o" }
  two: { model: "openai/gpt-4o,one" }
  three: { model: "openai/gpt-4o,nothing" }
agents:
  root: { model: one }
`
  const error = await conversed({ folder: folder.path, agent }).catch((error: Error) => error.message)
  expect(error).toContain('"two" is an alloy itself, and cannot be part of one.')
  expect(error).toContain('There is no model "nothing".')
})
