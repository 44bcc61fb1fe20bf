import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Who goes on with a session: a process, told apart from a later one with the same number. */
export const thisProcess = (): string => `${hostname()} ${process.pid} ${startOf(process.pid)}`

/** The number of the process that owns a session, if it is another one of this machine, and still there. */
export const livingOwner = (owner: string): number | undefined => {
  const [host, number, start] = owner.split(' ')
  const pid = Number(number)
  if (owner === '' || host !== hostname() || pid === process.pid || !isAlive(pid)) return undefined
  return startOf(pid) === start ? pid : undefined
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Ticks after the start of the system, from proc(5); nothing on systems without it. */
const startOf = (pid: number): string => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[19] ?? ''
  } catch {
    return ''
  }
}
