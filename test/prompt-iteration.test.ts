import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { teamAgent } from './support/agents.ts'
import { command, noNetwork, reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

/** A team at work, as it was recorded once, for much money. */
const expensive = async () => {
  const folder = await folderWith({ 'agent.yaml': teamAgent, 'a.txt': 'A' })
  await using server = await providerServer([
    {
      when: 'Give one task to each',
      toolCalls: ['writer', 'reader'].map(agent => ({
        name: 'transfer_task',
        input: { agent, task: `Do what a ${agent} does`, expected_output: 'A word' },
      })),
    },
    { when: 'You are the writer', text: ['Writ', 'ten'] },
    { when: 'You are the reader', toolCalls: [{ name: 'read_file', input: { path: 'a.txt' } }] },
    { when: 'You are the reader', text: 'Read.' },
    { when: 'Give one task to each', text: 'All done.' },
  ])
  const args = ['exec', 'agent.yaml', '--record=expensive', '--yolo', 'Complex task']
  const { stdout, code } = await reprise(args, { cwd: folder.path, env: server.env })
  expect(code).toBe(0)
  return { path: folder.path, stdout, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

const inReader = (lines: string) => teamAgent.replace('description: Reads', `description: Reads\n    ${lines}`)
const modelOfReader = (model: string) =>
  teamAgent.replace('model: openai/gpt-4o\n    description', `model: ${model}\n    description`)

const changes: Readonly<Record<string, readonly [agent: string, told: RegExp]>> = {
  'the instruction': [teamAgent.replace('one task', 'a single task'), /instruction changed.*"Give one.*"Give a single/],
  'the instruction of a member': [
    teamAgent.replace('the reader.', 'the best reader.'),
    /reader: the instruction changed.*the best reader/,
  ],
  'both of them': [
    teamAgent.replace('one task', 'a single task').replace('the reader.', 'the best reader.'),
    /a single task.*; reader: .*the best reader/,
  ],
  'a description': [teamAgent.replace('Reads', 'Reads a lot'), /instruction changed.*Reads a lot/],
  'a new tool': [teamAgent.replace('filesystem', 'filesystem\n      - type: think'), /tool list changed: think new/],
  'fewer tools': [
    teamAgent.replace('filesystem', 'filesystem\n        tools: [read_file]'),
    /tool list changed: .* and \d more gone/,
  ],
  'another model': [modelOfReader('openai/gpt-4o-mini'), /the model is gpt-4o-mini and was gpt-4o/],
  'a model behind another API': [
    modelOfReader('openai/gpt-5'),
    /the model is openai\/gpt-5 \(openai-responses\) and was/,
  ],
  'a model of Anthropic': [modelOfReader('anthropic/claude-sonnet-4-0'), /the model is anthropic\/claude/],
  'a model of Google': [modelOfReader('google/gemini-2.5-flash'), /the model is google\/gemini-2.5-flash/],
  'all models of Anthropic': [
    teamAgent.replaceAll(/openai\/gpt-4o(-mini)?/g, 'anthropic/claude-sonnet-4-0'),
    /^Drift from the recording: the model is anthropic.*; writer: the model.*; reader: the model/,
  ],
  parameters: [
    `${modelOfReader('m')}models:\n  m: { provider: openai, model: gpt-4o, max_tokens: 77, temperature: 0.1 }\n`,
    /reader: parameters changed: max_tokens is 77 and was not set, temperature is 0.1 and was not set/,
  ],
  'the date in the prompt': [inReader('add_date: true'), /a new fact:date; reader: the instruction changed/],
}

test('agents in versions are tried against one recording in a loop of the shell', async () => {
  await using tape = await expensive()
  for (const version of [1, 2, 3]) {
    const agent = teamAgent.replace('the reader.', `version ${version} of the reader.`)
    writeFileSync(join(tape.path, `agent-v${version}.yaml`), agent)
  }
  const loop = 'for i in 1 2 3; do "$0" "$1" exec agent-v$i.yaml --fake expensive "Complex task" || exit; done'
  const { stdout, stderr, status } = spawnSync('sh', ['-c', loop, process.execPath, command], {
    cwd: tape.path,
    env: { PATH: process.env['PATH'], HOME: tape.path },
    encoding: 'utf8',
  })
  expect(status).toBe(0)
  expect(stdout).toBe(tape.stdout.repeat(3))
  expect(stderr.split('\n')).toHaveLength(4)
  expect(stderr).toMatch(/^(Drift.*version \d of the reader.*\n){3}$/)
})

test.each(Object.entries(changes))(
  'changed: %s. What was recorded is said, the difference in one line, and in CI it is a failure',
  async (_, [agent, told]) => {
    await using tape = await expensive()
    writeFileSync(join(tape.path, 'agent.yaml'), agent)
    const args = ['exec', 'agent.yaml', '--fake', 'expensive', 'Complex task']
    const tried = await reprise(args, { cwd: tape.path, ...noNetwork })
    expect(tried).toMatchObject({ code: 0, stdout: tape.stdout, stderr: expect.stringMatching(/^Drift.*\n$/) })
    expect(tried.stderr).toMatch(told)
    const inCi = await reprise(args, { cwd: tape.path, env: { CI: 'true' }, ...noNetwork })
    expect(inCi.code).toBe(4)
  },
)
