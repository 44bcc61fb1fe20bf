import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type CliResult, noNetwork, reprise, startReprise } from './support/cli.ts'
import { hostilePath, installServer } from './support/mcp.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const hostile = (how: string, rest = ''): string =>
  `{ type: mcp, command: '${process.execPath}', args: ['${hostilePath}', '${how}']${rest} }`

const agentWith = (...toolsets: readonly string[]): string => `agents:
  root:
    model: openai/gpt-4o
    toolsets:
${toolsets.map(toolset => `      - ${toolset}\n`).join('')}`

type Recorded = {
  readonly recorded: CliResult
  readonly replayed: CliResult
  readonly cassette: string
  /** The names of the tools in each request to the model. */
  readonly offered: readonly (readonly string[])[]
}

/** Records, and replays in another folder without a network and without the server. */
const both = async (
  agent: string,
  answers: readonly ProviderStep[],
  options: readonly string[] = [],
): Promise<Recorded> => {
  await using there = await folderWith({ 'agent.yaml': agent.replaceAll(hostilePath, '/absent/hostile-mcp.ts') })
  await using here = await folderWith({ 'agent.yaml': agent })
  await using server = await providerServer(answers)
  const record = ['exec', 'agent.yaml', '--record=tape', '--yolo', ...options, 'Go']
  const recorded = await reprise(record, { cwd: here.path, env: server.env })
  copyFileSync(join(here.path, 'tape.yaml'), join(there.path, 'tape.yaml'))
  const replay = ['exec', 'agent.yaml', '--fake', 'tape', '--strict', ...options, 'Go']
  const replayed = await reprise(replay, { cwd: there.path, ...noNetwork })
  const bodies = server.requests.map(({ body }) => body as { tools?: { function: { name: string } }[] })
  return {
    recorded,
    replayed,
    cassette: readFileSync(join(here.path, 'tape.yaml'), 'utf8'),
    offered: bodies.map(({ tools = [] }) => tools.map(tool => tool.function.name)),
  }
}

const withoutNotice = ({ stderr, ...rest }: CliResult) => ({ ...rest, stderr: stderr.replace(/^Recorded: .*\n/m, '') })

test('tools that change in the middle of a run are offered from the next turn on, and a replay does so too', async () => {
  const { recorded, replayed, cassette, offered } = await both(agentWith(hostile('changes its tools')), [
    { toolCalls: [{ name: 'first', input: {} }] },
    { toolCalls: [{ name: 'second', input: {} }] },
    { toolCalls: [{ name: 'first', input: {} }] },
    { text: 'Done.' },
  ])
  expect(offered).toEqual([['first'], ['second'], ['second'], ['second']])
  expect(recorded.stdout).toContain("Tool 'first' is not available")
  expect(replayed).toEqual(withoutNotice(recorded))
  expect(cassette.match(/method: LIST/g)).toHaveLength(2)
})

test('no two tools have one name: our own keep theirs, those of servers get the server’s in front', async () => {
  const { recorded, replayed, offered } = await both(
    agentWith(
      hostile('bad names', ', tools: [shell, transfer_task, no_schema]'),
      '{ type: shell }',
      hostile('bad names', ', tools: [no_schema]'),
      hostile('bad names', ', tools: [no_schema]'),
      hostile('bad names', ', tools: [shell], name: far'),
    ),
    [
      {
        toolCalls: [
          { name: 'shell', input: { cmd: 'echo ours' } },
          { name: 'hostile-mcp_shell', input: {} },
        ],
      },
      { text: 'Done.' },
    ],
  )
  expect(offered[0]?.filter(name => !name.includes('background'))).toEqual([
    'hostile-mcp_shell',
    'no_schema',
    'hostile-mcp_transfer_task',
    'shell',
    'hostile-mcp_no_schema',
    'far_shell',
  ])
  expect(recorded.stdout).toMatch(/ours[\s\S]*Done\./)
  expect(recorded.stderr).toMatch(
    /Both shell and hostile-mcp offer a tool named shell: that of hostile-mcp is called hostile-mcp_shell here\./,
  )
  expect(recorded.stderr).toMatch(
    /Both hostile-mcp and hostile-mcp offer a tool named no_schema: that of hostile-mcp is left out\./,
  )
  expect(replayed).toEqual(withoutNotice(recorded))
})

test('a call of a server’s tool is asked about, unless the server promises that it changes nothing', async () => {
  await using folder = await folderWith({ 'agent.yaml': agentWith(hostile('dies once')) })
  await using server = await providerServer([
    {
      toolCalls: [
        { name: 'change', input: {} },
        { name: 'look', input: {} },
      ],
    },
    { text: 'Done.' },
  ])
  const { stdout, stderr } = await reprise(['exec', 'agent.yaml', 'Go'], { cwd: folder.path, env: server.env })
  expect(stdout).toMatch(/change response → .*rejected/)
  expect(stdout).toMatch(/look response → .*was lost/)
  expect(stderr).toMatch(/needs approval/)
})

test('members of a team have servers of their own, started when they first speak', async () => {
  const agent = `agents:
  root:
    model: openai/gpt-4o
    instruction: You lead.
    sub_agents: [one, two]
  one:
    model: openai/gpt-4o
    instruction: You are one.
    toolsets: [{ type: mcp, ref: shared }]
  two:
    model: openai/gpt-4o
    instruction: You are two.
    toolsets: [{ type: mcp, ref: shared }]
mcps:
  shared: ${hostile('changes its tools').replace('type: mcp, ', '')}
`
  const task = (agent: string) => ({
    name: 'transfer_task',
    input: { agent, task: `Be ${agent}`, expected_output: 'x' },
  })
  const { recorded, replayed, cassette } = await both(
    agent,
    [
      { when: 'You lead', toolCalls: [task('one'), task('two'), task('one')] },
      ...['one', 'two', 'one'].flatMap(name => [
        { when: `You are ${name}`, toolCalls: [{ name: 'first', input: {} }] },
        { when: `You are ${name}`, text: `${name} is done.` },
      ]),
      { when: 'You lead', text: 'All done.' },
    ],
    ['--json'],
  )
  expect(recorded.code).toBe(0)
  expect(replayed).toEqual(withoutNotice(recorded))
  expect(cassette).toContain('LIST')
})

test('with --fake-tools=live the tools are listed as recorded, and called for real', async () => {
  const agent = agentWith(hostile('says what it was told'))
  await using folder = await folderWith({ 'agent.yaml': agent })
  await using server = await providerServer([{ toolCalls: [{ name: 'act', input: { a: 1 } }] }, { text: 'Done.' }])
  const options = { cwd: folder.path, env: server.env }
  await reprise(['exec', 'agent.yaml', '--record=tape', '--yolo', 'Go'], options)
  const live = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--fake-tools=live', '--yolo', 'Go'], options)
  expect(live).toMatchObject({ code: 0, stdout: expect.stringContaining('act response → (a: 1)') })
})

test('a recording that goes on for real starts the server when it is needed', async () => {
  const agent = agentWith(hostile('says what it was told'))
  await using folder = await folderWith({ 'agent.yaml': agent })
  await using server = await providerServer([
    { text: 'Hello.' },
    { when: 'Second', toolCalls: [{ name: 'act', input: { b: 2 } }] },
    { text: 'Acted.' },
  ])
  const options = { cwd: folder.path, env: server.env }
  await reprise(['exec', 'agent.yaml', '--record=tape', '--yolo', 'First'], options)
  const extend = ['exec', 'agent.yaml', '--fake', 'tape', '--record=longer', '--yolo', 'First', 'Second']
  const extended = await reprise(extend, options)
  expect(extended).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/Hello\.[\s\S]*act response → \(b: 2\)[\s\S]*Acted\./),
  })
  const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'longer', '--strict', 'First', 'Second'], options)
  expect(replayed).toMatchObject({ code: 0, stdout: extended.stdout, stderr: '' })
})

test('Ctrl-C while a server starts ends the run, and the server', async () => {
  await using folder = await folderWith({
    'agent.yaml': agentWith(hostile('silent at start').replace("'silent at start'", "'silent at start', started")),
  })
  await using server = await providerServer([])
  await using running = await startReprise(['exec', 'agent.yaml', 'Go'], { cwd: folder.path, env: server.env })
  while (!existsSync(join(folder.path, 'started'))) await wait(20)
  running.kill('SIGINT')
  expect(await running.result).toMatchObject({ code: 130, signal: null })
  expect(execFileSync('ps', ['-eo', 'stat,args']).toString()).not.toMatch(/^[^Z].* silent at start started$/m)
})

test('a prompt of a server is said as a command, and replays without the server', async () => {
  const agent = agentWith('{ type: mcp, command: ./bin/everything, name: all }')
  await using there = await folderWith({ 'agent.yaml': agent })
  await using here = await folderWith({ 'agent.yaml': agent })
  await installServer(here.path, 'everything')
  await using server = await providerServer([
    { when: "What's weather in Rome, Lazio?", text: 'Sunny.' },
    { when: "What's weather in San Marino?", text: 'Windy.' },
    { when: '/all_args-prompt', text: 'What do you mean?' },
    { when: '/etc/hosts', text: 'A file.' },
  ])
  const messages = [
    '/all_args-prompt city=Rome state="Lazio"',
    '/all_args-prompt "San Marino"',
    '/all_args-prompt',
    '/etc/hosts?',
  ]
  const recorded = await reprise(['exec', 'agent.yaml', '--record=tape', ...messages], {
    cwd: here.path,
    env: server.env,
  })
  expect(recorded.stdout).toMatch(/Sunny\.[\s\S]*Windy\.[\s\S]*What do you mean\?[\s\S]*A file\./)
  expect(recorded.stderr).toMatch(/\/all_args-prompt: .*city/)
  copyFileSync(join(here.path, 'tape.yaml'), join(there.path, 'tape.yaml'))
  const replay = ['exec', 'agent.yaml', '--fake', 'tape', '--strict', ...messages]
  const replayed = await reprise(replay, { cwd: there.path, ...noNetwork })
  expect(replayed).toEqual(withoutNotice(recorded))
})
