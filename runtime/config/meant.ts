/** What is written in one of several ways, in the one in which it is used. */

const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 }
const period = /([0-9]+(?:\.[0-9]+)?)(ns|us|µs|ms|s|m|h)/g

/** A duration such as `1m30s`, as seconds. */
export const seconds = (written: string | number): number =>
  typeof written === 'number'
    ? written
    : [...written.matchAll(period)].reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0), 0)

type Command = { readonly instruction: string; readonly description?: string }
type WrittenCommand = string | { readonly instruction?: string; readonly description?: string }
type WrittenCommands = Readonly<Record<string, WrittenCommand>>

/** Prompts by their names, which may stand in a list. */
export const commandsOf = (
  written: WrittenCommands | readonly WrittenCommands[],
): Readonly<Record<string, Command>> => {
  const all = (Array.isArray(written) ? written : [written]) as readonly WrittenCommands[]
  const entries = all.flatMap(one => Object.entries(one))
  return Object.fromEntries(entries.map(([name, one]) => [name, commandOf(one)]))
}

const commandOf = (written: WrittenCommand): Command =>
  typeof written === 'string'
    ? { instruction: written }
    : { ...written, instruction: written.instruction || (written.description ?? '') }
