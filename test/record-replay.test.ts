import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { helloAgent, teamAgent, toolAgent } from './support/agents.ts'
import { type CliResult, daysLater, noNetwork, reprise, startReprise } from './support/cli.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

type Case = {
  readonly agent: string
  readonly answers: readonly ProviderStep[]
  readonly messages: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  readonly options?: readonly string[]
}

/** Records in one folder, removes it, and replays in another: no key, no network, no file, three days later, in Tokyo. */
const both = async ({ agent, answers, messages, files = {}, options = [] }: Case, printing: readonly string[] = []) => {
  const there = await folderWith({ 'agent.yaml': agent })
  await using here = await folderWith({ 'agent.yaml': agent, ...files })
  await using server = await providerServer(answers)
  const record = ['exec', 'agent.yaml', '--record=tape', '--yolo', ...options, ...printing, ...messages]
  const recorded = await reprise(record, { cwd: here.path, env: server.env })
  if (!existsSync(join(here.path, 'tape.yaml'))) throw new Error(`nothing was recorded: ${recorded.stderr}`)
  copyFileSync(join(here.path, 'tape.yaml'), join(there.path, 'tape.yaml'))
  const cassette = readFileSync(join(here.path, 'tape.yaml'), 'utf8')
  rmSync(here.path, { recursive: true })
  const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', ...printing, ...messages], {
    cwd: there.path,
    env: { TZ: 'Asia/Tokyo', LC_ALL: 'ja_JP.UTF-8' },
    ...noNetwork,
    nodeArguments: [...(noNetwork.nodeArguments ?? []), ...daysLater(3)],
  })
  return { recorded, replayed, cassette, folder: there.path, [Symbol.asyncDispose]: () => there[Symbol.asyncDispose]() }
}

const tools = (model: string): Case => ({
  agent: toolAgent.replace('anthropic/claude-sonnet-4-0', model),
  messages: ['What is here?', 'Thank you.'],
  files: { 'notes.txt': 'one\ntwo\n', 'ünï.txt': '…' },
  answers: [
    {
      reasoning: 'Two looks at once.',
      text: 'I look ',
      toolCalls: [
        { name: 'shell', input: { cmd: 'sleep 0.2; cat notes.txt; date +%N; pwd' } },
        { name: 'list_directory', input: { path: '.' } },
      ],
    },
    { text: 'Two files: notes.txt and ünï.txt 🎞️.', chunkSize: 7 },
    { text: 'You are welcome.' },
  ],
})

const team: Case = {
  agent: teamAgent.replace(
    'description: Reads',
    'description: Reads\n    add_date: true\n    add_environment_info: true',
  ),
  messages: ['Go'],
  files: { 'a.txt': 'A' },
  answers: [
    {
      when: 'Give one task to each',
      toolCalls: ['writer', 'reader'].map(agent => ({
        name: 'transfer_task',
        input: { agent, task: `Do what a ${agent} does`, expected_output: 'A word' },
      })),
    },
    // The writer is asked first and answers last.
    { when: 'You are the writer', text: ['Writ', 'ten'], delayMs: 300 },
    { when: 'You are the reader', toolCalls: [{ name: 'read_file', input: { path: 'a.txt' } }] },
    { when: 'You are the reader', text: 'Read.' },
    { when: 'Give one task to each', text: 'All done.' },
  ],
}

const failing: Case = {
  agent: helloAgent,
  messages: ['First', 'Second'],
  answers: [{ text: 'One.' }, { status: 400, message: 'That is too much for me.' }],
}

const retried: Case = {
  agent: helloAgent,
  messages: ['Hi'],
  answers: [{ status: 503, headers: { 'retry-after': '1' } }, { text: 'Hello again.' }],
}

const cases: Readonly<Record<string, Case>> = {
  'openai chat': tools('openai/gpt-4o'),
  'openai responses': tools('openai/gpt-5-mini'),
  anthropic: tools('anthropic/claude-sonnet-4-0'),
  gemini: tools('google/gemini-2.5-flash'),
  'a team': team,
  'a failure': failing,
  'a retry': retried,
}

test.each(Object.entries(cases))(
  '%s: a replay prints what the recording printed, as text and as JSON',
  async (_, one) => {
    for (const printing of [[], ['--json']]) {
      await using tape = await both(one, printing)
      const { recorded, replayed } = tape
      expect(replayed.stdout).toBe(recorded.stdout)
      expect(replayed.code).toBe(recorded.code)
      expect(replayed.stderr).not.toMatch(/drift|not used/i)
      expect(recorded.stdout).toContain(
        one.answers
          .flatMap(step => ('text' in step ? [step.text] : []))
          .flat()
          .at(-1)
          ?.slice(0, 3),
      )
    }
  },
)

test('a failure is recorded with its words', async () => {
  await using tape = await both(failing, [])
  expect(tape.recorded.code).toBe(1)
  expect(tape.recorded.stderr).toContain('That is too much for me.')
  expect(tape.replayed.stderr).toContain('That is too much for me.')
})

test('a cassette holds no key, whoever said it', async () => {
  const key = 'sk-test-openai-0123456789'
  await using tape = await both(
    {
      agent: toolAgent.replace('anthropic/claude-sonnet-4-0', 'openai/gpt-4o'),
      messages: [`My key is ${key}`],
      files: { 'key.txt': `OPENAI_API_KEY=${key}\n` },
      answers: [
        { text: `So it is ${key}. `, toolCalls: [{ name: 'read_file', input: { path: 'key.txt' } }] },
        { text: ['In the file too: sk-te', 'st-openai-01', '23456789'] },
      ],
    },
    [],
  )
  expect(tape.cassette).toContain('In the file too')
  expect(tape.cassette).not.toContain(key)
  expect(tape.cassette).not.toContain('openai-0123456789')
})

test('a replay executes nothing', async () => {
  await using tape = await both(
    {
      agent: toolAgent,
      messages: ['Write'],
      answers: [
        {
          toolCalls: [
            { name: 'shell', input: { cmd: 'echo x >> written' } },
            { name: 'write_file', input: { path: 'too', content: 'y' } },
          ],
        },
        { text: 'Written.' },
      ],
    },
    [],
  )
  expect(tape.recorded.code).toBe(0)
  expect(tape.replayed).toEqual({ ...tape.recorded, stderr: '' })
  expect(existsSync(join(tape.folder, 'written')) || existsSync(join(tape.folder, 'too'))).toBe(false)
})

test('the README’s code reviewer is recorded and replayed', async () => {
  const source = readFileSync('test/servers/code-reviewer/pkg/auth/handler.go', 'utf8')
  const agent = readFileSync('agents/code-reviewer.yaml', 'utf8')
  await using there = await folderWith({ 'code-reviewer.yaml': agent })
  await using here = await folderWith({ 'code-reviewer.yaml': agent, 'pkg/auth/handler.go': source })
  await using server = await providerServer([
    { toolCalls: [{ name: 'read_file', input: { path: 'pkg/auth/handler.go' } }] },
    { when: 'func (h *Handler) Login', text: 'Line 30 is an SQL injection.' },
  ])
  const message = 'Review pkg/auth/handler.go for security issues'
  const record = ['exec', 'code-reviewer.yaml', '--record=code-review', '--yolo', message]
  const recorded = await reprise(record, { cwd: here.path, env: server.env })
  copyFileSync(join(here.path, 'code-review.yaml'), join(there.path, 'code-review.yaml'))
  const replay = ['exec', 'code-reviewer.yaml', '--fake', 'code-review', message]
  const replayed = await reprise(replay, { cwd: there.path, ...noNetwork })
  expect(replayed).toEqual({ ...recorded, stderr: '' })
  expect(recorded.stdout).toMatch(/Login[\s\S]*Line 30 is an SQL injection\.$/)
})

test('a recording killed in the middle replays as far as it goes', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  const words = Array.from({ length: 5000 }, (_, index) => `word${index} `)
  await using server = await providerServer([{ text: 'One.' }, { text: words, delayMs: 20 }])
  await using running = await startReprise(['exec', 'agent.yaml', '--record=tape', 'First', 'Second'], {
    cwd: folder.path,
    env: server.env,
  })
  await running.waitFor('word2')
  running.kill('SIGKILL')
  await running.result
  const replay = (...messages: string[]): Promise<CliResult> =>
    reprise(['exec', 'agent.yaml', '--fake', 'tape', ...messages], { cwd: folder.path })
  expect(await replay('First')).toMatchObject({ stdout: '\n--- Agent: root ---\nOne.', code: 0 })
  const further = await replay('First', 'Second')
  expect(further.stdout).toMatch(/^\n--- Agent: root ---\nOne\./)
  expect(further.code).toBe(3)
})

test('a key that is refused leaves no cassette, and an old one as it was', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'One.' }, { status: 401 }, { status: 401 }])
  const options = { cwd: folder.path, env: server.env }
  expect((await reprise(['exec', 'agent.yaml', '--record=tape', 'Hi'], options)).code).toBe(0)
  const before = readFileSync(join(folder.path, 'tape.yaml'), 'utf8')
  for (const name of ['tape', 'other']) {
    const { code, stderr } = await reprise(['exec', 'agent.yaml', `--record=${name}`, 'Hi'], options)
    expect(code).toBe(1)
    expect(stderr).toContain('OPENAI_API_KEY')
  }
  expect(readFileSync(join(folder.path, 'tape.yaml'), 'utf8')).toBe(before)
  expect(existsSync(join(folder.path, 'other.yaml'))).toBe(false)
})

test('another question has no answer: exit code 3, and it is said what differs', async () => {
  await using tape = await both({ agent: helloAgent, messages: ['What is 2+2?'], answers: [{ text: '4' }] }, [])
  const { code, stdout, stderr } = await reprise(['exec', 'agent.yaml', '--fake', 'tape', 'What is 2+3?'], {
    cwd: tape.folder,
  })
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
  expect(stderr).toContain('2+3')
  expect(stderr.split('\n').length).toBeLessThanOrEqual(25)
})

test('a changed instruction is drift: told in one line, a failure under --strict and in CI', async () => {
  await using tape = await both({ agent: helloAgent, messages: ['Hi'], answers: [{ text: 'Hello.' }] }, [])
  writeFileSync(join(tape.folder, 'agent.yaml'), helloAgent.replace('one word', 'two words'))
  const replay = (options: readonly string[], env = {}): Promise<CliResult> =>
    reprise(['exec', 'agent.yaml', '--fake', 'tape', ...options, 'Hi'], { cwd: tape.folder, env })
  const drifted = await replay([])
  expect(drifted).toMatchObject({ code: 0, stdout: '\n--- Agent: root ---\nHello.' })
  expect(drifted.stderr).toMatch(/^Drift.*instruction.*\n$/)
  expect((await replay(['--strict'])).code).toBe(4)
  expect((await replay([], { CI: 'true' })).code).toBe(4)
  expect((await replay(['--no-strict'], { CI: 'true' })).code).toBe(0)
})

test('--record with --fake answers what is known, and asks for the rest', async () => {
  await using tape = await both({ agent: helloAgent, messages: ['First'], answers: [{ text: 'One.' }] }, [])
  await using server = await providerServer([{ when: 'Second', text: 'Two.' }])
  const messages = ['First', 'Second']
  const longer = ['exec', 'agent.yaml', '--fake', 'tape', '--record=longer', ...messages]
  const extended = await reprise(longer, { cwd: tape.folder, env: server.env })
  expect(extended).toMatchObject({ code: 0, stdout: '\n--- Agent: root ---\nOne.\n--- Agent: root ---\nTwo.' })
  const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'longer', ...messages], {
    cwd: tape.folder,
    ...noNetwork,
  })
  expect(replayed).toMatchObject({ code: 0, stdout: extended.stdout, stderr: '' })
})
