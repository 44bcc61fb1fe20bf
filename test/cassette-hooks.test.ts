import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { noNetwork, reprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const say = (answer: unknown): string => `echo ran >> ran; echo '${JSON.stringify(answer)}'`
const command = (line: string) => ({ type: 'command', command: line })
const rewritten = { hook_specific_output: { permission_decision: 'allow', updated_input: { cmd: 'echo two' } } }

const hooks = {
  session_start: [command(say({ hook_specific_output: { additional_context: 'It rains.' } }))],
  pre_tool_use: [
    {
      matcher: 'shell',
      hooks: [command(`if grep -q never; then echo not that >&2; exit 2; else ${say(rewritten)}; fi`)],
    },
  ],
  post_tool_use: [{ hooks: [command(say({ system_message: 'It was done.' }))] }],
  session_end: [command('echo ran >> ran')],
}
const agentWith = (all: object): string => `agents:
  root:
    model: openai/gpt-4o
    instruction: Use your tools.
    toolsets: [{ type: shell }]
    hooks: ${JSON.stringify(all)}
`

/** A run in which hooks said something at each moment, recorded; nothing of what they ran is left. */
const recorded = async () => {
  const folder = await folderWith({ 'agent.yaml': agentWith(hooks) })
  const calls = ['echo one', 'never'].map(cmd => ({ name: 'shell', input: { cmd } }))
  await using server = await providerServer([{ toolCalls: calls }, { text: 'Done.' }])
  const run = await reprise(['exec', 'agent.yaml', '--record=tape', 'Go'], { cwd: folder.path, env: server.env })
  expect(run.code).toBe(0)
  rmSync(join(folder.path, 'ran'))
  const at = (name: string) => join(folder.path, name)
  const cassette = (...args: string[]) => reprise(['cassette', ...args], { cwd: folder.path, ...noNetwork })
  const hasRun = () => existsSync(at('ran'))
  return { ...folder, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](), at, cassette, hasRun, run }
}

const told = [
  'the hooks of session_start say nothing, and tell the model "It rains."',
  'the hooks of pre_tool_use shell(cmd: "echo one") say allow, with {"cmd":"echo two"}',
  'the hooks of pre_tool_use shell(cmd: "never") say deny: not that',
  'the hooks of post_tool_use shell(cmd: "echo two") say nothing, and tell you "It was done."',
  'the hooks of session_end say nothing',
]

test('what hooks said is shown, reviewed and reported', async () => {
  await using tape = await recorded()
  const shown = (await tape.cassette('show', 'tape', '--id', '1')).stdout
  expect(shown).toContain('It rains.')
  const reviewed = (await tape.cassette('textconv', 'tape.yaml')).stdout
  for (const line of told) expect(reviewed.replaceAll(/\n {2}/g, ' ')).toContain(line)
  await tape.cassette('report', 'tape', '-o', 'run.html')
  const page = readFileSync(tape.at('run.html'), 'utf8')
  for (const word of ['session_start', 'pre_tool_use', 'post_tool_use', 'session_end', 'not that']) {
    expect(page).toContain(word)
  }
  expect(tape.hasRun()).toBe(false)
})

test('two runs in which hooks said something else differ there', async () => {
  await using tape = await recorded()
  const other = readFileSync(tape.at('tape.yaml'), 'utf8').replace('reason: not that', 'reason: not this')
  writeFileSync(tape.at('other.yaml'), other)
  const { code, stdout } = await tape.cassette('diff', 'tape', 'other')
  expect(code).toBe(1)
  expect(stdout).toMatch(/- the hooks of .*never.* say deny: not that\n +\+ the hooks of .*never.* say deny: not this/)
})

test('a cassette with hooks is sound, wholly used, guarded, and stays so when it is slim', async () => {
  await using tape = await recorded()
  expect(await tape.cassette('lint', 'tape')).toMatchObject({ code: 0, stdout: '' })
  expect((await tape.cassette('prune', 'tape')).stdout).toContain('all of it is used')
  expect((await tape.cassette('mutate', 'tape')).stdout).toContain('100.0 % are guarded')
  expect((await tape.cassette('verify', 'tape.yaml', '--strict')).stdout).toContain('1 pass')
  expect(await tape.cassette('slim', 'tape')).toMatchObject({ code: 0 })
  const replayed = await reprise(['replay', 'tape'], { cwd: tape.path, ...noNetwork })
  expect(replayed).toMatchObject({ code: 0, stdout: tape.run.stdout })
  expect(await tape.cassette('export', 'tape', '--to', 'har', '-o', 'tape.har')).toMatchObject({ code: 0 })
  const asHar = await reprise(['exec', 'agent.yaml', '--fake', 'tape.har', '--strict', 'Go'], { cwd: tape.path })
  expect(asHar).toMatchObject({ code: 0, stdout: tape.run.stdout })
  expect(tape.hasRun()).toBe(false)
})

test('branches that recorded other words of hooks are merged, or stand side by side', async () => {
  await using tape = await recorded()
  const base = readFileSync(tape.at('tape.yaml'), 'utf8')
  const saying = (name: string, text: string) => writeFileSync(tape.at(name), base.replace('not that', text))
  copyFileSync(tape.at('tape.yaml'), tape.at('ours.yaml'))
  saying('theirs.yaml', 'not this')
  expect(await tape.cassette('merge', 'tape.yaml', 'ours.yaml', 'theirs.yaml', 'x.yaml')).toMatchObject({ code: 0 })
  expect(readFileSync(tape.at('ours.yaml'), 'utf8')).toContain('not this')
  saying('ours.yaml', 'not so')
  expect(await tape.cassette('merge', 'tape.yaml', 'ours.yaml', 'theirs.yaml', 'x.yaml')).toMatchObject({ code: 1 })
  expect(readFileSync(tape.at('ours.yaml'), 'utf8')).toMatch(/<<<<<<<[\s\S]*not so[\s\S]*not this[\s\S]*>>>>>>>/)
})

test('with live tools hooks run for real; in any other replay they never do', async () => {
  await using tape = await recorded()
  const args = ['exec', 'agent.yaml', '--fake', 'tape']
  const replayed = await reprise([...args, '--strict', 'Go'], { cwd: tape.path, ...noNetwork })
  expect(replayed).toMatchObject({ code: 0, stdout: tape.run.stdout })
  expect(tape.hasRun()).toBe(false)
  const live = await reprise([...args, '--fake-tools=live', 'Go'], { cwd: tape.path })
  expect(live).toMatchObject({ code: 0, stdout: tape.run.stdout })
  expect(readFileSync(tape.at('ran'), 'utf8')).toBe('ran\n'.repeat(4))
})

test('a hook of which nothing is recorded is named where a strict replay refuses it', async () => {
  await using tape = await recorded()
  const more = { ...hooks, on_user_input: [command('echo ran >> ran')] }
  writeFileSync(tape.at('agent.yaml'), agentWith(more))
  const { code, stderr } = await reprise(['exec', 'agent.yaml', '--fake', 'tape', '--strict', 'Go'], { cwd: tape.path })
  expect(code).toBe(3)
  expect(stderr).toContain('tape.yaml has no answer to the hook on_user_input of root.')
  expect(tape.hasRun()).toBe(false)
})
