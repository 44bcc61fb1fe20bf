import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { teamAgent, toolAgent } from './support/agents.ts'
import { noNetwork, reprise } from './support/cli.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

type Case = { readonly agent: string; readonly messages: readonly string[]; readonly answers: readonly ProviderStep[] }

const delegation = {
  when: 'Give one task to each',
  toolCalls: ['writer', 'reader'].map(agent => ({
    name: 'transfer_task',
    input: { agent, task: `Do what a ${agent} does`, expected_output: 'A word' },
  })),
}

/** The reader and the lead are gpt-4o, the writer is gpt-4o-mini. */
const team: Case = {
  agent: teamAgent,
  messages: ['Go'],
  answers: [
    delegation,
    { when: 'You are the writer', text: 'Written.' },
    { when: 'You are the reader', toolCalls: [{ name: 'list_directory', input: { path: '.' } }] },
    { when: 'You are the reader', text: 'Read.' },
    { when: 'Give one task to each', text: 'All done.' },
  ],
}

const tools: Case = {
  agent: toolAgent,
  messages: ['Look.', 'Thanks.'],
  answers: [
    { toolCalls: [{ name: 'shell', input: { cmd: 'cat count.txt' } }] },
    { text: 'It is what it is.' },
    { text: 'You are welcome.' },
  ],
}

const recorded = async ({ agent, messages, answers }: Case, files: Record<string, string> = {}) => {
  const folder = await folderWith({ 'agent.yaml': agent, ...files })
  const path = join(folder.path, 'tape.yaml')
  await using server = await providerServer(answers)
  const run = await reprise(['exec', 'agent.yaml', '--record=tape', '--yolo', ...messages], {
    cwd: folder.path,
    env: server.env,
  })
  expect(run.code).toBe(0)
  return {
    run,
    folder: folder.path,
    text: () => readFileSync(path, 'utf8'),
    edit: (change: (text: string) => string) => writeFileSync(path, change(readFileSync(path, 'utf8'))),
    files: () => readdirSync(folder.path).filter(name => name.startsWith('tape')),
    refresh: async (steps: readonly ProviderStep[], ...options: string[]) => {
      await using server = await providerServer(steps)
      const result = await reprise(['cassette', 'refresh', 'tape', ...options], { cwd: folder.path, env: server.env })
      return { ...result, asked: server.requests.length }
    },
    replay: () => reprise(['replay', 'tape'], { cwd: folder.path, ...noNetwork }),
    verify: () => reprise(['cassette', 'verify', 'tape', '--strict'], { cwd: folder.path, ...noNetwork }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

/** The items of a cassette by what they are: without their numbers, who was faster, and where this server stood. */
const items = (text: string): string[] =>
  text
    .replaceAll(/127\.0\.0\.1:\d+/g, 'server')
    .replaceAll(/\n {4}rank: \d+/g, '')
    .replaceAll(/(extends: |said-|asked-|answer-)\d+/g, '$1')
    .split(/\n {2}- id: \d+/)
    .slice(1)

test('a model is asked anew, and what depends on its answer; the rest is as it was, to the byte', async () => {
  await using tape = await recorded(team)
  const before = tape.text()
  const result = await tape.refresh(
    [
      { when: 'You are the writer', text: 'Rewritten.' },
      { when: 'Rewritten', text: 'All done again.' },
    ],
    '--model',
    'openai/gpt-4o-mini',
  )
  expect(result).toMatchObject({ code: 0, asked: 2 })
  expect(result.stderr).toBe('tape.yaml: 2 of 10 interactions are new.\n')
  const [old, now] = [items(before), items(tape.text())]
  const kept = now.filter(item => old.includes(item))
  expect(now).toHaveLength(old.length)
  expect(kept.length).toBe(old.length - 2)
  expect((await tape.replay()).stdout).toBe(result.stdout)
  expect((await tape.verify()).code).toBe(0)
  expect(tape.files()).toEqual(['tape.yaml'])
})

test('where the same is answered again, nothing else is asked', async () => {
  await using tape = await recorded(team)
  const result = await tape.refresh([{ when: 'You are the writer', text: 'Written.' }], '--model', 'gpt-4o-mini')
  expect(result).toMatchObject({ code: 0, asked: 1 })
  expect(result.stdout).toBe(tape.run.stdout)
})

test('an agent is asked anew, with its tools', async () => {
  await using tape = await recorded(team)
  const result = await tape.refresh(
    [
      { when: 'You are the reader', text: 'Nothing to read.' },
      { when: 'Nothing to read', text: 'Done without.' },
    ],
    '--agent',
    'reader',
  )
  expect(result).toMatchObject({ code: 0, asked: 2 })
  expect(tape.text()).not.toContain('tool:list_directory')
  expect((await tape.verify()).code).toBe(0)
})

test('a tool runs again, and a model is asked only where it says something else', async () => {
  await using tape = await recorded(tools, { 'count.txt': 'one\n' })
  const same = await tape.refresh([], '--tool', 'shell', '--yolo')
  expect(same).toMatchObject({ code: 0, asked: 0, stderr: 'tape.yaml: 0 of 7 interactions are new.\n' })
  writeFileSync(join(tape.folder, 'count.txt'), 'two\n')
  const other = await tape.refresh([{ text: 'Now it is two.' }, { text: 'Fine.' }], '--tool', 'shell', '--yolo')
  expect(other).toMatchObject({ code: 0, asked: 2 })
  expect(tape.text()).toMatch(/two/)
  expect((await tape.replay()).stdout).toContain('Now it is two.')
})

test('a call that nobody can approve spoils nothing', async () => {
  await using tape = await recorded(tools, { 'count.txt': 'one\n' })
  const before = tape.text()
  const result = await tape.refresh([{ text: 'Refused, then.' }, { text: 'Fine.' }], '--tool', 'shell')
  expect(result.code).toBe(2)
  expect(result.stderr).toContain('tape.yaml is as it was: a tool call was refused that was approved before.')
  expect(tape.text()).toBe(before)
  expect(tape.files()).toEqual(['tape.yaml'])
})

test('age decides by itself, or together with the rest', async () => {
  await using tape = await recorded(tools, { 'count.txt': 'one\n' })
  const before = tape.text()
  const young = await tape.refresh([], '--older-than', '30d')
  expect(young).toMatchObject({ code: 0, stdout: '', stderr: 'tape.yaml: nothing in it is as old as that.\n' })
  expect(tape.text()).toBe(before)
  tape.edit(text => text.replace(/recorded: "\d{4}/, 'recorded: "2019'))
  const all = await tape.refresh(tools.answers, '--older-than', '30d', '--yolo')
  expect(all).toMatchObject({ code: 0, asked: 3 })
  expect(tape.text()).not.toContain('recorded: "2019')
  tape.edit(text => text.replace(/recorded: "\d{4}/, 'recorded: "2019'))
  const some = await tape.refresh([], '--older-than', '30', '--tool', 'shell', '--yolo')
  expect(some).toMatchObject({ code: 0, asked: 0 })
})

test('what was recorded anew is as young as that, among what is old', async () => {
  await using tape = await recorded(team)
  tape.edit(text => text.replace(/recorded: "\d{4}/, 'recorded: "2019'))
  const steps = [
    { when: 'You are the writer', text: 'Rewritten.' },
    { when: 'Rewritten', text: 'All done again.' },
  ]
  expect(await tape.refresh(steps, '--model', 'openai/gpt-4o-mini')).toMatchObject({ code: 0, asked: 2 })
  expect(tape.text()).toMatch(/^recorded: "2019/m)
  expect(tape.text().match(/^ {4}recorded: "20[^1]/gm)).toHaveLength(2)
  const young = await tape.refresh([], '--model', 'openai/gpt-4o-mini', '--older-than', '30d')
  expect(young.stderr).toBe('tape.yaml: nothing in it is as old as that.\n')
  // The reader, and the first turn of the lead, which sets both going: all that is older.
  const old = await tape.refresh(
    [delegation, { when: 'You are the reader', text: 'Read again.' }, { when: 'Read again', text: 'Now all is new.' }],
    '--older-than',
    '30d',
  )
  expect(old).toMatchObject({ code: 0, asked: 3 })
  expect((await tape.replay()).stdout).toContain('Now all is new.')
  expect((await tape.verify()).code).toBe(0)
})

test('what a run that goes on from a recording asks for real is as young as that, and the rest as old as it was', async () => {
  await using tape = await recorded(tools, { 'count.txt': 'one\n' })
  tape.edit(text => text.replace(/recorded: "\d{4}/, 'recorded: "2019'))
  const around = { cwd: tape.folder }
  const args = ['exec', 'agent.yaml', '--fake', 'tape', '--record=more', '--yolo', ...tools.messages, 'And?']
  await using server = await providerServer([{ text: 'Nothing more.' }])
  expect(await reprise(args, { ...around, env: server.env })).toMatchObject({ code: 0 })
  const more = readFileSync(join(tape.folder, 'more.yaml'), 'utf8')
  expect(more).toMatch(/^recorded: "2019/m)
  expect(more.match(/^ {4}recorded: "20[^1]/gm)).toHaveLength(1)
  expect(await reprise(['replay', 'more'], { ...around, ...noNetwork })).toMatchObject({ code: 0 })
  // What is old is asked anew; with the same answers nothing is different for what is young.
  await using again = await providerServer(tools.answers)
  const refreshed = await reprise(['cassette', 'refresh', 'more', '--older-than', '30d', '--yolo'], {
    ...around,
    env: again.env,
  })
  expect(refreshed, refreshed.stderr).toMatchObject({ code: 0 })
  expect(again.requests).toHaveLength(3)
})

test('a refresh that fails leaves the old cassette, and what it got beside it', async () => {
  await using tape = await recorded(team)
  const before = tape.text()
  const result = await tape.refresh(
    [{ when: 'You are the writer', status: 400, message: 'gone' }],
    '--model',
    'gpt-4o-mini',
  )
  expect(result.code).toBe(1)
  expect(result.stderr).toContain('tape-refreshed.yaml')
  expect(tape.text()).toBe(before)
  expect(existsSync(join(tape.folder, 'tape-refreshed.yaml'))).toBe(true)
})

test('a slim cassette stays slim', async () => {
  await using tape = await recorded(team)
  await reprise(['cassette', 'slim', 'tape'], { cwd: tape.folder })
  const before = tape.text()
  const result = await tape.refresh(
    [
      { when: 'You are the writer', text: 'Rewritten.' },
      { when: 'Rewritten', text: 'All done again.' },
    ],
    '--model',
    'gpt-4o-mini',
  )
  expect(result).toMatchObject({ code: 0, asked: 2 })
  expect(tape.text()).toContain('slim: true')
  expect(tape.text()).not.toMatch(/chunks:|data: /)
  const [old, now] = [items(before), items(tape.text())]
  expect(now.filter(item => old.includes(item))).toHaveLength(old.length - 2)
  expect((await tape.verify()).code).toBe(0)
})

test('what the cassette does not know is told, with what it knows', async () => {
  await using tape = await recorded(team)
  const model = await tape.refresh([], '--model', 'gpt-5')
  expect(model).toMatchObject({ code: 2, stdout: '' })
  expect(model.stderr).toMatch(/There is no model gpt-5 in .*\nThere are: openai\/gpt-4o, openai\/gpt-4o-mini\.\n/)
  expect((await tape.refresh([], '--tool', 'shell')).stderr).toContain('There are: list_directory, transfer_task.')
  expect((await tape.refresh([])).stderr).toContain('What should be recorded again?')
  expect((await tape.refresh([], '--older-than', 'long')).code).toBe(2)
})

test('an agent file that was changed since is not mixed in', async () => {
  await using tape = await recorded(team)
  writeFileSync(
    join(tape.folder, 'agent.yaml'),
    'agents:\n  root:\n    model: openai/gpt-4o\n    instruction: Something else.\n',
  )
  const result = await tape.refresh([{ when: 'You are the writer', text: 'Written.' }], '--model', 'gpt-4o-mini')
  expect(result).toMatchObject({ code: 0, asked: 1 })
  expect(result.stderr).toContain('agent.yaml was changed since: this records with the agent file as it was.')
})
