import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { teamAgent, toolAgent } from './support/agents.ts'
import { noNetwork, reprise } from './support/cli.ts'
import { type LongRun, recordLongRun } from './support/long-run.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { folderWith, temporaryFolder } from './support/temp.ts'

const chat: LongRun = {
  model: 'openai/gpt-4o',
  turns: 100,
  tools: false,
  lengths: { message: 150, answer: 950, file: 0 },
}
const agentic: LongRun = {
  model: 'anthropic/claude-sonnet-4-0',
  turns: 100,
  tools: true,
  lengths: { message: 150, answer: 700, file: 1400 },
}

test.each([
  ['talk', chat],
  ['work with tools', agentic],
  ['work with tools', { ...agentic, model: 'openai/gpt-5-mini' }],
  ['work with tools', { ...agentic, model: 'google/gemini-2.5-flash' }],
])('a hundred turns of %s take at most half as much again as what was said in them', async (_, run) => {
  await using folder = await temporaryFolder()
  const said = await recordLongRun(folder.path, run)
  const slim = await reprise(['cassette', 'slim', 'tape'], { cwd: folder.path })
  expect(slim).toMatchObject({ code: 0, stderr: '' })
  expect(statSync(join(folder.path, 'tape.yaml')).size / said).toBeLessThan(1.5)
  const played = await reprise(['cassette', 'verify', 'tape.yaml', '--strict'], { cwd: folder.path })
  expect(played.stdout).toContain('1 pass')
})

test('recorded again, a run that did not change changes at most one line of a hundred', async () => {
  const texts: string[] = []
  for (let time = 0; time < 2; time++) {
    await using folder = await temporaryFolder()
    await recordLongRun(folder.path, { ...agentic, turns: 20 })
    await reprise(['cassette', 'slim', 'tape'], { cwd: folder.path })
    texts.push(readFileSync(join(folder.path, 'tape.yaml'), 'utf8').replace(/127.0.0.1:\d+/, 'server'))
  }
  const [before, after] = texts.map(text => text.split('\n'))
  const changed = after?.filter((line, index) => line !== before?.[index])
  expect(before?.length).toBe(after?.length)
  expect(changed?.map(line => line.split(':')[0])).toEqual(['recorded', 'workingDirectory', 'home'])
})

type Case = { readonly agent: string; readonly answers: readonly ProviderStep[]; readonly messages: readonly string[] }

const tools = (model: string): Case => ({
  agent: toolAgent.replace('anthropic/claude-sonnet-4-0', model),
  messages: ['What is here?', 'Thank you.'],
  answers: [
    {
      reasoning: 'Two looks at once.',
      text: 'I look ',
      toolCalls: [
        { name: 'shell', input: { cmd: 'echo one' } },
        { name: 'list_directory', input: { path: '.' } },
      ],
    },
    { reasoning: 'That is all.', text: 'Two files 🎞️.' },
    { text: 'You are welcome.' },
  ],
})

/** A turn whose thoughts are gone goes on without thinking; its temperature is what it was. */
const thinking: Case = {
  ...tools('anthropic/claude-sonnet-4-0'),
  agent: `${toolAgent.replace('anthropic/claude-sonnet-4-0', 'thinker')}models:
  thinker: { provider: anthropic, model: claude-sonnet-4-0, thinking_budget: 2000, temperature: 0.5 }
`,
}

const team: Case = {
  agent: teamAgent,
  messages: ['Go'],
  answers: [
    {
      when: 'Give one task to each',
      toolCalls: ['writer', 'reader'].map(agent => ({
        name: 'transfer_task',
        input: { agent, task: `Do what a ${agent} does`, expected_output: 'A word' },
      })),
    },
    { when: 'You are the writer', text: 'Written', delayMs: 50 },
    { when: 'You are the reader', toolCalls: [{ name: 'list_directory', input: { path: '.' } }] },
    { when: 'You are the reader', text: 'Read.' },
    { when: 'Give one task to each', text: 'All done.' },
  ],
}

const recorded = async ({ agent, answers, messages }: Case) => {
  const folder = await folderWith({ 'agent.yaml': agent })
  await using server = await providerServer(answers)
  const args = ['exec', 'agent.yaml', '--record=tape', '--yolo', ...messages]
  const run = await reprise(args, { cwd: folder.path, env: server.env })
  expect(run.code).toBe(0)
  return { folder, run, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

test.each([
  ['openai chat', tools('openai/gpt-4o')],
  ['openai responses', tools('openai/gpt-5-mini')],
  ['anthropic', tools('anthropic/claude-sonnet-4-0')],
  ['anthropic, thinking', thinking],
  ['gemini', tools('google/gemini-2.5-flash')],
  ['gemini 3', tools('google/gemini-3-pro-preview')],
  ['a team', team],
] as const)('%s: a slim cassette is played as the whole one was', async (_, one) => {
  await using tape = await recorded(one)
  const { folder, run } = tape
  const slim = await reprise(['cassette', 'slim', 'tape', '-o', 'slim.yaml'], { cwd: folder.path })
  expect(slim.stdout).toMatch(/^slim\.yaml: \d+ .*, was \d+ .*\.\n$/)
  const text = readFileSync(join(folder.path, 'slim.yaml'), 'utf8')
  expect(text).toContain('slim: true')
  expect(text).not.toMatch(/^ {6}(body: .*data|chunks|headers):/m)
  expect(text).not.toMatch(/(signature|encrypted_content):/i)
  const args = ['exec', 'agent.yaml', '--fake', 'slim', '--strict', ...one.messages]
  const replayed = await reprise(args, { cwd: folder.path, ...noNetwork })
  expect(replayed).toEqual({ ...run, stderr: '' })
})

const interleaved = `event: message_start
data: {"type":"message_start","message":{"role":"assistant","content":[],"usage":{"input_tokens":3,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"First. "}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_a","name":"shell","input":{"cmd":"echo one"}}}

event: content_block_stop
data: {"type":"content_block_stop","index":1}

event: content_block_start
data: {"type":"content_block_start","index":2,"content_block":{"type":"text","text":"Then this."}}

event: content_block_stop
data: {"type":"content_block_stop","index":2}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9}}

event: message_stop
data: {"type":"message_stop"}

`

test('an answer of which "said" does not tell the order keeps its bytes', async () => {
  await using tape = await recorded({
    agent: toolAgent,
    messages: ['Go'],
    answers: [{ raw: interleaved }, { text: 'Done.' }],
  })
  const { folder, run } = tape
  const made = await reprise(['cassette', 'slim', 'tape'], { cwd: folder.path })
  expect(made.stdout).toContain('Interaction 2 keeps its bytes')
  const replayed = await reprise(['replay', 'tape'], { cwd: folder.path })
  expect(replayed.stdout).toBe(run.stdout)
})

test('what a person writes into a slim cassette is what the model says', async () => {
  await using tape = await recorded(tools('openai/gpt-4o'))
  const { folder } = tape
  const path = join(folder.path, 'tape.yaml')
  await reprise(['cassette', 'slim', 'tape'], { cwd: folder.path })
  writeFileSync(path, readFileSync(path, 'utf8').replace('text: You are welcome.', 'text: Never mind.'))
  const replayed = await reprise(['replay', 'tape', '--quiet'], { cwd: folder.path })
  expect(replayed.stdout).toBe('Never mind.\n')
})

test('what a person had written into the whole one is said by the slim one', async () => {
  await using tape = await recorded(tools('openai/gpt-4o'))
  const { folder } = tape
  const path = join(folder.path, 'tape.yaml')
  writeFileSync(path, readFileSync(path, 'utf8').replace('text: You are welcome.', 'text: Never mind.'))
  await reprise(['cassette', 'slim', 'tape'], { cwd: folder.path })
  expect((await reprise(['replay', 'tape', '--quiet'], { cwd: folder.path })).stdout).toBe('Never mind.\n')
  const once = readFileSync(path, 'utf8')
  await reprise(['cassette', 'slim', 'tape'], { cwd: folder.path })
  expect(readFileSync(path, 'utf8')).toBe(once)
})

test('a recording of another tool, or one that was cut off, is not made slim', async () => {
  await using folder = await folderWith({
    'other.yaml':
      'version: 2\ninteractions:\n  - id: 0\n    request:\n      method: POST\n      url: https://api.openai.com/v1/chat/completions\n      body: "{}"\n    response:\n      status: 200 OK\n      body: "{}"\n',
  })
  const other = await reprise(['cassette', 'slim', 'other'], { cwd: folder.path })
  expect(other).toMatchObject({ code: 2, stdout: '' })
  expect(other.stderr).toContain('is a recording of another tool')

  await using tape = await recorded(tools('openai/gpt-4o'))
  const path = join(tape.folder.path, 'tape.yaml')
  const torn = readFileSync(path, 'utf8').slice(0, -30)
  writeFileSync(path, torn)
  const cut = await reprise(['cassette', 'slim', 'tape'], { cwd: tape.folder.path })
  expect(cut).toMatchObject({ code: 2, stdout: '' })
  expect(cut.stderr).toContain('torn')
  expect(readFileSync(path, 'utf8')).toBe(torn)
})
