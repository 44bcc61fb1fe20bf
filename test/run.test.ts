import { expect, test } from 'vitest'
import type { Border } from '../runtime/core/border.ts'
import type { RunEvent } from '../runtime/core/event.ts'
import type { JsonObject } from '../runtime/core/json.ts'
import { type Message, noUsage, type ToolCall, textOf } from '../runtime/core/message.ts'
import type { Model, ModelRequest } from '../runtime/core/model.ts'
import { type Tool, ToolFailure } from '../runtime/core/tool.ts'
import type { Agent } from '../runtime/loop/agent.ts'
import { recent } from '../runtime/loop/prompt.ts'
import { type Run, run } from '../runtime/loop/run.ts'

type Step = string | readonly Omit<ToolCall, 'type'>[]

/** A model that says what the test wrote down, step by step; a step too many fails. */
const scripted = (steps: Step[], requests: ModelRequest[] = []): Model =>
  async function* (request) {
    requests.push({ ...request, messages: [...request.messages] })
    const step = steps.shift()
    if (step === undefined) throw new Error('the model was asked once more than the test expects')
    if (typeof step === 'string') yield { type: 'part', part: { type: 'text', text: step } }
    else for (const call of step) yield { type: 'part', part: { type: 'tool-call', ...call } }
    yield { type: 'finish', stop: typeof step === 'string' ? 'end' : 'tool-calls', usage: noUsage }
  }

const world: Border = {
  exchange: () => Promise.reject(new Error('no model call crosses here')),
  perform: (_kind, _ask, live) => live(),
}

const agentOf = (name: string, model: Model, rest: Partial<Agent> & { tools?: Tool[] } = {}): Agent => ({
  name,
  description: `${name} does things`,
  instruction: `You are ${name}.`,
  model,
  toolbox: async () => ({ tools: rest.tools ?? [], instructions: [] }),
  subAgents: [],
  handoffs: [],
  promptFacts: { date: false, environment: false, files: [] },
  maxIterations: Number.POSITIVE_INFINITY,
  historyItems: Number.POSITIVE_INFINITY,
  ...rest,
})

const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] })

const runOf = (agents: Agent[], rest: Partial<Run> = {}): Run => ({
  team: new Map(agents.map(agent => [agent.name, agent])),
  agent: agents[0]!,
  messages: [user('Go.')],
  border: world,
  workspace: {} as Run['workspace'],
  fetch: () => Promise.reject(new Error('no network')),
  permission: () => ({ verdict: 'allow' }),
  person: async () => ({ verdict: 'no' }),
  fact: async name => `fact ${name}`,
  countTokens: async text => text.length / 4,
  signal: new AbortController().signal,
  ...rest,
})

const toolOf = (name: string, execute: (input: JsonObject, signal: AbortSignal) => Promise<string> | string): Tool => ({
  name,
  description: name,
  parameters: { type: 'object' },
  execute: async (input, { signal }) => [{ type: 'text', text: await execute(input, signal) }],
})

const resultsIn = (messages: readonly Message[]) =>
  messages.flatMap(message =>
    message.role === 'tool' ? message.results.map(({ content, error }) => [textOf(content), error]) : [],
  )

test('parallel calls run at once, and their results come in the order in which the model asked', async () => {
  const gate = Promise.withResolvers<void>()
  const slow = toolOf('slow', async () => {
    await gate.promise
    return 'slow'
  })
  const fast = toolOf('fast', () => {
    gate.resolve()
    return 'fast'
  })
  const calls = [
    { id: '1', name: 'slow', input: {} },
    { id: '2', name: 'fast', input: {} },
  ]
  const context = runOf([agentOf('root', scripted([calls, 'Done.']), { tools: [slow, fast] })])
  await Array.fromAsync(run(context))
  expect(resultsIn(context.messages)).toEqual([
    ['slow', undefined],
    ['fast', undefined],
  ])
})

test('what a tool could not do is told to the model, and the run goes on', async () => {
  const tools = [
    toolOf('fails', () => {
      throw new ToolFailure('There is no such file.')
    }),
    toolOf('breaks', () => {
      throw new TypeError('x is not a function')
    }),
  ]
  const calls = [
    { id: '1', name: 'fails', input: {} },
    { id: '2', name: 'breaks', input: {} },
    { id: '3', name: 'missing', input: {} },
    { id: '4', name: 'fails', input: {}, invalid: '{"path":' },
  ]
  const context = runOf([agentOf('root', scripted([calls, 'Done.']), { tools })])
  await Array.fromAsync(run(context))
  expect(resultsIn(context.messages)).toMatchInlineSnapshot(`
    [
      [
        "There is no such file.",
        "failed",
      ],
      [
        "Error calling tool: x is not a function",
        "failed",
      ],
      [
        "Tool 'missing' is not available. You can only use the tools provided to you.",
        "unknown-tool",
      ],
      [
        "The arguments are not a JSON object. Call the tool again with valid JSON.",
        "invalid-input",
      ],
    ]
  `)
})

test('a refused call is not made, and the model hears the reason', async () => {
  const made: string[] = []
  const tool = toolOf('write', () => {
    made.push('write')
    return 'written'
  })
  const call = [{ id: '1', name: 'write', input: {} }]
  const events: RunEvent[] = []
  const context = runOf([agentOf('root', scripted([call, 'Well.']), { tools: [tool] })], {
    permission: () => ({ verdict: 'ask' }),
    person: async () => ({ verdict: 'no', reason: 'not today' }),
  })
  for await (const event of run(context)) events.push(event)
  expect(made).toEqual([])
  expect(resultsIn(context.messages)).toEqual([['The user rejected the tool call. Reason: not today', 'denied']])
  expect(events.map(({ type }) => type).filter(type => !type.startsWith('part'))).toEqual([
    'agent-start',
    'finish',
    'message',
    'tool-call',
    'question',
    'answer',
    'tool-end',
    'message',
    'finish',
    'message',
    'agent-end',
  ])
})

test('a task goes to a sub-agent, whose last words are the result', async () => {
  const requests: ModelRequest[] = []
  const task = { agent: 'helper', task: 'Count.', expected_output: 'A number.' }
  const root = agentOf('root', scripted([[{ id: '1', name: 'transfer_task', input: task }], 'It is 3.']), {
    subAgents: ['helper'],
  })
  const context = runOf([root, agentOf('helper', scripted(['3'], requests))])
  await Array.fromAsync(run(context))
  expect(resultsIn(context.messages)).toEqual([['3', undefined]])
  expect(requests[0]?.caller).toEqual({ agent: 'helper', lane: 'root/transfer_task:1/helper' })
  const [briefing] = requests[0]?.messages ?? []
  expect(textOf(briefing?.role === 'user' ? briefing.content : [])).toContain('<task>\nCount.\n</task>')
})

test('an agent that is not a member of the team cannot be reached', async () => {
  const root = agentOf('root', scripted([[{ id: '1', name: 'transfer_task', input: { agent: 'nobody' } }], 'Well.']), {
    subAgents: ['helper'],
  })
  const context = runOf([root, agentOf('helper', scripted([]))])
  await Array.fromAsync(run(context))
  expect(resultsIn(context.messages)[0]?.[1]).toBe('invalid-input')
})

test('after a handoff the other agent speaks, also in the next turn', async () => {
  const root = agentOf('root', scripted([[{ id: '1', name: 'handoff', input: { agent: 'other' } }]]), {
    handoffs: ['other'],
  })
  const context = runOf([root, agentOf('other', scripted(['Here I am.']))])
  const events = run(context)
  let step = await events.next()
  while (!step.done) step = await events.next()
  expect(step.value).toMatchObject({ reason: 'done', agent: { name: 'other' } })
})

test('max_iterations ends a run', async () => {
  const call = (id: string) => [{ id, name: 'look', input: { id } }]
  const root = agentOf('root', scripted([call('1'), call('2')]), {
    maxIterations: 2,
    tools: [toolOf('look', () => 'x')],
  })
  const events = await Array.fromAsync(run(runOf([root])))
  expect(events.at(-1)).toMatchObject({ type: 'agent-end', reason: 'max-iterations' })
})

test('a model that asks for the same again and again, and gets the same, is stopped', async () => {
  const steps = Array.from({ length: 50 }, (_, id) => [{ id: String(id), name: 'look', input: { path: 'a' } }])
  const root = agentOf('root', scripted(steps), { tools: [toolOf('look', () => 'nothing new')] })
  const events = await Array.fromAsync(run(runOf([root])))
  expect(events.at(-1)).toMatchObject({ type: 'agent-end', reason: 'repeating' })
})

test('a model whose calls do nothing but make a list longer is stopped later', async () => {
  const steps = Array.from({ length: 90 }, (_, id) => [{ id: String(id), name: 'think', input: { thought: 'a' } }])
  const thoughts: string[] = []
  const root = agentOf('root', scripted(steps), { tools: [toolOf('think', () => `${thoughts.push('a')}`)] })
  const events = await Array.fromAsync(run(runOf([root])))
  expect(events.at(-1)).toMatchObject({ type: 'agent-end', reason: 'repeating' })
  expect(thoughts).toHaveLength(25)
})

test('agents that hand a conversation to and fro are stopped', async () => {
  const to = (agent: string) =>
    Array.from({ length: 20 }, (_, id) => [{ id: `${agent}${id}`, name: 'handoff', input: { agent } }])
  const root = agentOf('root', scripted(to('other')), { handoffs: ['other'] })
  const other = agentOf('other', scripted(to('root')), { handoffs: ['root'] })
  const events = await Array.fromAsync(run(runOf([root, other])))
  expect(events.at(-1)).toMatchObject({ type: 'agent-end', reason: 'repeating' })
})

test('an answer of nothing is told', async () => {
  const silent: Model = async function* () {
    yield { type: 'finish', stop: 'end', usage: noUsage }
  }
  const events = await Array.fromAsync(run(runOf([agentOf('root', silent)])))
  expect(events.filter(({ type }) => type === 'notice')).toMatchObject([{ text: 'The model answered with nothing.' }])
})

test('a model that waits for something and sees it change is not stopped', async () => {
  const steps: Step[] = Array.from({ length: 20 }, (_, id) => [{ id: String(id), name: 'look', input: {} }])
  let looked = 0
  const root = agentOf('root', scripted([...steps, 'Done.']), { tools: [toolOf('look', () => String(looked++))] })
  const events = await Array.fromAsync(run(runOf([root])))
  expect(events.at(-1)).toMatchObject({ type: 'agent-end', reason: 'done' })
})

test('a cancelled run ends at once, and its calls are marked as interrupted', async () => {
  const controller = new AbortController()
  const hang = toolOf('hang', (_input, signal) => {
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  })
  const call = [{ id: '1', name: 'hang', input: {} }]
  const context = runOf([agentOf('root', scripted([call]), { tools: [hang] })], { signal: controller.signal })
  const events: RunEvent[] = []
  for await (const event of run(context)) {
    events.push(event)
    if (event.type === 'tool-start') queueMicrotask(() => controller.abort(new Error('ctrl-c')))
  }
  expect(resultsIn(context.messages)).toEqual([['The tool call was canceled by the user.', 'interrupted']])
  expect(events.at(-1)).toMatchObject({ type: 'agent-end', reason: 'cancelled' })
})

test('leaving a run early stops the tools that are running', async () => {
  let stopped = 0
  const hang = toolOf('hang', (_input, signal) => {
    return new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => {
        stopped++
        reject(signal.reason)
      }),
    )
  })
  const calls = ['1', '2'].map(id => ({ id, name: 'hang', input: {} }))
  for await (const event of run(runOf([agentOf('root', scripted([calls]), { tools: [hang] })]))) {
    if (event.type === 'tool-start' && event.path[0] === 2) break
  }
  expect(stopped).toBe(2)
})

test('num_history_items drops the oldest answers, keeps what the user said, and never parts a call from its result', () => {
  const call = (id: string): Message => ({
    role: 'assistant',
    content: [{ type: 'tool-call', id, name: 'look', input: {} }],
    stop: 'tool-calls',
    usage: noUsage,
  })
  const result = (callId: string): Message => ({ role: 'tool', results: [{ callId, name: 'look', content: [] }] })
  const messages = [user('a'), call('1'), result('1'), user('b'), call('2'), result('2')]
  expect(recent(messages, 3)).toEqual([user('a'), user('b'), call('2'), result('2')])
  expect(recent(messages, 99)).toBe(messages)
})

test('a question that is cut off ends the run as cancelled, and the call as interrupted', async () => {
  const cancel = new AbortController()
  const tool = toolOf('write', () => 'written')
  const root = agentOf('root', scripted([[{ id: '1', name: 'write', input: {} }]]), { tools: [tool] })
  const context = runOf([root], {
    signal: cancel.signal,
    permission: () => ({ verdict: 'ask' }),
    person: async () => {
      cancel.abort(new Error('interrupted'))
      throw cancel.signal.reason
    },
  })
  const events = await Array.fromAsync(run(context))
  expect(events.at(-1)).toMatchObject({ type: 'agent-end', reason: 'cancelled' })
  expect(resultsIn(context.messages)).toEqual([['The tool call was canceled by the user.', 'interrupted']])
})
