import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { commandEnvironment } from '../runtime/workspace/environment.ts'
import { localWorkspace } from '../runtime/workspace/local.ts'
import { shellToolset } from '../tools/shell.ts'
import { folderWith } from './support/temp.ts'
import { callsTo, type Told, workspaceIn } from './support/toolset.ts'

/** A folder, and its shell; all that was started ends with it. */
const place = async (files: Readonly<Record<string, string>> = {}, config: Parameters<typeof shellToolset>[0] = {}) => {
  const folder = await folderWith(files)
  const toolset = shellToolset(config)
  const workspace = workspaceIn(folder.path)
  const call = callsTo(toolset, { workspace })
  return {
    call,
    workspace,
    toolset,
    run: (cmd: string, more: { cwd?: string; timeout?: number } = {}): Promise<Told> => call('shell', { cmd, ...more }),
    at: (path: string): string => join(folder.path, path),
    async [Symbol.asyncDispose]() {
      await toolset[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const isRunning = (pid: number): boolean =>
  /^[^Z]/.test(
    spawnSync('ps', ['-o', 'stat=', '-p', String(pid)])
      .stdout.toString()
      .trim(),
  )

/** The process id in a file, once a command has written it. */
const idIn = async (path: string): Promise<number> => {
  for (;;) {
    const text = await readFile(path, 'utf8').catch(() => '')
    if (text.endsWith('\n')) return Number(text)
    await wait(10)
  }
}

/** What a job says, once it says something in particular. */
const viewed = async (
  call: Awaited<ReturnType<typeof place>>['call'],
  job: string,
  wanted: RegExp,
): Promise<string> => {
  for (;;) {
    const { text } = await call('view_background_job', { job_id: job })
    if (wanted.test(text)) return text
    await wait(10)
  }
}

test('the tools are those of cagent, with its parameters', async () => {
  const tools = await shellToolset({}).open(new AbortController().signal)
  expect(
    tools.map(({ name, parameters, readOnly = false }) => [
      name,
      Object.keys(parameters['properties'] ?? {}),
      readOnly,
    ]),
  ).toEqual([
    ['shell', ['cmd', 'cwd', 'timeout'], false],
    ['run_background_job', ['cmd', 'cwd'], false],
    ['list_background_jobs', [], true],
    ['view_background_job', ['job_id'], true],
    ['stop_background_job', ['job_id'], false],
  ])
})

test('a command gives back what it wrote, on both pipes and in order', async () => {
  await using here = await place({ 'sub/x': '' })
  expect(await here.run('echo one; sleep 0.05; echo two >&2; sleep 0.05; echo three')).toMatchObject({
    text: 'one\ntwo\nthree',
    failed: false,
  })
  expect((await here.run('true')).text).toBe('<no output>')
  expect((await here.run('pwd', { cwd: 'sub' })).text).toBe(here.at('sub'))
  expect((await here.run('printf "a\\nb" | cat\nfalse || echo c')).text).toBe('a\nbc')
})

test('a command that fails is a failure, with its exit code or its signal', async () => {
  await using here = await place()
  expect(await here.run('echo oops >&2; exit 3')).toMatchObject({
    text: 'Error executing command: exit status 3\nOutput: oops',
    failed: true,
  })
  expect((await here.run('kill -SEGV $$')).text).toBe('Error executing command: ended by signal SIGSEGV\nOutput: ')
  expect((await here.run('no-such-program')).text).toMatch(
    /exit status 127\nOutput: .*no-such-program: command not found/,
  )
  expect((await here.run('pwd', { cwd: 'gone' })).text).toBe(
    'The working directory gone is not a folder, so the command was not run.',
  )
  expect((await here.run('echo \0')).text).toContain('null byte')
  expect((await here.run('pwd', { timeout: 0 })).text).toContain('timeout must be at least 1')
})

test('of long output the beginning and the end are kept', async () => {
  await using here = await place()
  const { text } = await here.run('seq 1 100000; echo the error is here >&2; exit 1')
  expect(text.length).toBeLessThan(31_000)
  expect(text).toMatch(/^Error executing command: exit status 1\nOutput: 1\n2\n3\n/)
  expect(text).toMatch(/99999\n100000\nthe error is here$/)
  expect(text).toMatch(
    /\n\n\[Output truncated: 558,[0-9]{3} characters are left out here; the first and the last 15,000 are shown\]\n\n/,
  )
})

test('characters that a pipe cuts in two are whole', async () => {
  await using here = await place()
  expect((await here.run("printf '\\xf0\\x9f'; sleep 0.1; printf '\\x92\\xbe ä\\xff'")).text).toBe('💾 ä�')
})

test('a command that does not end in time is ended, with what it has said so far', async () => {
  await using here = await place()
  expect(await here.run('echo begun; sleep 100; echo never', { timeout: 1 })).toMatchObject({
    text: 'Command timed out after 1s\nOutput: begun',
    failed: true,
  })
})

test('output that never ends is ended by the timeout, and stays bounded', async () => {
  await using here = await place()
  const { text } = await here.run('yes', { timeout: 1 })
  expect(text).toMatch(/^Command timed out after 1s\nOutput: y\ny\n/)
  expect(text.length).toBeLessThan(31_000)
})

test('a command that ignores being asked is killed, with its children', async () => {
  await using here = await place()
  const stubborn = `trap '' TERM INT HUP; (trap '' TERM; echo $BASHPID > child; while :; do sleep 0.1; done) & while :; do sleep 0.1; done`
  expect((await here.run(stubborn, { timeout: 1 })).text).toContain('timed out')
  expect(isRunning(await idIn(here.at('child')))).toBe(false)
})

test('cancelling ends the command and all that it started', async () => {
  await using here = await place()
  const controller = new AbortController()
  const call = callsTo(here.toolset, { workspace: here.workspace, signal: controller.signal })
  const running = call('shell', { cmd: 'sleep 100 & echo $! > child; wait' })
  const child = await idIn(here.at('child'))
  controller.abort()
  await expect(running).rejects.toThrow('aborted')
  expect(isRunning(child)).toBe(false)
})

test('what a command leaves running does not hold up its answer, and ends with the toolset', async () => {
  await using here = await place()
  expect((await here.run('sleep 100 & echo $! > child; echo started')).text).toBe('started')
  const child = await idIn(here.at('child'))
  expect(isRunning(child)).toBe(true)
  await here.toolset[Symbol.asyncDispose]()
  expect(isRunning(child)).toBe(false)
})

test("the toolset's environment wins, and the runtime's credentials are not handed on", async () => {
  await using folder = await folderWith({})
  const env = commandEnvironment(
    { PATH: process.env['PATH'], GREETING: 'inherited', OPENAI_API_KEY: 'sk-secret', MINE: 'secret' },
    ['MINE'],
  )
  await using toolset = shellToolset({ env: { GREETING: 'configured', GH_TOKEN: 'wanted' } })
  const call = callsTo(toolset, { workspace: localWorkspace({ root: folder.path, env }) })
  const { text } = await call('shell', { cmd: 'echo "$GREETING $GH_TOKEN [$OPENAI_API_KEY$MINE]"; env' })
  expect(text).toContain('configured wanted []')
  expect(text).not.toContain('secret')
})

test('a background job goes on beside the conversation, is looked at, and stopped', async () => {
  await using here = await place()
  expect((await here.call('list_background_jobs')).text).toBe('There are no background jobs.')
  const started = await here.call('run_background_job', { cmd: 'echo ready; echo $$ > child; sleep 100' })
  expect(started.text).toBe(
    'Background job started with ID: job_1\nCommand: echo ready; echo $$ > child; sleep 100\nWorking directory: .',
  )
  expect(await viewed(here.call, 'job_1', /ready\n?$/)).toBe(
    'Job job_1: running\nCommand: echo ready; echo $$ > child; sleep 100\n\nready',
  )
  const child = await idIn(here.at('child'))
  expect((await here.call('stop_background_job', { job_id: 'job_1' })).text).toBe('Job job_1 stopped')
  expect(isRunning(child)).toBe(false)
  expect(await viewed(here.call, 'job_1', /ended by/)).toContain('Job job_1: stopped (ended by signal SIGTERM)')
  expect(await here.call('stop_background_job', { job_id: 'job_1' })).toMatchObject({ failed: true })
})

test('jobs say how they ended, and are counted', async () => {
  await using here = await place()
  await here.call('run_background_job', { cmd: 'echo good' })
  await here.call('run_background_job', { cmd: 'echo bad; exit 4' })
  expect(await viewed(here.call, 'job_1', /completed/)).toBe(
    'Job job_1: completed (exit status 0)\nCommand: echo good\n\ngood',
  )
  expect(await viewed(here.call, 'job_2', /failed/)).toContain('Job job_2: failed (exit status 4)')
  expect((await here.call('list_background_jobs')).text).toBe(
    'job_1: completed (exit status 0): echo good\njob_2: failed (exit status 4): echo bad; exit 4',
  )
  expect((await here.call('view_background_job', { job_id: 'job_9' })).text).toBe(
    'There is no background job job_9. The jobs are: job_1, job_2.',
  )
  expect((await here.call('run_background_job', { cmd: 'true', cwd: 'gone' })).failed).toBe(true)
})

test('a job that writes without end takes no memory, and not too many run at once', async () => {
  await using here = await place()
  await here.call('run_background_job', { cmd: 'yes' })
  const text = await viewed(here.call, 'job_1', /truncated/)
  expect(text.length).toBeLessThan(31_000)
  for (let job = 2; job <= 20; job++) await here.call('run_background_job', { cmd: 'sleep 100' })
  expect(await here.call('run_background_job', { cmd: 'sleep 100' })).toMatchObject({
    text: '20 background jobs are running. Stop one with stop_background_job first.',
    failed: true,
  })
})

test('a job outlives the call that began it, and ends with the toolset', async () => {
  await using here = await place()
  const controller = new AbortController()
  const call = callsTo(here.toolset, { workspace: here.workspace, signal: controller.signal })
  await call('run_background_job', { cmd: 'echo $$ > child; sleep 100' })
  const child = await idIn(here.at('child'))
  controller.abort()
  expect(isRunning(child)).toBe(true)
  await here.toolset[Symbol.asyncDispose]()
  expect(isRunning(child)).toBe(false)
})
