import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reprise } from './support/cli.ts'
import { conversed } from './support/conversed.ts'
import { providerServer, type Say } from './support/provider-server.ts'
import { folderWith, temporaryFolder } from './support/temp.ts'

/** Four agents that speak four protocols: a lead, three deep below it, and the last of them also in the background. */
const four = `agents:
  root:
    model: openai/gpt-4o
    instruction: You are the lead.
    sub_agents: [manager, reader]
    toolsets: [{ type: background_agents }]
    add_date: true
  manager:
    model: anthropic/claude-sonnet-4-5
    description: Manages
    instruction: You are the manager.
    sub_agents: [writer]
    add_environment_info: true
  writer:
    model: google/gemini-2.5-flash
    description: Writes
    instruction: You are the writer.
    sub_agents: [reader]
    add_prompt_files: [HOUSE.md]
    max_iterations: 5
  reader:
    model: openai/gpt-5-mini
    description: Reads
    instruction: You are the reader.
    num_history_items: 4
    toolsets: [{ type: filesystem, tools: [read_file] }]
    structured_output:
      name: read
      schema: { type: object, properties: { words: { type: string } }, required: [words], additionalProperties: false }
      strict: true
`
const files = { 'agent.yaml': four, 'HOUSE.md': 'Write short.', 'sea.txt': 'The sea is salty.' }

const give = (name: string, agent: string) => ({
  name,
  input: { agent, task: `Do it, ${agent}.`, ...(name === 'transfer_task' && { expected_output: 'Words' }) },
})
const read = { name: 'read_file', input: { path: 'sea.txt' } }

/** What each says, by what it was told; nothing here depends on who is asked first. */
const answer = ({ body }: { readonly body: object }): Say => {
  const text = JSON.stringify(body)
  if (text.includes('You are the reader.')) {
    return text.includes('The sea is salty.') ? { text: '{"words":"salty"}', delayMs: 3 } : { toolCalls: [read] }
  }
  if (text.includes('You are the writer.')) {
    return text.includes('salty') ? { text: 'Written: salty.' } : { toolCalls: [give('transfer_task', 'reader')] }
  }
  if (text.includes('You are the manager.')) {
    return text.includes('Written') ? { text: 'Managed.' } : { toolCalls: [give('transfer_task', 'writer')] }
  }
  if (text.includes('is completed')) return { text: 'All is done.' }
  if (text.includes('Managed.')) return { text: 'I wait for the readers.' }
  const background = Array.from({ length: 3 }, () => give('run_background_agent', 'reader'))
  return { toolCalls: [...background, give('transfer_task', 'manager')] }
}

test('a team of four speaks four protocols, three deep and in the background: recorded, replayed, forked, compared', async () => {
  await using folder = await folderWith(files)
  await using server = await providerServer(answer)
  const options = { cwd: folder.path, env: server.env }
  const exec = (...args: string[]) => reprise(['exec', 'agent.yaml', ...args, 'Go.'], options)

  const first = await exec('--json', '--record=first')
  expect(first.stderr).not.toContain('not')
  expect(first.code).toBe(0)
  expect(first.stdout).toContain('All is done.')
  expect(new Set(server.requests.map(({ protocol }) => protocol)).size).toBe(4)
  const asked = (words: string) =>
    JSON.stringify(server.requests.find(({ body }) => JSON.stringify(body).includes(words)))
  expect(asked('You are the lead.')).toContain("Today's date:")
  expect(asked('You are the manager.')).toContain('Working directory:')
  expect(asked('You are the writer.')).toContain('Write short.')
  expect(asked('You are the reader.')).toContain('json_schema')

  const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'first', '--strict', '--json', 'Go.'], {
    cwd: folder.path,
  })
  expect(replayed.stderr).toBe('')
  expect(replayed.stdout).toBe(first.stdout)

  // Recorded once more it is the same run: nothing that could differ by chance does.
  await exec('--record=second')
  const same = await reprise(['cassette', 'diff', 'first', 'second'], { cwd: folder.path })
  expect(same.stdout + same.stderr).toContain('Alike')
  expect(same.code).toBe(0)

  const cassette = readFileSync(join(folder.path, 'first.yaml'), 'utf8')
  const lastMessage = [...cassette.matchAll(/^ {2}- id: (\d+)$/gm)].at(-1)?.[1] ?? ''
  const forked = await reprise(['fork', 'first', '--at', lastMessage, '--record=forked', 'And again.'], options)
  expect(forked.code, forked.stderr).toBe(0)
})

const team = (more: string) => `agents:
  root:
    model: openai/gpt-4o
    instruction: You lead.
    sub_agents: [a, b]
  a:
    model: openai/gpt-4o
    instruction: You are a.
  b:
    model: openai/gpt-4o
    instruction: You are b.
${more}`

const both = (text: string): Say | undefined =>
  text.includes('You lead.')
    ? text.includes('"role":"tool"')
      ? { text: 'Done.' }
      : { toolCalls: [give('transfer_task', 'a'), give('transfer_task', 'b')] }
    : undefined

const faults: Readonly<Record<string, (times: number) => Say>> = {
  'limits, again and again': times =>
    times < 4 ? { status: 429, headers: { 'retry-after-ms': '5' } } : { text: 'Worked.' },
  'failures of the server': times => (times < 3 ? { status: 503 } : { text: 'Worked.' }),
  'a stream that is cut': times =>
    times < 2 ? { text: 'Never to be heard whole.', cutAfter: 300, delayMs: 5 } : { text: 'Worked.' },
  'a stream that is slow': () => ({ text: ['Wor', 'ked.'], delayMs: 120 }),
}

test.each(Object.entries(faults))(
  'a member meets %s, its neighbour goes on, and a replay tells the same',
  async (_name, fault) => {
    await using folder = await temporaryFolder()
    let times = 0
    await using server = await providerServer(({ body }) => {
      const text = JSON.stringify(body)
      if (text.includes('You are a.')) return fault(++times)
      return both(text) ?? { text: 'Worked too.' }
    })
    const common = {
      folder: folder.path,
      agent: team('').replace('You are a.\n', 'You are a.\n    fallback: { retries: 5 }\n'),
    }
    const recorded = await conversed({ ...common, env: server.env, record: 'tape', now: () => new Date() })
    const replayed = await conversed({ ...common, fake: 'tape' })
    expect(recorded.failure).toBeUndefined()
    expect(recorded.lines).toContain('Worked.')
    expect(replayed.lines).toBe(recorded.lines)
  },
)

test('a fallback that fails too fails the run, and so does its replay', async () => {
  await using folder = await temporaryFolder()
  await using server = await providerServer([
    { status: 401, message: 'No key.' },
    { status: 404, message: 'No model.' },
  ])
  const agent = `agents:
  root:
    model: openai/gpt-4o
    fallback: { models: [anthropic/claude-sonnet-4-5], retries: -1 }
`
  const recorded = await conversed({ folder: folder.path, agent, env: server.env, record: 'tape' })
  expect(recorded.failure).toMatchObject({ code: 'model-not-found' })
  expect(recorded.lines).toContain('anthropic/claude-sonnet-4-5 takes over.')
  const replayed = await conversed({ folder: folder.path, agent, fake: 'tape' })
  expect(replayed.failure).toMatchObject({ code: 'model-not-found' })
  expect(replayed.lines).toBe(recorded.lines)
})

test('what a model had said when its answer broke off for good is kept, and marked', async () => {
  await using folder = await temporaryFolder()
  await using server = await providerServer(() => ({
    text: 'Half of it, never to be whole again.',
    cutAfter: 1500,
    delayMs: 5,
  }))
  const agent = 'agents:\n  root:\n    model: openai/gpt-4o\n    fallback: { retries: -1 }\n'
  const { failure, events } = await conversed({ folder: folder.path, agent, env: server.env })
  expect(failure).toMatchObject({ code: 'stream-broken' })
  expect(events.at(-1)).toMatchObject({ type: 'message', message: { role: 'assistant', stop: 'interrupted' } })
})

test('nobody gets a task whose result he waits for, and nobody passes one on without end', async () => {
  await using folder = await temporaryFolder()
  const agent = `agents:
  root:
    model: openai/gpt-4o
    instruction: You lead.
    sub_agents: [a]
  a:
    model: openai/gpt-4o
    instruction: You are a.
    handoffs: [b]
  b:
    model: openai/gpt-4o
    instruction: You are b.
    sub_agents: [c]
  c:
    model: openai/gpt-4o
    instruction: You are c.
    handoffs: [root]
`
  // root → a, which becomes b → c, which becomes root, which waits above; that is its way round.
  await using server = await providerServer(({ body }) => {
    const text = JSON.stringify(body)
    if (/waits for the result|passed on|was given this very task/.test(text)) return { text: 'I do it myself.' }
    if (/I do it myself|Done\./.test(text)) return { text: 'Done.' }
    if (text.includes('You lead.')) return { toolCalls: [give('transfer_task', 'a')] }
    if (text.includes('You are a.')) return { toolCalls: [{ name: 'handoff', input: { agent: 'b' } }] }
    if (text.includes('You are b.')) return { toolCalls: [give('transfer_task', 'c')] }
    return { toolCalls: [{ name: 'handoff', input: { agent: 'root' } }] }
  })
  const { failure, events } = await conversed({ folder: folder.path, agent, env: server.env })
  expect(failure).toBeUndefined()
  const depth = Math.max(...events.map(({ path }) => path.length))
  // root → a → c, whose root may not give a the same task again.
  expect(depth).toBe(3)
  expect(JSON.stringify(events)).toMatch(/a was given this very task, which is why you have it now/)
})
