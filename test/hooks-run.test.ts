import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type CliResult, noNetwork, reprise } from './support/cli.ts'
import { type ProviderStep, providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

type Hooks = Readonly<Record<string, readonly unknown[]>>

const agentWith = (hooks: Hooks, more = ''): string =>
  `agents:
  root:
    model: openai/gpt-4o
    instruction: Use your tools.
    toolsets: [{ type: shell }, { type: filesystem }]
    hooks: ${JSON.stringify(hooks)}
${more}`

const command = (command: string, more = {}) => ({ type: 'command', command, ...more })
const before = (line: string, matcher = 'shell') => [{ matcher, hooks: [command(line)] }]

type Options = { readonly options?: readonly string[]; readonly env?: Readonly<Record<string, string>> }

/** Records, and replays in another folder without a network and without the files of the hooks. */
const both = async (agent: string, answers: readonly ProviderStep[], { options = [], env = {} }: Options = {}) => {
  await using there = await folderWith({ 'agent.yaml': agent })
  await using here = await folderWith({ 'agent.yaml': agent })
  await using server = await providerServer(answers)
  const recorded = await reprise(['exec', 'agent.yaml', '--record=tape', ...options, 'Go'], {
    cwd: here.path,
    env: { ...server.env, ...env },
  })
  copyFileSync(join(here.path, 'tape.yaml'), join(there.path, 'tape.yaml'))
  const json = options.includes('--json') ? ['--json'] : []
  const replay = ['exec', 'agent.yaml', '--fake', 'tape', '--strict', ...json, 'Go']
  const replayed = await reprise(replay, { cwd: there.path, ...noNetwork })
  const log = join(here.path, 'log')
  return {
    recorded,
    replayed,
    bodies: server.requests.map(({ body }) => JSON.stringify(body)),
    log: existsSync(log) ? readFileSync(log, 'utf8') : '',
    ranInReplay: existsSync(join(there.path, 'log')),
    cassette: readFileSync(join(here.path, 'tape.yaml'), 'utf8'),
  }
}

const withoutNotice = ({ stderr, ...rest }: CliResult) => ({ ...rest, stderr: stderr.replace(/^Recorded: .*\n/m, '') })

const echo = (text: string) => ({ toolCalls: [{ name: 'shell', input: { cmd: `echo ${text}` } }] })
const write = { toolCalls: [{ name: 'write_file', input: { path: 'new.txt', content: 'x' } }] }
const done = { text: 'Done.' }

const say = (value: unknown): string => `echo '${JSON.stringify(value)}'`
const rewrite = (cmd: string, more = {}) => say({ hook_specific_output: { updated_input: { cmd }, ...more } })

test('hooks have a say at each moment, and a replay runs none of them', async () => {
  const hooks = {
    session_start: [
      command(`echo start >> log; ${say({ hook_specific_output: { additional_context: 'It rains.' } })}`),
    ],
    pre_tool_use: before(`echo pre >> log; ${rewrite('echo two', { permission_decision: 'allow' })}`),
    post_tool_use: before(
      `cat | grep -o '"tool_response":"[a-z]*' >> log; ${say({ hook_specific_output: { additional_context: 'Well done.' } })}`,
    ),
    on_user_input: [command('echo wait >> log')],
    session_end: [command(`echo end >> log; ${say({ system_message: 'Bye.' })}`)],
  }
  const run = await both(agentWith(hooks), [echo('one'), done])
  expect(run.recorded.code).toBe(0)
  expect(run.recorded.stdout).toContain('Calling shell(cmd: "echo two")')
  expect(run.recorded.stdout).toContain('shell response → "two\\n\\nWell done."')
  expect(run.recorded.stderr).toMatch(/^Bye\.\nRecorded: /)
  expect(run.log).toBe('start\npre\n"tool_response":"two\nwait\nend\n')
  expect(run.bodies.every(body => body.includes('"It rains."'))).toBe(true)
  expect(run.bodies[1]).toContain('echo one')
  expect(run.bodies[1]).toContain('two\\n\\nWell done.')
  expect(run.replayed).toEqual(withoutNotice(run.recorded))
  expect(run.ranInReplay).toBe(false)
  expect(run.cassette.match(/method: HOOK/g)).toHaveLength(5)
})

test('what a hook stops is not done, also with --yolo, and the model is told why', async () => {
  const hooks = { pre_tool_use: before('grep -q rm && { echo "Nothing is removed here." >&2; exit 2; }; exit 0') }
  const run = await both(
    agentWith(hooks),
    [{ toolCalls: [echo('yes').toolCalls[0]!, echo('no > log; rm x').toolCalls[0]!] }, done],
    { options: ['--yolo', '--json'] },
  )
  expect(run.log).toBe('')
  expect(run.bodies[1]).toContain('Tool call blocked by hook: Nothing is removed here.')
  expect(run.bodies[1]).toContain('yes')
  expect(run.recorded.stdout).toMatch(/"type":"tool-end".*"error":"denied"/)
  expect(run.replayed).toEqual(withoutNotice(run.recorded))
})

test('a hook that fails before a call stops it, and is reported; after a call, it is reported', async () => {
  const hooks = {
    pre_tool_use: before('./check.sh', 'write_file'),
    post_tool_use: before('exit 7', 'shell'),
  }
  const run = await both(agentWith(hooks), [write, echo('one'), done], { options: ['--yolo'] })
  expect(run.recorded.stdout).toMatch(
    /write_file response → "Tool call blocked by hook: The hook \\"\.\/check\.sh\\" failed/,
  )
  expect(run.recorded.stdout).toContain('shell response → "one"')
  expect(run.recorded.stderr).toMatch(/The hook "\.\/check\.sh" failed: exit code 127\./)
  expect(run.recorded.stderr).toMatch(/The hook "exit 7" failed: exit code 7\./)
  expect(run.replayed).toEqual(withoutNotice(run.recorded))
})

test('a hook may approve what would be asked about, but not what a rule asks about or denies', async () => {
  const hooks = {
    pre_tool_use: [...before(say({ hook_specific_output: { permission_decision: 'allow' } }), 'shell|write_file')],
  }
  const rules = 'permissions: { ask: [write_file], deny: ["shell:cmd=rm *"] }\n'
  const run = await both(agentWith(hooks, rules), [
    echo('one'),
    write,
    { toolCalls: [{ name: 'shell', input: { cmd: 'rm x' } }] },
    done,
  ])
  expect(run.recorded.stdout).toContain('shell response → "one"')
  expect(run.recorded.stdout).toMatch(/Asked because of the rule "ask: write_file"[\s\S]*The user rejected/)
  expect(run.recorded.stdout).toContain("Tool 'shell' is denied by permissions configuration")
  expect(run.replayed.stdout).toBe(run.recorded.stdout)
})

test('a hook may ask for a question, which --yolo answers', async () => {
  const asking = { permission_decision: 'ask', permission_decision_reason: 'Is it Friday?' }
  const hooks = { pre_tool_use: before(say({ hook_specific_output: asking })) }
  const rules = 'permissions: { allow: [shell] }\n'
  const asked = await both(agentWith(hooks, rules), [echo('one'), done])
  expect(asked.recorded.stdout).toMatch(/"hook: pre_tool_use"\. Is it Friday\?\n[\s\S]*The user rejected/)
  const approved = await both(agentWith(hooks, rules), [echo('one'), done], { options: ['--yolo'] })
  expect(approved.recorded.stdout).toContain('shell response → "one"')
})

test('rules are held against what a hook made of a call', async () => {
  const hooks = { pre_tool_use: before(rewrite('rm -rf x', { permission_decision: 'allow' })) }
  const run = await both(agentWith(hooks, 'permissions: { deny: ["shell:cmd=rm *"] }\n'), [echo('one'), done])
  expect(run.recorded.stdout).toContain('which forbids \\"rm -rf x\\"')
  expect(run.replayed.stdout).toBe(run.recorded.stdout)
})

test('a session that a hook stops does not begin', async () => {
  const hooks = {
    session_start: [command('echo "Not on Sundays." >&2; exit 2')],
    session_end: [command('echo end >> log')],
  }
  await using folder = await folderWith({ 'agent.yaml': agentWith(hooks) })
  await using server = await providerServer([])
  const stopped = await reprise(['exec', 'agent.yaml', 'Go'], { cwd: folder.path, env: server.env })
  expect(stopped).toMatchObject({ code: 1, stdout: '' })
  expect(stopped.stderr).toContain('A session_start hook stopped the run: Not on Sundays.')
})

test('hooks get no credentials but those that the agent file hands to them', async () => {
  const line = 'echo "[$OPENAI_API_KEY] [$CHAT_TOKEN] [$PLAIN]" >> log'
  const hooks = { session_start: [command(line, { env: { CHAT_TOKEN: '$CHAT_TOKEN' } })] }
  const env = { CHAT_TOKEN: 'tok-0123456789', PLAIN: 'p' }
  const run = await both(agentWith(hooks), [done], { env })
  expect(run.log).toBe('[] [tok-0123456789] [p]\n')
  expect(run.replayed).toEqual(withoutNotice(run.recorded))
})

test('hooks that came later are told as drift, and a strict replay refuses them; with live tools they run', async () => {
  await using folder = await folderWith({ 'agent.yaml': agentWith({}) })
  await using server = await providerServer([echo('one'), done])
  const options = { cwd: folder.path, env: server.env }
  await reprise(['exec', 'agent.yaml', '--record=tape', '--yolo', 'Go'], options)
  await using later = await folderWith({
    'agent.yaml': agentWith({ pre_tool_use: before('echo ran >> log') }),
    'tape.yaml': readFileSync(join(folder.path, 'tape.yaml'), 'utf8'),
  })
  const replay = (...how: string[]) =>
    reprise(['exec', 'agent.yaml', '--fake', 'tape', ...how, 'Go'], { cwd: later.path })
  expect(await replay('--no-strict')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('there are new hooks at hook:pre_tool_use'),
  })
  expect(await replay('--strict')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('has no answer to the hook pre_tool_use of root'),
  })
  expect(existsSync(join(later.path, 'log'))).toBe(false)
  await replay('--fake-tools=live', '--yolo')
  expect(readFileSync(join(later.path, 'log'), 'utf8')).toBe('ran\n')
})

test('members of a team have hooks of their own, which see delegation too', async () => {
  const agent = `agents:
  root:
    model: openai/gpt-4o
    instruction: You lead.
    sub_agents: [writer]
    hooks: { pre_tool_use: [{ matcher: transfer_task, hooks: [{ type: command, command: echo lead >> log }] }] }
  writer:
    model: openai/gpt-4o
    instruction: You write.
    toolsets: [{ type: filesystem }]
    hooks: { pre_tool_use: [{ hooks: [{ type: command, command: "echo member >> log; echo No. >&2; exit 2" }] }] }
`
  const task = { agent: 'writer', task: 'Write', expected_output: 'A word' }
  const run = await both(
    agent,
    [
      { when: 'You lead', toolCalls: [{ name: 'transfer_task', input: task }] },
      { when: 'You write', ...write },
      { when: 'You write', text: 'I may not.' },
      { when: 'You lead', text: 'Pity.' },
    ],
    { options: ['--yolo'] },
  )
  expect(run.log).toBe('lead\nmember\n')
  expect(run.recorded.stdout).toContain('Tool call blocked by hook: No.')
  expect(run.replayed).toEqual(withoutNotice(run.recorded))
})

test('a session that was interrupted ends with its hooks, too', async () => {
  const hooks = { session_end: [command('echo end >> log')] }
  await using folder = await folderWith({ 'agent.yaml': agentWith(hooks) })
  await using server = await providerServer([{ status: 400, message: 'Too much.' }])
  const failed = await reprise(['exec', 'agent.yaml', 'Go'], { cwd: folder.path, env: server.env })
  expect(failed.code).toBe(1)
  expect(readFileSync(join(folder.path, 'log'), 'utf8')).toBe('end\n')
  rmSync(join(folder.path, 'log'))
})

test('of calls side by side each has its own hooks, answers and results, in a replay too', async () => {
  // Stops some, fails at some, and rewrites the others; what comes later in the list may be through first.
  const guard = `input=$(cat); n=$(echo "$input" | grep -o 'call-[0-9]*' | head -1)
case "$input" in
  *stop*) echo "$n is stopped" >&2; exit 2 ;;
  *fail*) echo "$n breaks" >&2; exit 1 ;;
esac
case "$n" in *[02468]) sleep 0.1 ;; esac
echo "{\\"hook_specific_output\\": {\\"updated_input\\": {\\"cmd\\": \\"echo ran $n\\"}, \\"permission_decision\\": \\"allow\\"}}"`
  const witness = `n=$(grep -o '"tool_response":"ran call-[0-9]*' | grep -o 'call-[0-9]*'); echo "$n" >> log
echo "{\\"hook_specific_output\\": {\\"additional_context\\": \\"saw $n\\"}}"`
  const kinds = ['go', 'stop', 'go', 'fail', 'go', 'go', 'stop', 'go', 'fail', 'go', 'go', 'go']
  const calls = kinds.map((kind, index) => ({ name: 'shell', input: { cmd: `echo ${kind} call-${index}` } }))
  const run = await both(agentWith({ pre_tool_use: before(guard), post_tool_use: before(witness) }), [
    { toolCalls: calls },
    done,
  ])
  expect(run.recorded.code).toBe(0)
  const results = (JSON.parse(run.bodies[1] ?? '{}').messages as { role: string; content: string }[])
    .filter(({ role }) => role === 'tool')
    .map(({ content }) => content)
  expect(results).toEqual(
    kinds.map((kind, index) => {
      if (kind === 'stop') return `Tool call blocked by hook: call-${index} is stopped`
      if (kind === 'fail')
        return expect.stringMatching(`^Tool call blocked by hook: .*exit code 1. call-${index} breaks`)
      return `ran call-${index}\n\nsaw call-${index}`
    }),
  )
  expect(run.log.trim().split('\n').sort()).toEqual(
    kinds.flatMap((kind, index) => (kind === 'go' ? [`call-${index}`] : [])).sort(),
  )
  expect(run.recorded.stderr.match(/exit code 1\. call-\d breaks/g)).toHaveLength(2)
  expect(run.replayed).toEqual(withoutNotice(run.recorded))
})
