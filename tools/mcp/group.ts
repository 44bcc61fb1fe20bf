import type { ChildProcess } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'

/** Milliseconds that a server has to leave by itself when its input is closed, when it is asked to, and when it is killed. */
const patience = { closed: 300, asked: 1500, killed: 300 }

/** Those of all conversations: they are all children of this one process, which is listened to once. */
const running = new Set<number>()
const killAll = (): void => {
  for (const group of running) kill(group, 'SIGKILL')
}

/**
 * The process groups of servers that run. A process that exits at once, as after a second Ctrl-C, has no time to ask:
 * then they are killed.
 */
export class Groups {
  add(group: number): void {
    if (running.size === 0) process.once('exit', killAll)
    running.add(group)
  }

  /** Ends a process with all that it has started: its input is closed, then it is asked, then killed. */
  async end(child: ChildProcess): Promise<void> {
    const { pid } = child
    child.stdin?.end()
    if (pid !== undefined && !(await isGone(pid, patience.closed))) {
      kill(pid, 'SIGTERM')
      if (!(await isGone(pid, patience.asked))) {
        kill(pid, 'SIGKILL')
        await isGone(pid, patience.killed)
      }
    }
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy()
    if (pid !== undefined) running.delete(pid)
    if (running.size === 0) process.off('exit', killAll)
  }
}

const isGone = async (group: number, milliseconds: number): Promise<boolean> => {
  const step = 10
  for (let waited = 0; waited < milliseconds; waited += step) {
    if (!kill(group, 0)) return true
    await wait(step)
  }
  return !kill(group, 0)
}

/** False when the group has no members, or none that obeys us. */
const kill = (group: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(-group, signal)
  } catch {
    return false
  }
}
