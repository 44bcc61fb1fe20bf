import { readdirSync, readFileSync } from 'node:fs'

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // It has ended meanwhile.
    return ''
  }
}

/** The fields of /proc/PID/stat behind the name: [1] is the parent, [11] to [14] are ticks of processor time. */
const statOf = (pid: number | string): readonly number[] =>
  (read(`/proc/${pid}/stat`).split(') ').at(-1) ?? '').split(' ').map(Number)

const familyOf = (pid: number): readonly number[] => {
  const parents = readdirSync('/proc').flatMap(name =>
    /^\d+$/.test(name) ? [[Number(name), statOf(name)[1]] as const] : [],
  )
  const below = (parent: number): number[] =>
    parents.flatMap(([child, of]) => (of === parent ? [child, ...below(child)] : []))
  return [pid, ...below(pid)]
}

const megabytes = (pid: number, name: string): number =>
  Number(new RegExp(`${name}:\\s+(\\d+)`).exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024

export type Usage = {
  /** Seconds of processor time, of children that have ended too. */
  readonly cpu: number
  /** Resident memory in MB, now and at most; `own` without the pages of files, such as the program itself. */
  readonly now: number
  readonly own: number
  readonly peak: number
}

/** What a process and those that it started have used so far. */
export const usageOf = (pid: number): Usage => {
  const all = familyOf(pid)
  const sum = (of: (one: number) => number) => all.reduce((total, one) => total + of(one), 0)
  return {
    cpu:
      sum(one =>
        statOf(one)
          .slice(11, 15)
          .reduce((ticks, more) => ticks + more, 0),
      ) / 100,
    now: sum(one => megabytes(one, 'VmRSS')),
    own: sum(one => megabytes(one, 'RssAnon')),
    peak: sum(one => megabytes(one, 'VmHWM')),
  }
}

/** Ends a process and those that it started. */
export const endAll = (pid: number): void => {
  for (const one of familyOf(pid)) {
    try {
      process.kill(one, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
}
