import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { helloAgent, toolAgent } from './support/agents.ts'
import { reprise, startReprise } from './support/cli.ts'
import { providerServer } from './support/provider-server.ts'
import { folderWith } from './support/temp.ts'

/** An answer that does not come to its end by itself in the time of a test. */
const endless = { text: Array.from({ length: 5000 }, (_, index) => `word${index} `), delayMs: 20 }

test('Ctrl-C cancels the run with exit code 130, and keeps what was recorded whole', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'One.' }, endless])
  const args = ['exec', 'agent.yaml', '--record=cut', 'First', 'Second']
  await using running = await startReprise(args, { cwd: folder.path, env: server.env })
  await running.waitFor('word2')
  running.kill('SIGINT')
  const { code, stderr } = await running.result
  expect(code).toBe(130)
  expect(stderr).toMatch(/Interrupted\.\n/)
  expect(stderr).toContain('cut.yaml')
  expect(readFileSync(join(folder.path, 'cut.yaml'), 'utf8')).toContain('One.')
  const replay = await reprise(['exec', 'agent.yaml', '--fake', 'cut', 'First'], { cwd: folder.path })
  expect(replay.stdout).toBe('\n--- Agent: root ---\nOne.')
})

test('Ctrl-C while recording anew leaves the old cassette as it was', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'One.' }, endless])
  const options = { cwd: folder.path, env: server.env }
  await reprise(['exec', 'agent.yaml', '--record=tape', 'Hi'], options)
  const before = readFileSync(join(folder.path, 'tape.yaml'), 'utf8')
  await using running = await startReprise(['exec', 'agent.yaml', '--record=tape', 'Hi'], options)
  await running.waitFor('word2')
  running.kill('SIGINT')
  expect((await running.result).code).toBe(130)
  expect(readFileSync(join(folder.path, 'tape.yaml'), 'utf8')).toBe(before)
})

test('Ctrl-C in a strict replay is an interruption, not drift', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using server = await providerServer([{ text: 'word '.repeat(300) }, { text: 'Two.' }])
  await reprise(['exec', 'agent.yaml', '--record=tape', 'First', 'Second'], { cwd: folder.path, env: server.env })
  const args = ['exec', 'agent.yaml', '--fake', 'tape', '--strict', '--fake-stream=50', 'First', 'Second']
  await using running = await startReprise(args, { cwd: folder.path })
  await running.waitFor('word')
  running.kill('SIGINT')
  const { code, stderr } = await running.result
  expect(code).toBe(130)
  expect(stderr).toContain('Interrupted.')
})

test('Ctrl-C ends a command that a tool runs', async () => {
  await using folder = await folderWith({ 'agent.yaml': toolAgent })
  const cmd = 'echo $$ > pid; exec sleep 1000'
  await using server = await providerServer([{ toolCalls: [{ name: 'shell', input: { cmd } }] }])
  await using running = await startReprise(['exec', 'agent.yaml', '--yolo', 'Wait'], {
    cwd: folder.path,
    env: server.env,
  })
  await running.waitFor('Calling shell')
  const pid = await untilNumber(join(folder.path, 'pid'))
  running.kill('SIGINT')
  expect((await running.result).code).toBe(130)
  // What was killed dies in its own time.
  await until(() => !isRunning(pid) || undefined)
})

/** A process that nobody has waited for yet is none that runs. */
const isRunning = (pid: number): boolean => {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

const until = async <Value>(look: () => Value | undefined): Promise<Value> => {
  for (;;) {
    const value = look()
    if (value !== undefined) return value
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
const untilThere = (path: string): Promise<true> => until(() => existsSync(path) || undefined)
const untilNumber = (path: string): Promise<number> =>
  until(() => (existsSync(path) && Number(readFileSync(path, 'utf8'))) || undefined)

test('Ctrl-C twice ends at once, whatever is still going on', async () => {
  await using folder = await folderWith({ 'agent.yaml': toolAgent })
  // A command that will not be told to end, but says that it was.
  const cmd = "trap 'echo told >> told' TERM; echo $$ > pid; while :; do sleep 0.1; done"
  await using server = await providerServer([{ toolCalls: [{ name: 'shell', input: { cmd } }] }])
  await using running = await startReprise(['exec', 'agent.yaml', '--yolo', 'Wait'], {
    cwd: folder.path,
    env: server.env,
  })
  const pid = await untilNumber(join(folder.path, 'pid'))
  running.kill('SIGINT')
  await untilThere(join(folder.path, 'told'))
  running.kill('SIGINT')
  const { code, stderr } = await running.result
  expect({ code, stderr }).toEqual({ code: 130, stderr: '' })
  // What was killed dies in its own time.
  await until(() => !isRunning(pid) || undefined)
})

test('Ctrl-C while standard input is read ends the command', async () => {
  await using folder = await folderWith({ 'agent.yaml': helloAgent })
  await using running = await startReprise(['exec', 'agent.yaml', '--debug', '-'], {
    cwd: folder.path,
    env: { OPENAI_API_KEY: 'sk-none' },
  })
  await untilHandled(running.pid)
  running.kill('SIGINT')
  const { code, stdout, stderr } = await running.result
  expect({ code, stdout, stderr }).toEqual({ code: 130, stdout: '', stderr: 'Interrupted.\n' })
})

/** Waits until the process handles signals by itself: Node has a handler for SIGINT from the start, but none for SIGHUP. */
const untilHandled = (pid: number): Promise<true> =>
  until(() => {
    const mask = /^SigCgt:\s*([0-9a-f]+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return BigInt(`0x${mask ?? 0}`) & 1n ? true : undefined
  })
