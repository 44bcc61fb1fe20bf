import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { helloAgent, teamAgent, toolAgent } from './support/agents.ts'
import { reprise, startReprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

const manyWords = Array.from({ length: 500 }, (_, index) => `word${index} `)

/** Two turns, of which the second is cut off: by Ctrl-C, or with the whole process. */
const interrupted = async (signal: 'SIGINT' | 'SIGKILL' = 'SIGINT', more: readonly string[] = []) => {
  const folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'One.' }, { text: manyWords, delayMs: 20 }])
  const args = ['exec', 'agent.yaml', '--record=tape', ...more, 'First', 'Second']
  await using running = await startReprise(args, { cwd: folder.path, env: server.env })
  await running.waitFor('word5')
  running.kill(signal)
  const recorded = await running.result
  expect(recorded.code).toBe(signal === 'SIGINT' ? 130 : null)
  return { ...folder, recorded, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

test.each([[[]], [['--json']]])('a run that Ctrl-C ended is replayed to where it ended (%j)', async more => {
  await using folder = await interrupted('SIGINT', more)
  const { stdout } = folder.recorded
  const replayed = await reprise(['replay', 'tape', ...more], { cwd: folder.path })
  expect(replayed).toMatchObject({ code: 130, stdout, stderr: 'Interrupted.\n' })
  const args = ['exec', 'agent.yaml', '--fake', 'tape', '--strict', ...more, 'First', 'Second', 'Third']
  expect(await reprise(args, { cwd: folder.path })).toMatchObject({ code: 130, stdout, stderr: 'Interrupted.\n' })
  const verified = await reprise(['cassette', 'verify', 'tape.yaml'], { cwd: folder.path })
  expect(verified.stdout).toContain('1 pass')
  const shown = await reprise(['cassette', 'show', 'tape'], { cwd: folder.path })
  expect(shown.stdout).toContain('user interrupted the turn')
})

test('a run of several agents that Ctrl-C ended is replayed to where each of them was', async () => {
  await using folder = await folderWith({ 'agent.yaml': teamAgent })
  await using server = await providerServer([
    {
      when: 'Give one task to each',
      toolCalls: ['writer', 'reader'].map(agent => ({
        name: 'transfer_task',
        input: { agent, task: `Do what a ${agent} does`, expected_output: 'A word' },
      })),
    },
    { when: 'You are the writer', text: manyWords, delayMs: 30 },
    { when: 'You are the reader', text: manyWords.map(word => `r${word}`), delayMs: 20 },
  ])
  const options = { cwd: folder.path, env: server.env }
  await using running = await startReprise(['exec', 'agent.yaml', '--record=tape', '--yolo', 'Go'], options)
  await running.waitFor('word9')
  running.kill('SIGINT')
  const { code, stdout } = await running.result
  expect(code).toBe(130)
  expect(stdout).toContain('rword3')
  for (const speed of ['instant', 'recorded', 'bytes']) {
    const replayed = await reprise(['replay', 'tape', '--speed', speed], { cwd: folder.path })
    expect(replayed).toMatchObject({ code: 130, stdout, stderr: 'Interrupted.\n' })
  }
})

test('a tool that Ctrl-C cut off is cut off in a replay, which slimming does not change', async () => {
  await using folder = await folderWith({ 'agent.yaml': toolAgent })
  await using server = await providerServer([
    { toolCalls: [{ name: 'shell', input: { cmd: 'touch there; sleep 60' } }] },
  ])
  const options = { cwd: folder.path, env: server.env }
  await using running = await startReprise(['exec', 'agent.yaml', '--record=tape', '--yolo', 'Go'], options)
  await expect.poll(() => existsSync(join(folder.path, 'there')), { timeout: 30_000 }).toBe(true)
  running.kill('SIGINT')
  const { code, stdout } = await running.result
  expect(code).toBe(130)
  expect(stdout).toContain('canceled by the user')
  expect(await reprise(['replay', 'tape'], { cwd: folder.path })).toMatchObject({ code: 130, stdout })
  expect(await reprise(['cassette', 'slim', 'tape'], { cwd: folder.path })).toMatchObject({ code: 0 })
  expect(await reprise(['replay', 'tape'], { cwd: folder.path })).toMatchObject({ code: 130, stdout })
})

test('a recording that was killed is played as far as it goes', async () => {
  await using folder = await interrupted('SIGKILL')
  const { code, stdout, stderr } = await reprise(['replay', 'tape'], { cwd: folder.path })
  expect(code).toBe(3)
  expect(stdout).toContain('One.')
  expect(stderr).toContain('Cause: the recording was cut off here.')
})

test('a recording killed while two calls ran side by side was cut off, even if one of them was over', async () => {
  await using folder = await folderWith({ 'agent.yaml': toolAgent, 'a.txt': 'A' })
  await using server = await providerServer([
    {
      toolCalls: [
        { name: 'shell', input: { cmd: 'sleep 60' } },
        { name: 'read_file', input: { path: 'a.txt' } },
      ],
    },
  ])
  const options = { cwd: folder.path, env: server.env }
  await using running = await startReprise(['exec', 'agent.yaml', '--record=tape', '--yolo', '--json', 'Go'], options)
  await running.waitFor('"type":"tool-start"')
  await expect
    .poll(() => readFileSync(join(folder.path, 'tape.yaml.partial'), 'utf8'), { timeout: 30_000 })
    .toContain('url: tool:read_file')
  running.kill('SIGKILL')
  await running.result
  const { code, stderr } = await reprise(['exec', 'agent.yaml', '--fake', 'tape', 'Go'], { cwd: folder.path })
  expect(code).toBe(3)
  expect(stderr).toContain('No more of this kind was recorded for root.\nCause: the recording was cut off here.')
})

test('from there it goes on for real, and what is recorded then is whole', async () => {
  await using folder = await interrupted()
  await using server = await providerServer([{ when: 'Second', text: 'Two.' }])
  const messages = ['First', 'Second']
  const longer = ['exec', 'agent.yaml', '--fake', 'tape', '--record=whole', ...messages]
  const extended = await reprise(longer, { cwd: folder.path, env: server.env })
  expect(extended).toMatchObject({ code: 0, stdout: '\n--- Agent: root ---\nOne.\n--- Agent: root ---\nTwo.' })
  const replayed = await reprise(['exec', 'agent.yaml', '--fake', 'whole', '--strict', ...messages], {
    cwd: folder.path,
  })
  expect(replayed).toMatchObject({ code: 0, stdout: extended.stdout, stderr: '' })
})

test.each([['instant'], ['recorded']])(
  'where the failure of one agent cut off another, it is that failure which is replayed (%s)',
  async speed => {
    await using folder = await folderWith({ 'agent.yaml': teamAgent, 'a.txt': 'A' })
    await using server = await providerServer([
      {
        when: 'Give one task to each',
        toolCalls: ['writer', 'reader'].map(agent => ({
          name: 'transfer_task',
          input: { agent, task: `Do what a ${agent} does`, expected_output: 'A word' },
        })),
      },
      { when: 'You are the writer', text: manyWords, delayMs: 50 },
      { when: 'You are the reader', delayMs: 100, toolCalls: [{ name: 'read_file', input: { path: 'a.txt' } }] },
      { when: 'You are the reader', status: 400, message: 'That is too much for me.' },
    ])
    const args = ['exec', 'agent.yaml', '--record=tape', '--yolo', 'Go']
    const recorded = await reprise(args, { cwd: folder.path, env: server.env })
    expect(recorded.code).toBe(1)
    const replayed = await reprise(['replay', 'tape', '--speed', speed], { cwd: folder.path })
    expect(replayed.code).toBe(1)
    expect(replayed.stderr).toContain('That is too much for me.')
    expect(replayed.stderr).not.toContain('cut off')
    const verified = await reprise(['cassette', 'verify', 'tape.yaml'], { cwd: folder.path })
    expect(verified.stdout).toContain('1 pass')
  },
)
