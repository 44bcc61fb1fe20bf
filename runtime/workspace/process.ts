import type { ChildProcessByStdio } from 'node:child_process'
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import type { Exit, Process } from '../core/workspace.ts'
import { inWords } from './errors.ts'
import { outputOf } from './output.ts'

type Child = ChildProcessByStdio<Writable | null, Readable, Readable>

export type Start = {
  readonly command: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly input?: string
  readonly signal: AbortSignal
}

/** Milliseconds that a process group has to end by itself before it is killed, and to be gone after that. */
const grace = 1000
const last = 300

/**
 * Starts a command with the shell, in a process group of its own, with `input` on its standard input or nothing. The group ends with the signal and
 * with disposal: first it is asked (SIGTERM), then killed. `groups` holds the groups that may still have members.
 */
export const startProcess = ({ command, cwd, env, input, signal }: Start, groups: Set<number>): Process => {
  signal.throwIfAborted()
  const child = spawnShell({ command, cwd, env, ...(input !== undefined && { input }) })
  const { pid } = child
  if (pid !== undefined) groups.add(pid)
  const exit = exitOf(child, command)
  let ending: Promise<void> | undefined
  const end = (): Promise<void> => {
    ending ??= endGroup(child).then(() => void (pid !== undefined && groups.delete(pid)))
    return ending
  }
  const abort = () => void end()
  signal.addEventListener('abort', abort, { once: true })
  const hasEnded = () => {
    signal.removeEventListener('abort', abort)
    if (pid !== undefined && !isAlive(pid)) groups.delete(pid)
  }
  void exit.then(hasEnded, hasEnded)
  return { pid, output: outputOf(child, exit), exit, [Symbol.asyncDispose]: end }
}

const spawnShell = ({ command, cwd, env, input }: Omit<Start, 'signal'>): Child => {
  const { spawn } = process.getBuiltinModule('node:child_process')
  const options = { cwd, env, detached: true }
  try {
    if (input === undefined)
      return spawn(shellFor(env), ['-c', command], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    const child = spawn(shellFor(env), ['-c', command], { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
    // A command may end before it has read all it is told.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    return child
  } catch (error) {
    throw inWords(error, 'The command')
  }
}

/** bash where there is one, since that is what models write and what permission rules are read with; else sh. */
const shellFor = (env: Readonly<Record<string, string>>): string => {
  const own = env['SHELL'] ?? ''
  return [basename(own) === 'bash' ? own : '', '/bin/bash'].find(existsSync) ?? '/bin/sh'
}

const exitOf = (child: Child, command: string): Promise<Exit> =>
  new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    child.once('error', error => reject(inWords(error, `The command ${JSON.stringify(command)}`)))
  })

const endGroup = async (child: Child): Promise<void> => {
  const { pid } = child
  if (pid !== undefined && isAlive(pid)) {
    kill(pid, 'SIGTERM')
    if (!(await isGone(pid, grace))) {
      kill(pid, 'SIGKILL')
      await isGone(pid, last)
    }
  }
  child.stdout.destroy()
  child.stderr.destroy()
}

const isGone = async (pid: number, milliseconds: number): Promise<boolean> => {
  const step = 10
  for (let waited = 0; waited < milliseconds; waited += step) {
    if (!isAlive(pid)) return true
    await wait(step)
  }
  return !isAlive(pid)
}

/** Whether the group has a member that can be ended. */
const isAlive = (pid: number): boolean => kill(pid, 0)

/** False when the group has no members, or none that obeys us. */
export const kill = (group: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(-group, signal)
  } catch {
    return false
  }
}
