import { expect, test } from 'vitest'
import { reprise } from './support/cli.ts'
import { installServer } from './support/mcp.ts'
import { folderWith } from './support/temp.ts'

const agents = `permissions: { deny: ["shell:cmd=rm *", remove_directory], allow: [write_file], ask: ["mcp:memory:read_*"] }
agents:
  root:
    model: openai/gpt-4o
    instruction: Be good, always.
    sub_agents: [coder]
    toolsets:
      - { type: filesystem, defer: [directory_tree] }
      - { type: shell, tools: [shell] }
      - { type: mcp, command: ./bin/memory }
      - { type: mcp, command: ./bin/dead }
      - { type: script, shell: { shell: { cmd: date } } }
  coder:
    model: openai/gpt-4o
    code_mode_tools: true
    toolsets: [{ type: think }, { type: todo }]
`

test('tools are told with their origin, who decides about them, and their size; a dead server stops nothing', async () => {
  await using folder = await folderWith({ 'agent.yaml': agents })
  await installServer(folder.path, 'memory')
  const { stdout, stderr, code } = await reprise(['tools', 'agent.yaml'], { cwd: folder.path })
  expect(code).toBe(1)
  expect(stderr).toMatch(/The MCP server dead cannot be used, and its tools are missing/)
  expect(stderr).toContain('Both shell and script offer a tool named shell: that of script is left out.')
  expect(stdout).toMatch(/^root: \d\d tools, ~\d{4} tokens in each prompt\n {2}filesystem\n/)
  for (const line of [
    / {4}read_file\(path, offset\?, limit\?\) +~\d+ {2}allow \(read-only\)\n/,
    / {4}write_file\(path, content\) +~\d+ {2}allow \(allow: write_file\)\n/,
    / {4}edit_file\(path, edits\) +~\d+ {2}ask\n/,
    / {4}remove_directory\(paths\) +~\d+ {2}deny \(deny: remove_directory\)\n/,
    / {4}directory_tree\(path, max_depth\?\) +~\d+ {2}allow \(read-only\) {2}\[deferred\]\n/,
    / {2}shell\n {4}shell\(cmd, cwd\?, timeout\?\) +~\d+ {2}ask; deny: shell:cmd=rm \*\n/,
    / {2}mcp memory\n[\s\S]* {4}read_graph\(\) +~\d+ {2}ask \(ask: mcp:memory:read_\*\)\n/,
    / {2}reprise\n {4}search_tool\(query\) .*\n {4}add_tool\(name\) .*\n {4}transfer_task\(.*\n {2}instruction 5\n/,
    /\ncoder: 5 tools, ~\d+ tokens in each prompt\n {2}reprise\n {4}run_tools_with_javascript\(script\) /,
    / {4}think\(thought\) +~\d+ {2}allow \(read-only\) {2}\[in scripts\]\n/,
  ]) {
    expect(stdout).toMatch(line)
  }
  expect(stdout).toMatch(
    /\n\nTexts are counted with the tables of openai\/gpt-4o \(o200k_base\); tools are estimated, as JSON\.\n$/,
  )
})

test('what another provider counts is an estimate, and told as one', async () => {
  const instruction = 'お誕生日おめでとう'
  const models = ['anthropic/claude-sonnet-4-0', 'openai/gpt-4', 'openai/gpt-5']
  const agentOf = (model: string, index: number) =>
    `  a${index}: { model: ${model}, instruction: "${instruction}", toolsets: [{ type: think }] }\n`
  await using folder = await folderWith({ 'agent.yaml': `agents:\n${models.map(agentOf).join('')}` })
  const { stdout } = await reprise(['tools', 'agent.yaml'], { cwd: folder.path })
  // As OpenAI's cookbook, How to count tokens with tiktoken, has it.
  expect(stdout.match(/^ {2}instruction .*/gm)).toEqual(['  instruction ~8', '  instruction 9', '  instruction 8'])
  expect(stdout.split('\n').slice(-4)).toEqual([
    "Estimated with OpenAI's tables (o200k_base): anthropic/claude-sonnet-4-0 counts otherwise.",
    'Texts are counted with the tables of openai/gpt-4 (cl100k_base); tools are estimated, as JSON.',
    'Texts are counted with the tables of openai/gpt-5 (o200k_base); tools are estimated, as JSON.',
    '',
  ])
  const json = await reprise(['tools', 'agent.yaml', '--agent', 'a1', '--json'], { cwd: folder.path })
  expect(JSON.parse(json.stdout)[0]).toMatchObject({
    instruction: 9,
    counted: { encoding: 'cl100k_base', isExact: true },
  })
})

test('sizes need no key, also where the keys decide about the model', async () => {
  await using folder = await folderWith({ 'agent.yaml': 'agents: { root: { model: auto, instruction: Be good. } }\n' })
  const { stdout, code } = await reprise(['tools', 'agent.yaml'], { cwd: folder.path })
  expect(code).toBe(0)
  expect(stdout).toMatch(/^root: 0 tools, ~\d+ tokens/)
})

test('one agent, as a document', async () => {
  await using folder = await folderWith({ 'agent.yaml': agents })
  const { stdout, stderr, code } = await reprise(['tools', 'agent.yaml', '--agent', 'coder', '--json'], {
    cwd: folder.path,
  })
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  const [coder, ...others] = JSON.parse(stdout)
  expect(others).toEqual([])
  expect(coder).toMatchObject({ agent: 'coder', instruction: 0, notices: [], hasFailed: false })
  expect(coder.tools.at(-1)).toEqual({
    name: 'think',
    description: expect.any(String),
    parameters: {
      type: 'object',
      properties: { thought: expect.anything() },
      required: ['thought'],
      additionalProperties: false,
    },
    origin: 'think',
    permission: { verdict: 'allow', rule: 'read-only', conditional: [] },
    place: 'script',
    tokens: expect.any(Number),
  })
  const sum = coder.tools
    .filter(({ place }: { place: string }) => place === 'prompt')
    .reduce((all: number, one: { tokens: number }) => all + one.tokens, 0)
  expect(coder.tokens).toBe(sum + coder.toolsetInstructions)
})

test('members from other files are told too, with the rules that hold for them', async () => {
  const [main, other] = ['sub_agents: [./more/other.yaml]', 'toolsets: [{ type: shell }]'].map(
    line => `agents: { root: { model: openai/gpt-4o, ${line} } }\n`,
  )
  await using folder = await folderWith({
    'agent.yaml': `permissions: { deny: [shell] }\n${main}`,
    'more/other.yaml': `permissions: { allow: [shell, stop_background_job] }\n${other}`,
  })
  const { stdout, code } = await reprise(['tools', 'agent.yaml'], { cwd: folder.path })
  expect(code).toBe(0)
  expect(stdout).toMatch(/^root: 1 tool, [\s\S]*\nother: 5 tools, [\s\S]* {4}shell\(.* deny \(deny: shell\)\n/)
  expect(stdout).toMatch(/stop_background_job\(job_id\) +~\d+ {2}allow \(allow: stop_background_job\)/)
})

test('an agent that is not there is told', async () => {
  await using folder = await folderWith({ 'agent.yaml': agents })
  expect(await reprise(['tools', 'agent.yaml', '--agent', 'none'], { cwd: folder.path })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('The agents are: root, coder.'),
  })
})

test('validate tells names that two toolsets offer', async () => {
  const twice = `agents:
  root:
    model: openai/gpt-4o
    toolsets:
      - { type: filesystem, tools: [read_file] }
      - { type: script, shell: { read_file: { cmd: cat }, think: { cmd: "true" } } }
      - { type: think }
      - { type: todo }
      - { type: todo, shared: true }
`
  await using folder = await folderWith({ 'agent.yaml': twice })
  const { stdout, stderr, code } = await reprise(['validate', 'agent.yaml'], { cwd: folder.path })
  expect({ stdout, code }).toEqual({ stdout: 'agent.yaml: ok\n', code: 0 })
  expect(stderr.match(/^agent\.yaml.*$/gm)).toEqual([
    'agent.yaml:6:17: warning: Both filesystem and script offer a tool named read_file: that of script is left out.',
    'agent.yaml:7:17: warning: Both script and think offer a tool named think: that of think is left out.',
    'agent.yaml:9:17: warning: Both todo and todo offer tools named create_todo, create_todos, update_todos, list_todos: those of the later todo are left out.',
  ])
})
