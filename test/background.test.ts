import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunEvent } from '../runtime/index.ts'
import { reprise } from './support/cli.ts'
import { conversed } from './support/conversed.ts'
import { type ProviderStep, providerServer, type Say } from './support/provider-server.ts'
import { temporaryFolder } from './support/temp.ts'

const names = Array.from({ length: 10 }, (_, index) => `member${index}`)

const leadOf = (members: readonly string[], more = '') => `agents:
  root:
    model: openai/gpt-4o
    instruction: You are the lead.
    sub_agents: [${members.join(', ')}]
    toolsets:
      - type: background_agents
${members.map(name => `  ${name}:\n    model: openai/gpt-4o\n    instruction: You are ${name}.\n${more}`).join('')}`

const give = (agent: string) => ({ name: 'run_background_agent', input: { agent, task: `Work as ${agent} does.` } })

const resultsIn = (events: readonly RunEvent[], name: string): string[] =>
  events.flatMap(event =>
    event.type === 'tool-end' && event.call.name === name
      ? [event.result.content.map(part => (part.type === 'text' ? part.text : '')).join('')]
      : [],
  )

test('ten agents work in the background, and a replay tells the same bytes', async () => {
  await using folder = await temporaryFolder()
  const answers: ProviderStep[] = [
    { when: 'You are the lead', toolCalls: names.map(give) },
    { when: 'You are the lead', text: 'I wait for them.' },
    { when: /are completed|is completed/, text: 'All ten are done.' },
    // The first is asked first and answers last.
    ...names.map((name, index) => ({
      when: `You are ${name}.`,
      text: [`${name} `, 'has ', 'worked.'],
      delayMs: (10 - index) * 4,
    })),
  ]
  const common = { folder: folder.path, agent: leadOf(names) }
  await using server = await providerServer(answers)
  const recorded = await conversed({ ...common, env: server.env, record: 'tape' })
  const replayed = await conversed({ ...common, fake: 'tape' })

  expect(recorded.failure).toBeUndefined()
  expect(recorded.events.filter(({ type }) => type === 'agent-end').map(({ agent }) => agent)).toEqual([
    ...names,
    'root',
  ])
  expect(recorded.lines).toContain('All ten are done.')
  expect(replayed.lines).toBe(recorded.lines)
  expect(replayed.failure).toBeUndefined()
})

test('the agent hears what came of it when it rests, in the order of beginning', async () => {
  await using folder = await temporaryFolder()
  await using server = await providerServer([
    { toolCalls: [give('slow'), give('quick')] },
    { when: 'You are slow.', text: 'Slowly done.', delayMs: 60 },
    { when: 'You are quick.', text: 'Quickly done.' },
    { when: 'You are the lead', text: 'Meanwhile.' },
    { when: 'You are the lead', text: 'Thanks.' },
  ])
  const { events, failure } = await conversed({
    folder: folder.path,
    agent: leadOf(['slow', 'quick']),
    env: server.env,
  })
  expect(failure).toBeUndefined()
  const told = events.flatMap(event => (event.type === 'message' && event.message.role === 'user' ? [event] : []))
  expect(told.map(({ path }) => path)).toEqual([[], []])
  expect(told.at(-1)?.message).toMatchInlineSnapshot(`
    {
      "content": [
        {
          "text": "Background agent task task_1 of slow is completed:

    Slowly done.

    Background agent task task_2 of quick is completed:

    Quickly done.",
          "type": "text",
        },
      ],
      "from": "background",
      "role": "user",
    }
  `)
})

test('one is looked at, one is stopped, and the replay stops it at the same place', async () => {
  await using folder = await temporaryFolder()
  let begun = () => {}
  const isBegun = new Promise<void>(resolve => {
    begun = resolve
  })
  const calls = (name: string, input: Readonly<Record<string, string>>): Say => ({ toolCalls: [{ name, input }] })
  const lead: Say[] = [
    { toolCalls: [give('quick'), give('endless')] },
    calls('view_background_agent', { task_id: 'task_1' }),
    calls('list_background_agents', {}),
    calls('stop_background_agent', { task_id: 'task_2' }),
    { text: 'Enough.' },
    { text: 'More.' },
  ]
  let turns = 0
  await using server = await providerServer(({ body }) => {
    const text = JSON.stringify(body)
    if (text.includes('You are quick.')) return { text: 'Done.' }
    if (text.includes('You are endless.')) {
      if (!text.includes('"role":"tool"')) return { toolCalls: [{ name: 'think', input: { thought: 'On and on.' } }] }
      return { text: Array.from({ length: 10_000 }, (_, index) => `word${index} `), delayMs: 5 }
    }
    return lead[turns++]
  })
  const common = { folder: folder.path, agent: leadOf(['quick', 'endless'], '    toolsets:\n      - type: think\n') }
  const heard = (event: RunEvent) => {
    if (event.type === 'text-delta' && event.agent === 'endless') begun()
  }
  const slow: typeof fetch = async (input, init) => {
    // The lead stops it in the middle of a word.
    if (String(init?.body).includes('task_2\\n')) await isBegun
    return await fetch(input, init)
  }
  const recorded = await conversed({ ...common, env: server.env, record: 'tape', heard, fetch: slow })
  const replayed = await conversed({ ...common, fake: 'tape' })

  expect(recorded.failure).toBeUndefined()
  expect(resultsIn(recorded.events, 'view_background_agent')).toEqual([
    'Task ID: task_1\nAgent: quick\nStatus: completed\n\n--- Output ---\nDone.',
  ])
  expect(resultsIn(recorded.events, 'list_background_agents')).toEqual([
    'Background agent tasks:\n\nID: task_1\nAgent: quick\nStatus: completed\n\nID: task_2\nAgent: endless\nStatus: running',
  ])
  const end = recorded.events.find(event => event.type === 'agent-end' && event.agent === 'endless')
  expect(end).toMatchObject({ path: [-2], reason: 'stopped' })
  expect(recorded.lines).toContain('"stop":"interrupted"')
  expect(readFileSync(join(folder.path, 'tape.yaml'), 'utf8')).toContain('HALT')
  expect(replayed.failure).toBeUndefined()
  expect(replayed.lines).toBe(recorded.lines)

  // It may go on from there: what was stopped stays so.
  const messages = ['Go.', 'More?']
  const longer = await conversed({ ...common, messages, env: server.env, fake: 'tape', record: 'longer' })
  expect(longer.failure).toBeUndefined()
  expect(longer.lines.startsWith(recorded.lines)).toBe(true)
  expect(longer.lines).toContain('More.')
  expect((await conversed({ ...common, messages, fake: 'longer' })).lines).toBe(longer.lines)
})

test('what changes something is asked about when the agent rests, and done when it is allowed', async () => {
  await using folder = await temporaryFolder()
  await using server = await providerServer([
    { when: 'You are the lead', toolCalls: [give('writer')] },
    { when: 'You are writer.', toolCalls: [{ name: 'shell', input: { cmd: 'echo written' } }] },
    { when: 'You are the lead', toolCalls: [{ name: 'view_background_agent', input: { task_id: 'task_1' } }] },
    { when: 'waits for an approval', text: 'I rest.' },
    { when: 'You are writer.', text: 'It is written.' },
    { when: 'is completed', text: 'Thanks.' },
  ])
  const common = { folder: folder.path, agent: leadOf(['writer'], '    toolsets:\n      - type: shell\n') }
  // Whoever answers has read the question: it must have been told.
  const question = Promise.withResolvers<void>()
  const asked: string[] = []
  const person = async ({ call }: { call: { name: string } }) => {
    asked.push(call.name)
    await question.promise
    return { verdict: 'yes' } as const
  }
  const told = ({ type }: RunEvent) => {
    if (type === 'question') question.resolve()
  }
  const recorded = await conversed({ ...common, env: server.env, record: 'tape', person, told })
  const replayed = await conversed({ ...common, fake: 'tape' })
  expect(recorded.failure).toBeUndefined()
  expect(asked).toEqual(['shell'])
  expect(recorded.lines).toContain('Thanks.')
  expect(replayed.lines).toBe(recorded.lines)
})

test('one that fails is told of, and the rest goes on', async () => {
  await using folder = await temporaryFolder()
  await using server = await providerServer([
    { when: 'You are the lead', toolCalls: [give('bad'), give('good')] },
    { when: 'You are bad.', status: 400, message: 'Not like this.' },
    { when: 'You are good.', text: 'Well done.', delayMs: 20 },
    { when: 'You are the lead', text: 'I rest.' },
    { when: 'is failed', text: 'One of two.' },
  ])
  const common = { folder: folder.path, agent: leadOf(['bad', 'good']) }
  const recorded = await conversed({ ...common, env: server.env, record: 'tape' })
  const replayed = await conversed({ ...common, fake: 'tape' })
  expect(recorded.failure).toBeUndefined()
  expect(recorded.lines).toContain('One of two.')
  expect(recorded.events).toContainEqual(expect.objectContaining({ type: 'agent-end', agent: 'bad', reason: 'failed' }))
  expect(replayed.lines).toBe(recorded.lines)
})

test('an agent in the background may have agents in the background', async () => {
  await using folder = await temporaryFolder()
  const agent = `agents:
  root:
    model: openai/gpt-4o
    instruction: You are the lead.
    sub_agents: [middle]
    toolsets: [{ type: background_agents }]
  middle:
    model: openai/gpt-4o
    instruction: You are the middle.
    sub_agents: [leaf]
    toolsets: [{ type: background_agents }]
  leaf:
    model: openai/gpt-4o
    instruction: You are the leaf.
`
  await using server = await providerServer(({ body, turn }) => {
    const text = JSON.stringify(body)
    if (text.includes('You are the leaf')) return { text: ['Le', 'af.'], delayMs: 10 / turn }
    if (text.includes('is completed')) return { text: 'Done.' }
    if (text.includes('task started with ID')) return { text: 'I rest.' }
    return { toolCalls: text.includes('You are the lead') ? [give('middle'), give('middle')] : [give('leaf')] }
  })
  const common = { folder: folder.path, agent }
  const recorded = await conversed({ ...common, env: server.env, record: 'tape' })
  const replayed = await conversed({ ...common, fake: 'tape' })
  expect(recorded.failure).toBeUndefined()
  const ends = recorded.events.flatMap(event => (event.type === 'agent-end' ? [event.path.join()] : []))
  expect(ends).toEqual(['-1,-1', '-1', '-2,-1', '-2', ''])
  expect(replayed.lines).toBe(recorded.lines)
})

test('whoever ends the run ends what runs in the background', async () => {
  await using folder = await temporaryFolder()
  await using server = await providerServer([
    { when: 'You are the lead', toolCalls: [give('endless')] },
    { when: 'You are the lead', text: 'I rest.' },
    { when: 'You are endless.', text: Array.from({ length: 1000 }, (_, index) => `word${index} `), delayMs: 5 },
  ])
  const controller = new AbortController()
  const heard = (event: RunEvent) => {
    if (event.type === 'background') controller.abort(new Error('interrupted'))
  }
  const common = { folder: folder.path, agent: leadOf(['endless']) }
  const recorded = await conversed({ ...common, env: server.env, signal: controller.signal, heard, record: 'tape' })
  const { events } = recorded
  const replayed = await conversed({ ...common, fake: 'tape' })
  expect(replayed.lines).toBe(recorded.lines)
  const ends = events.flatMap(event => (event.type === 'agent-end' ? [[event.agent, event.reason]] : []))
  expect(ends).toEqual([
    ['endless', 'cancelled'],
    ['root', 'cancelled'],
  ])
})

test('the one who began it goes on under his own heading, a line apart', async () => {
  const { stdout } = await reprise(
    ['exec', 'agents/background.yaml', '--fake', 'background', 'What makes a good bicycle bell?'],
    { cwd: process.cwd() },
  )
  expect(stdout).toContain('in a glove.\n\n--- Agent: root ---\nA good bicycle bell')
})
