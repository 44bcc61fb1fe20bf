import { spawnSync } from 'node:child_process'
import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ToolFailure } from '../runtime/core/tool.ts'
import type { Process, Workspace } from '../runtime/core/workspace.ts'
import { localWorkspace } from '../runtime/workspace/local.ts'
import { folderWith, temporaryFolder } from './support/temp.ts'

const never = new AbortController().signal
const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' }

const said = async ({ output }: Process): Promise<{ stdout: string; stderr: string; all: string }> => {
  const text = { stdout: '', stderr: '', all: '' }
  for await (const { to, bytes } of output) {
    text[to] += Buffer.from(bytes).toString()
    text.all += Buffer.from(bytes).toString()
  }
  return text
}

const runIn = async (workspace: Workspace, command: string) => {
  const process = workspace.shell(command, { signal: never })
  return { ...(await said(process)), exit: await process.exit }
}

/** Reads process ids that a command wrote, once it has written all of them. */
const idsIn = async (path: string, count: number): Promise<number[]> => {
  for (;;) {
    const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n').filter(Boolean)
    if (lines.length >= count) return lines.map(Number)
    await wait(10)
  }
}

/** A zombie has ended, and waits only to be counted. */
const isRunning = (pid: number): boolean =>
  /^[^Z]/.test(
    spawnSync('ps', ['-o', 'stat=', '-p', String(pid)])
      .stdout.toString()
      .trim(),
  )
const gone = (pids: readonly number[]): boolean => !pids.some(isRunning)

test('a command tells on which pipe it wrote, and how it ended', async () => {
  await using folder = await folderWith({ 'sub/x': '' })
  const workspace = localWorkspace({ root: folder.path, env: { ...env, GREETING: 'hello' } })
  expect(await runIn(workspace, 'echo $GREETING; sleep 0.05; echo oops >&2; exit 3')).toEqual({
    stdout: 'hello\n',
    stderr: 'oops\n',
    all: 'hello\noops\n',
    exit: { code: 3, signal: null },
  })
  expect((await runIn(workspace, 'kill -9 $$')).exit).toEqual({ code: null, signal: 'SIGKILL' })
  const inSub = workspace.shell('pwd; echo $GREETING', { cwd: 'sub', env: { GREETING: 'bye' }, signal: never })
  expect((await said(inSub)).stdout).toBe(`${join(folder.path, 'sub')}\nbye\n`)
})

test('a command has no input to wait for', async () => {
  await using folder = await temporaryFolder()
  expect((await runIn(localWorkspace({ root: folder.path, env }), 'cat; read x; echo "$?"')).stdout).toBe('1\n')
})

test('a command that cannot be started says why', async () => {
  await using folder = await folderWith({ file: '' })
  const workspace = localWorkspace({ root: folder.path, env })
  const start =
    (command: string, cwd = '.') =>
    () =>
      workspace.shell(command, { cwd, signal: never })
  expect(start('echo a\0b')).toThrow('holds a null byte')
  expect(start('pwd', 'nowhere')).toThrow('nowhere is not a folder')
  expect(start('pwd', 'file')).toThrow('file is not a folder')
  expect(start(`echo ${'x'.repeat(3_000_000)}`)).toThrow('longer than the system allows for a command')
  for (const broken of [start('pwd', 'nowhere'), start('\0')]) expect(broken).toThrow(ToolFailure)
})

test('the working directory of a command is bound to the allowed folders', async () => {
  await using folder = await folderWith({ 'in/x': '', 'out/x': '' })
  const workspace = localWorkspace({ root: join(folder.path, 'in'), env, roots: ['.'] })
  expect(() => workspace.shell('pwd', { cwd: '../out', signal: never })).toThrow('is outside the folders')
})

test('cancelling ends the whole process group, also members that ignore being asked', async () => {
  await using folder = await temporaryFolder()
  const workspace = localWorkspace({ root: folder.path, env })
  const controller = new AbortController()
  const stubborn = `trap '' TERM INT HUP; echo $BASHPID >> ids; while :; do sleep 0.1; done`
  const running = workspace.shell(`(${stubborn}) & (${stubborn}) & sleep 100 & echo $! >> ids; wait`, {
    signal: controller.signal,
  })
  const ids = await idsIn(join(folder.path, 'ids'), 3)
  expect(gone(ids)).toBe(false)
  controller.abort()
  await said(running)
  await running[Symbol.asyncDispose]()
  expect(gone(ids)).toBe(true)
  expect((await running.exit).code).toBeNull()
})

test('a command that obeys may say its last words', async () => {
  await using folder = await temporaryFolder()
  const controller = new AbortController()
  const running = localWorkspace({ root: folder.path, env }).shell(
    `trap 'echo goodbye; exit 7' TERM; echo $$ > ids; while :; do sleep 0.02; done`,
    { signal: controller.signal },
  )
  await idsIn(join(folder.path, 'ids'), 1)
  controller.abort()
  expect((await said(running)).stdout).toBe('goodbye\n')
  expect(await running.exit).toEqual({ code: 7, signal: null })
})

test('nothing is started for a signal that has fired', async () => {
  await using folder = await temporaryFolder()
  const workspace = localWorkspace({ root: folder.path, env })
  expect(() => workspace.shell('touch started', { signal: AbortSignal.abort() })).toThrow('aborted')
  await expect(access(join(folder.path, 'started'))).rejects.toThrow()
})

test('output that never ends waits for its reader, and is left behind by one who has seen enough', async () => {
  await using folder = await temporaryFolder()
  const running = localWorkspace({ root: folder.path, env }).shell('yes', { signal: never })
  let seen = 0
  for await (const { bytes } of running.output) {
    seen += bytes.length
    if (seen > 5_000_000) break
  }
  await running[Symbol.asyncDispose]()
  expect(seen).toBeLessThan(10_000_000)
  expect(gone([running.pid!])).toBe(true)
})

test('a command is over when it has ended, though something it left running holds its output', async () => {
  await using folder = await temporaryFolder()
  const workspace = localWorkspace({ root: folder.path, env })
  const running = workspace.shell('sleep 100 & echo $! > ids; echo done', { signal: never })
  expect((await said(running)).stdout).toBe('done\n')
  const ids = await idsIn(join(folder.path, 'ids'), 1)
  expect(gone(ids)).toBe(false)
  await running[Symbol.asyncDispose]()
  expect(gone(ids)).toBe(true)
})

test('disposing twice, or of what has ended, does no harm', async () => {
  await using folder = await temporaryFolder()
  const running = localWorkspace({ root: folder.path, env }).shell('true', { signal: never })
  await said(running)
  await Promise.all([running[Symbol.asyncDispose](), running[Symbol.asyncDispose]()])
  expect(await running.exit).toEqual({ code: 0, signal: null })
})

test('what still runs when we exit at once is killed', async () => {
  await using folder = await temporaryFolder()
  const local = new URL('../runtime/workspace/local.ts', import.meta.url).href
  const program = `
    import { existsSync } from 'node:fs'
    import { localWorkspace } from ${JSON.stringify(local)}
    const { signal } = new AbortController()
    const workspace = localWorkspace({ root: ${JSON.stringify(folder.path)}, env: process.env })
    workspace.shell("trap '' TERM; echo $$ > ids; while :; do sleep 0.1; done", { signal })
    setInterval(() => existsSync(${JSON.stringify(join(folder.path, 'ids'))}) && process.exit(130), 10)
  `
  expect(spawnSync(process.execPath, ['--input-type=module', '-e', program]).status).toBe(130)
  expect(gone(await idsIn(join(folder.path, 'ids'), 1))).toBe(true)
})
