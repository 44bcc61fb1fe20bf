import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { teamAgent } from './support/agents.ts'
import { type CliResult, reprise } from './support/cli.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

type Recorded = AsyncDisposable & { readonly path: string; readonly edit: (change: (text: string) => string) => void }

const recorded = async (agent: string, answers: readonly ProviderStep[]): Promise<Recorded> => {
  const folder = await folderWith({ 'agent.yaml': agent, 'a.txt': 'A', 'b.txt': 'B' })
  await using server = await providerServer(answers)
  const run = await reprise(['exec', 'agent.yaml', '--record=tape', '--yolo', 'Go'], {
    cwd: folder.path,
    env: server.env,
  })
  expect(run.code).toBe(0)
  const tape = join(folder.path, 'tape.yaml')
  return {
    path: folder.path,
    edit: change => writeFileSync(tape, change(readFileSync(tape, 'utf8'))),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

const replay = (path: string, message: string, options: readonly string[] = []): Promise<CliResult> =>
  reprise(['exec', 'agent.yaml', '--fake', 'tape', ...options, message], { cwd: path })

const stubborn = `agents:
  root:
    model: first
    instruction: Answer.
    fallback: { models: [second], retries: 5, cooldown: 1m }
models:
  first: { provider: openai, model: gpt-4o }
  second: { provider: anthropic, model: claude-sonnet-4-0 }
`

test('a miss is told once: nobody asks again, and no other model takes over', async () => {
  await using tape = await recorded(stubborn, [{ text: 'Hello.' }])
  const { code, stdout, stderr } = await replay(tape.path, 'Something else')
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
  expect(stderr.match(/has no answer/g)).toHaveLength(1)
  expect(stderr).not.toMatch(/Trying again|takes over/)
  expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(25)

  const json = await replay(tape.path, 'Something else', ['--json'])
  const events = json.stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(json).toMatchObject({ code: 3, stderr: '' })
  expect(events.filter(({ type }) => type === 'error' || type === 'retry')).toEqual([
    expect.objectContaining({ type: 'error', code: 'cassette-miss', hint: expect.stringContaining('--record') }),
  ])
  expect(events.at(-1)).toEqual({ type: 'end', exit: 3 })
})

const team: readonly ProviderStep[] = [
  {
    when: 'Give one task to each',
    toolCalls: ['writer', 'reader'].map(agent => ({
      name: 'transfer_task',
      input: { agent, task: `Do what a ${agent} does`, expected_output: 'A word' },
    })),
  },
  { when: 'You are the writer', text: 'Written.' },
  { when: 'You are the reader', toolCalls: [{ name: 'read_file', input: { path: 'a.txt' } }] },
  { when: 'You are the reader', text: 'Read.' },
  { when: 'Give one task to each', text: 'All done.' },
]

/** Takes out the item with these words. */
const without = (words: string) => (text: string) => {
  const items = text.split(/(?=^ {2}- id: )/m)
  const at = items.findIndex(item => item.includes(words))
  expect(at).toBeGreaterThan(0)
  return items.filter((_, index) => index !== at).join('')
}

test('a miss of a member ends the run of all, and names the member', async () => {
  await using tape = await recorded(teamAgent, team)
  tape.edit(without('text: Read.'))
  const { code, stderr } = await replay(tape.path, 'Go')
  expect(code).toBe(3)
  expect(stderr).toMatch(/no answer to the model call of reader/)
})

test('a call that was not recorded is told with its arguments, and executes nothing', async () => {
  await using tape = await recorded(teamAgent, team)
  tape.edit(text => text.replace('- read_file:\n              path: a.txt', '- read_file:\n              path: b.txt'))
  const { code, stdout, stderr } = await replay(tape.path, 'Go')
  expect(code).toBe(3)
  expect(stdout).not.toContain('"B"')
  expect(stderr).toMatch(
    /no answer to the permission for read_file of reader[\s\S]*path changed\n +recorded: a\.txt\n +now: +b\.txt\nCause: the call has other arguments/,
  )
})

test('what a call came to may be missing: it is told, and not made up', async () => {
  await using tape = await recorded(teamAgent, team)
  tape.edit(without('url: tool:read_file'))
  const { code, stderr } = await replay(tape.path, 'Go')
  expect(code).toBe(3)
  expect(stderr).toMatch(/no answer to the tool call read_file of reader/)
})

test('another message than the recorded one is told as such', async () => {
  const { code, stderr } = await reprise(['exec', 'agents/hello.yaml', '--fake', 'hello', 'Hi'], { cwd: process.cwd() })
  expect(code).toBe(3)
  expect(stderr).toMatch(/recorded: What is a cassette\?\n {4}now: {6}Hi\nCause: message changed\.\n/)
})
