import { exec } from './exec.ts'
import { failureOf } from './exit.ts'
import { type RunFlag, runFlags, runOnlyFlags } from './run-flags.ts'
import type { RunOptions } from './run-options.ts'
import { openScreen } from './screen.ts'
import { processTerminal } from './terminal.ts'

/** A run as the command line asks for it. */
export type PlainRun = {
  readonly command: 'run' | 'exec'
  readonly file: string
  readonly messages: readonly string[]
  readonly options: RunOptions & { readonly exec?: boolean }
}

/**
 * Runs `run` and `exec` where the command line holds nothing unusual, and gives the exit code; undefined for all else.
 * commander, which knows the rest, takes a quarter of the time in which bare Node starts, and most starts are these.
 */
export const plainly = async (argv: readonly string[]): Promise<number | undefined> => {
  const asked = plainRun(argv)
  if (!asked) return undefined
  const { command, file, messages, options } = asked
  const terminal = processTerminal()
  try {
    const { exec: asExec, ...rest } = options
    if (command === 'exec' || asExec) return await exec(file, messages, rest, terminal)
    return await (await import('./run.ts')).run(file, messages, rest, terminal, openScreen)
  } catch (error) {
    return failureOf(error, terminal)
  }
}

type Known = { readonly key: string; readonly flag: RunFlag; readonly takes: 'nothing' | 'next' | 'own' }

/** What commander would make of it, or undefined where it would have something to say, or might. */
export const plainRun = ([command, ...words]: readonly string[]): PlainRun | undefined => {
  if (command !== 'run' && command !== 'exec') return undefined
  const known = command === 'run' ? new Map([...knownFlags, ...runOnlyFlags.flatMap(namesOf)]) : knownFlags
  const options: Record<string, unknown> = {}
  const rest: string[] = []
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '--') return undefined
    if (word === '-' || !word.startsWith('-')) {
      rest.push(word)
      continue
    }
    const [name = '', own] = word.split(/=(.*)/s)
    const found = known.get(name)
    if (!found || (own !== undefined && found.takes === 'nothing')) return undefined
    const value = found.takes === 'next' ? (own ?? words[++index]) : (own ?? '')
    if (!accept(options, found, value)) return undefined
  }
  const [file, ...messages] = rest
  return file === undefined ? undefined : { command, file, messages, options }
}

/** Puts the value where commander would put it; false where it would rather complain. */
const accept = (options: Record<string, unknown>, { key, flag, takes }: Known, value: string | undefined): boolean => {
  if (value === undefined || (value.startsWith('-') && !/^-\d+$/.test(value))) return false
  if (flag.choices && !flag.choices.includes(value)) return false
  if (takes === 'nothing') options[key] = !flag.flags.startsWith('--no-')
  else options[key] = flag.many ? [...((options[key] as string[] | undefined) ?? []), value] : value
  return true
}

const namesOf = (flag: RunFlag): [string, Known][] => {
  const [, short, long = ''] = /^(?:(-\w), )?(--[a-z-]+)/.exec(flag.flags) ?? []
  const key = long.replace(/^--(no-)?/, '').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  const takes = flag.flags.includes(' <') ? 'next' : flag.flags.includes('[=') ? 'own' : 'nothing'
  const known: Known = { key, flag, takes }
  return [[long, known], ...(short ? [[short, known] as [string, Known]] : [])]
}

const knownFlags: ReadonlyMap<string, Known> = new Map(runFlags.flatMap(namesOf))
