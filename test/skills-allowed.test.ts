import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { allowedRules } from '../tools/skills/allowed.ts'
import { reprise } from './support/cli.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'
import { resultsIn, twice } from './support/twice.ts'

const agent = (more = '') => `${more}agents:
  root:
    model: openai/gpt-4o
    skills: true
    toolsets: [{ type: shell }, { type: filesystem }]
`

const skill = (name: string, allowed: string): string =>
  `---\nname: ${name}\ndescription: How to ${name}\nallowed-tools: ${allowed}\n---\nRun it.\n`

const shell = (cmd: string) => ({ name: 'shell', input: { cmd } })
const read = (name: string) => ({ name: 'read_skill', input: { name } })
const refused = expect.stringContaining('rejected')
const env = (folder: string) => ({ HOME: `${folder}/home` })

test('a skill that was read lets the calls go ahead that it names, until the user speaks again; a replay as well', async () => {
  const run = await twice({
    agent: agent(),
    files: { 'home/.claude/skills/greet/SKILL.md': skill('greet', 'Bash(echo:*) Write') },
    env,
    options: [],
    messages: ['Greet', 'Again'],
    script: [
      { toolCalls: [shell('echo early')] },
      { toolCalls: [read('greet')] },
      { toolCalls: [shell('echo one'), shell('echo two; date'), shell('date')] },
      { toolCalls: [{ name: 'write_file', input: { path: 'a.txt', content: 'a' } }, shell('echo $(date)')] },
      { text: 'Done.' },
      { toolCalls: [shell('echo late')] },
      { text: 'Done again.' },
    ],
  })
  const results = resultsIn(run.requests.at(-1)!)
  expect(results.filter((_, index) => index !== 1)).toEqual([
    refused,
    'one',
    refused,
    refused,
    expect.stringContaining('a.txt'),
    refused,
    refused,
  ])
  expect(run.cassette).toContain('skill greet')
  expect(run.replayed).toMatchObject({ code: 0, stdout: run.recorded.stdout })
})

test('a skill that the user calls by its name does the same', async () => {
  const run = await twice({
    agent: agent(),
    files: { 'home/.agents/skills/greet/SKILL.md': skill('greet', '\n  - Bash(echo *)\n  - shell(date)') },
    env,
    options: [],
    messages: ['/greet'],
    script: [{ toolCalls: [shell('echo one && date +%Y'), shell('echo two && date')] }, { text: 'Done.' }],
  })
  expect(resultsIn(run.requests[1]!)).toEqual([refused, expect.stringMatching(/^two\n/)])
  expect(run.replayed).toMatchObject({ code: 0, stdout: run.recorded.stdout })
})

test('what the agent file denies or asks about stays so, and its rules allow the rest of a line', async () => {
  const rules =
    'permissions: { deny: ["shell:cmd=echo no*"], ask: ["shell:cmd=echo ask*"], allow: ["shell:cmd=printf *"] }\n'
  const run = await twice({
    agent: agent(rules),
    files: { 'home/.claude/skills/greet/SKILL.md': skill('greet', 'Bash(echo *), Read') },
    env,
    options: [],
    script: [
      { toolCalls: [read('greet')] },
      { toolCalls: [shell('echo no'), shell('echo ask'), shell('echo yes | cat'), shell('echo yes; printf 1')] },
      { text: 'Done.' },
    ],
  })
  expect(resultsIn(run.requests[2]!).slice(1)).toEqual([
    expect.stringContaining('denied by permissions configuration'),
    refused,
    refused,
    'yes\n1',
  ])
})

test('what the skills of a project allow counts where the agent file is of that project, and nowhere else', async () => {
  const step: ProviderStep[] = [{ toolCalls: [read('greet')] }, { toolCalls: [shell('echo one')] }, { text: 'Done.' }]
  await using server = await providerServer([...step, ...step])
  await using folder = await folderWith({
    'project/.git/HEAD': '',
    'project/deep/agent.yaml': agent(),
    'elsewhere/agent.yaml': agent(),
    'project/.claude/skills/greet/SKILL.md': skill('greet', 'Bash(echo *)'),
  })
  const cwd = join(folder.path, 'project')
  const run = (file: string) =>
    reprise(['exec', file, 'Greet'], { cwd, env: { ...server.env, HOME: join(folder.path, 'home') } })
  await run('deep/agent.yaml')
  await run('../elsewhere/agent.yaml')
  expect([2, 5].map(at => resultsIn(server.requests[at]!)[1])).toEqual(['one', refused])
})

test('nothing that a cassette says of a skill is believed where a run goes on from it', async () => {
  const steps: ProviderStep[] = [{ toolCalls: [read('greet')] }, { toolCalls: [shell('echo one')] }, { text: 'Done.' }]
  await using server = await providerServer([...steps, { toolCalls: [shell('echo two')] }, { text: 'Done.' }])
  await using folder = await folderWith({
    'agent.yaml': agent(),
    'home/.claude/skills/greet/SKILL.md': skill('greet', 'Bash(echo *)'),
  })
  const around = { cwd: folder.path, env: { ...server.env, HOME: join(folder.path, 'home') } }
  await reprise(['exec', 'agent.yaml', '--record=tape', 'Greet'], around)
  expect(resultsIn(server.requests[2]!)[1]).toBe('one')
  writeFileSync(join(folder.path, 'home/.claude/skills/greet/SKILL.md'), skill('greet', 'Read'))
  const shown = await reprise(['cassette', 'show', 'tape'], around)
  const at = /^ *(\d+) = ---/m.exec(shown.stdout)?.[1] ?? ''
  const forked = await reprise(['fork', 'tape', '--at', at], around)
  expect(forked.code, shown.stdout + forked.stderr).toBe(0)
  expect(resultsIn(server.requests.at(-1)!)[1]).toEqual(refused)
})

test.each([
  ['Read, Grep', ['read_file', 'read_multiple_files', 'search_files_content']],
  ['Bash(git add:*) my_tool', ['git add', 'git add *'].flatMap(both).concat('my_tool')],
  ['Bash(npm run test*)', both('npm run test*')],
  ['Bash(ls [a]?)', both('ls \\[a\\]\\?')],
  ['Bash(make x:y=z)', both('make x\\:y=z')],
  [
    ['Bash(git diff *)', 'mcp__github', 'mcp__jira__get_*'],
    ['git diff', 'git diff *'].flatMap(both).concat('mcp:github:*', 'mcp:jira:get_*'),
  ],
  ['WebFetch(domain:example.org) WebFetch', ['fetch:urls=https://example.org/*', 'fetch']],
  ['Edit(/etc/**) Read(~/.ssh/*) * Foo* Web Fetch(', ['Web', 'Fetch']],
  [{ a: 1 }, []],
  [undefined, []],
])('allowed-tools %j', (field, rules) => {
  expect(allowedRules(field)).toEqual(rules)
})

function both(cmd: string): string[] {
  return ['shell', 'run_background_job'].map(tool => `${tool}:cmd=${cmd}`)
}
