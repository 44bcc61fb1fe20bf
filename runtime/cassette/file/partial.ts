import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs'
import { hostname } from 'node:os'

/** Where a recording stands until it is finished. */
export const partialOf = (path: string): string => `${path}.partial`

/** Who records into a file, by its first line: is that process still alive? */
export type Recorder = { readonly pid: number; readonly host: string; readonly isAlive: boolean }

const finished =
  '# What crossed the border of a run, as Reprise recorded it: read it, mend it by hand, play it back with --fake.'
const width = finished.length

/** The first line of a file that is finished, and, of the same length, that of one that is being written. */
export const finishedLine = `${finished}\n`
export const recordingLine = (): string => {
  const started = startOf(process.pid)
  const line = `# Being recorded by process ${process.pid}${started ? ` (${started})` : ''} on ${host()}`
  return `${line.slice(0, width).padEnd(width)}\n`
}

const host = (): string =>
  hostname()
    .replace(/[^\w.-]/g, '_')
    .slice(0, 40)

/** Nothing for a file that nobody is writing, or that is none of ours. */
export const recorderOf = (path: string): Recorder | undefined => {
  const [, pid, started, where] =
    /^# Being recorded by process (\d+)(?: \((\d+)\))? on (\S+)/.exec(firstLine(path)) ?? []
  if (pid === undefined || where === undefined) return undefined
  return { pid: Number(pid), host: where, isAlive: where !== host() || isAlive(Number(pid), started) }
}

const firstLine = (path: string): string => {
  if (!existsSync(path)) return ''
  const fd = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(width)
    return bytes.toString('latin1', 0, readSync(fd, bytes, 0, width, 0))
  } finally {
    closeSync(fd)
  }
}

/** Numbers of processes are given again, so it must have begun when the recorder did. */
const isAlive = (pid: number, started: string | undefined): boolean => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // To a process of another user we may send nothing; it is there all the same.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  const now = startOf(pid)
  return started === undefined || now === undefined || now === started
}

/** When a process began, in ticks since the machine did; known on Linux alone. */
const startOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
