import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reprise } from './support/cli.ts'
import { conversed } from './support/conversed.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { folderWith, temporaryFolder } from './support/temp.ts'

const main = `agents:
  root:
    model: openai/gpt-4o
    instruction: You are the main lead.
    sub_agents: [./team/researcher.yaml, writer]
  writer:
    model: openai/gpt-4o
    instruction: You are the main writer.
permissions:
  deny: ['shell:cmd=rm *']
`
const researcher = `models:
  quick:
    provider: anthropic
    model: claude-haiku-4-5
agents:
  root:
    model: quick
    description: Finds things out
    instruction: You are the researcher.
    sub_agents: [writer, ../deep/reader.yaml]
  writer:
    model: quick
    description: Writes for the researcher
    instruction: You are the researcher's writer.
    toolsets:
      - type: shell
permissions:
  allow: [shell]
`
const reader = `agents:
  root:
    model: openai/gpt-4o
    description: Reads
    instruction: You are the reader.
`
const files = { 'agents/main.yaml': main, 'agents/team/researcher.yaml': researcher, 'agents/deep/reader.yaml': reader }

const give = (agent: string) => ({
  name: 'transfer_task',
  input: { agent, task: `Do it, ${agent}.`, expected_output: 'A word' },
})
const answers: ProviderStep[] = [
  { when: 'You are the main lead', toolCalls: [give('researcher')] },
  { when: 'You are the researcher.', toolCalls: [give('reader'), give('writer')] },
  { when: 'You are the reader', text: 'Read.' },
  {
    when: "You are the researcher's writer",
    toolCalls: [
      { name: 'shell', input: { cmd: 'echo written' } },
      { name: 'shell', input: { cmd: 'rm everything' } },
    ],
  },
  { when: "You are the researcher's writer", text: 'Written.' },
  { when: 'You are the researcher.', text: 'Researched.' },
  { when: 'You are the main lead', text: 'Done.' },
]

test('agents of other files work with models and permissions of their own, and a cassette alone replays them', async () => {
  await using folder = await folderWith(files)
  await using elsewhere = await temporaryFolder()
  await using server = await providerServer(answers)
  const args = ['--json', 'Go.']
  const recorded = await reprise(['exec', 'agents/main.yaml', '--record=tape', ...args], {
    cwd: folder.path,
    env: server.env,
  })
  expect(recorded.code, recorded.stderr).toBe(0)
  const told = recorded.stdout
  expect(told).toContain('"agent":"researcher"')
  expect(told).toContain('"agent":"researcher.writer"')
  expect(told).toContain('"agent":"reader"')
  expect(told).toContain('claude-haiku-4-5')
  // Its own rules allow the shell; what the main file denies stays denied.
  expect(told).toContain('written')
  expect(told).toMatch(/"error":"denied"/)
  const lead = JSON.stringify(server.requests[0]?.body)
  expect(lead).toContain('Name: researcher | Description: Finds things out')

  const replayed = await reprise(['exec', 'agents/main.yaml', '--fake', 'tape', '--strict', ...args], {
    cwd: folder.path,
  })
  expect(replayed.stderr).toBe('')
  expect(replayed.stdout).toBe(told)

  writeFileSync(join(elsewhere.path, 'tape.yaml'), readFileSync(join(folder.path, 'tape.yaml')))
  const alone = await reprise(['replay', 'tape', '--json'], { cwd: elsewhere.path })
  expect(alone.stdout).toBe(told)
})

test('a cassette is held against all files of its team', async () => {
  await using folder = await folderWith(files)
  await using server = await providerServer(answers)
  const options = { cwd: folder.path, env: server.env }
  expect((await reprise(['exec', 'agents/main.yaml', '--record=tape', 'Go.'], options)).code).toBe(0)
  const verify = () => reprise(['cassette', 'verify', 'tape'], { cwd: folder.path })
  expect((await verify()).stdout).toMatch(/PASS/)
  writeFileSync(join(folder.path, 'agents/deep/reader.yaml'), reader.replace('Reads', 'Reads much'))
  expect((await verify()).stdout).toMatch(/STALE/)
  rmSync(join(folder.path, 'agents/deep'), { recursive: true })
  expect((await verify()).stdout).toMatch(/PASS/)
})

const loading = async (all: Readonly<Record<string, string>>) => {
  await using folder = await folderWith(all)
  const text = all['main.yaml'] ?? ''
  return await conversed({ folder: folder.path, agent: text, source: { path: 'main.yaml', text } }).catch(
    (error: Error) => error.message,
  )
}
const agentWith = (members: string, more = '') =>
  `agents:\n  root:\n    model: openai/gpt-4o\n    sub_agents: [${members}]\n${more}`

test('a file that is not there is told at its place, as is what is wrong in one that is', async () => {
  expect(await loading({ 'main.yaml': agentWith('./nobody.yaml') })).toContain(
    'main.yaml:4:18: There is no file nobody.yaml.',
  )
  expect(await loading({ 'main.yaml': agentWith('./x.yaml'), 'x.yaml': agentWith('nobody') })).toContain(
    'x.yaml:4:18: There is no agent "nobody".',
  )
  expect(await loading({ 'main.yaml': agentWith('https://example.com/x.yaml') })).toContain(
    'https://example.com/x.yaml is not asked here.',
  )
  expect(await loading({ 'main.yaml': agentWith('someone/agent') })).toContain(
    'not supported yet: members of a team from registries',
  )
})

test('tasks that would go round from file to file are refused, with the way told', async () => {
  const all = {
    'main.yaml': agentWith('./a.yaml'),
    'a.yaml': agentWith('sub/b.yaml'),
    'sub/b.yaml': agentWith('../a.yaml'),
  }
  expect(await loading(all)).toBe(
    'The sub-agents go round in a circle: a.yaml (root) → sub/b.yaml (root) → a.yaml (root).',
  )
})

test('conversations may go to another file and back', async () => {
  const agent = (text: string, other: string) =>
    `agents:\n  root:\n    model: openai/gpt-4o\n    instruction: ${text}\n    handoffs: [${other}]\n`
  await using folder = await folderWith({
    'main.yaml': agent('I am main.', './a.yaml'),
    'a.yaml': agent('I am a.', './main.yaml'),
  })
  await using server = await providerServer([
    { when: 'I am main.', toolCalls: [{ name: 'handoff', input: { agent: 'a' } }] },
    { when: 'I am a.', toolCalls: [{ name: 'handoff', input: { agent: 'main' } }] },
    { when: 'I am main.', text: 'Back.' },
  ])
  const text = readFileSync(join(folder.path, 'main.yaml'), 'utf8')
  const { events, failure } = await conversed({
    folder: folder.path,
    agent: text,
    source: { path: 'main.yaml', text },
    env: server.env,
  })
  expect(failure).toBeUndefined()
  expect(events.at(-1)).toMatchObject({ type: 'agent-end', agent: 'root', reason: 'done' })
})
