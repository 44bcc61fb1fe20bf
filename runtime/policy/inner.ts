import { hole, type SimpleCommand, scriptOf } from './shell.ts'

/**
 * What a command runs in its turn. `own` is how many of its words are its own; `commands` are those that it runs: none
 * for most, and unknown where they cannot be told (`curl … | sh`, `eval "$x"`, options before the command).
 */
export type Inner = { readonly own: number; readonly commands: readonly SimpleCommand[] | 'unknown' }

/** Programs that run the rest of their words, and how many words come before that. */
const runners: Readonly<Record<string, number>> = {
  builtin: 0,
  busybox: 0,
  caffeinate: 0,
  chroot: 1,
  command: 0,
  doas: 0,
  env: 0,
  exec: 0,
  ionice: 0,
  nice: 0,
  nohup: 0,
  setsid: 0,
  stdbuf: 0,
  strace: 0,
  sudo: 0,
  time: 0,
  timeout: 1,
  unshare: 0,
  xargs: 0,
}

const shells = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'ash'])

/** Programs that take shell lines among their words, each in a way of its own. */
const lineTakers = new Set(['flock', 'parallel', 'script', 'ssh', 'su', 'trap', 'watch'])

/** Words of find(1) and fd(1) that begin a command; `;` or `+` ends it. */
const finders: Readonly<Record<string, readonly string[]>> = {
  find: ['-exec', '-execdir', '-ok', '-okdir'],
  fd: ['-x', '-X', '--exec', '--exec-batch'],
  fdfind: ['-x', '-X', '--exec', '--exec-batch'],
}

/** A program by its name, wherever it lies. */
export const programOf = ([word = '']: readonly string[]): string => word.slice(word.lastIndexOf('/') + 1)

export const innerOf = async (command: SimpleCommand): Promise<Inner> => {
  const { words } = command
  const program = programOf(words)
  if (program === 'eval') return { own: 1, commands: await parsed(words.slice(1).join(' ')) }
  if (shells.has(program)) return await inShell(command)
  if (lineTakers.has(program)) return { own: 1, commands: words.length === 1 ? [] : 'unknown' }
  if (Object.hasOwn(finders, program)) return found(words, finders[program] ?? [])
  return Object.hasOwn(runners, program) ? behind(words, runners[program] ?? 0) : { own: words.length, commands: [] }
}

const parsed = async (line: string): Promise<Inner['commands']> => {
  const { commands, certain } = await scriptOf(line)
  return certain ? commands : 'unknown'
}

const unsure = (words: readonly string[]): boolean => words.some(word => word.includes(hole))

/** `sh -c 'line'`; `sh file` is a program like any other; `sh` alone runs what it is given to read. */
const inShell = async ({ words, input }: SimpleCommand): Promise<Inner> => {
  const operand = words.findIndex((word, index) => index > 0 && !/^[-+]/.test(word))
  const own = operand === -1 ? words.length : operand
  const script = words[own]
  if (unsure(words.slice(0, own + 1))) return { own, commands: 'unknown' }
  const takesLine = words.slice(1, own).some(option => /^-[a-z]*c[a-z]*$/i.test(option))
  if (takesLine) return { own, commands: script === undefined ? 'unknown' : await parsed(script) }
  if (script !== undefined) return { own, commands: own === 1 ? [] : 'unknown' }
  return { own, commands: input === undefined ? 'unknown' : await parsed(input) }
}

const found = (words: readonly string[], flags: readonly string[]): Inner => {
  const starts = words.flatMap((word, index) => (flags.includes(word) ? [index + 1] : []))
  const own = starts[0] ?? words.length
  if (unsure(words)) return { own, commands: 'unknown' }
  const commands = starts.map(start => {
    const end = words.findIndex((word, index) => index >= start && (word === ';' || word === '+'))
    return commandFrom(words.slice(start, end === -1 ? undefined : end))
  })
  return { own, commands }
}

const behind = (words: readonly string[], operands: number): Inner => {
  const isOwn = (word: string, index: number) => index === 0 || /^[A-Za-z_]\w*=/.test(word)
  const set = words.findIndex((word, index) => !isOwn(word, index))
  if (set === -1) return { own: words.length, commands: [] }
  // Options may take values, and then the next word is no command; which do is not known here.
  if (words[set]?.startsWith('-')) return { own: Math.min(set + 1, words.length - 1), commands: 'unknown' }
  const own = Math.min(set + operands, words.length)
  if (unsure(words.slice(0, own + 1))) return { own, commands: 'unknown' }
  return { own, commands: own === words.length ? [] : [commandFrom(words.slice(own), words.slice(1, set))] }
}

const commandFrom = (words: readonly string[], assignments: readonly string[] = []): SimpleCommand => ({
  words,
  assignments,
  writes: [],
  reads: [],
  input: undefined,
})

/** How much more is looked at, in characters: somebody may write commands in commands without end. */
export type Patience = { left: number; readonly seen: Set<string> }

export const patience = (): Patience => ({ left: 500_000, seen: new Set() })

/**
 * All that could be a command inside a command, for rules that forbid: where a program runs the rest of its words, every
 * word may be where it begins. Not all of it where `left` is used up.
 */
export const possiblyInside = async (command: SimpleCommand, patience: Patience): Promise<readonly SimpleCommand[]> => {
  const { words } = command
  const runs = Object.hasOwn(runners, programOf(words))
  const { commands } = await innerOf(command)
  const tails = runs ? words.slice(1).flatMap((_, index) => tailOf(words, index + 1, patience)) : []
  const found: SimpleCommand[] = commands === 'unknown' || runs ? [] : [...commands]
  for (const each of [command, ...tails].filter(takesLines)) {
    for (const line of linesOf(each)) if (isNew(line, patience)) found.push(...(await scriptOf(line)).commands)
  }
  const further: SimpleCommand[] = []
  for (const each of found) if (patience.left > 0) further.push(...(await possiblyInside(each, patience)))
  return [...tails, ...found, ...further]
}

const tailOf = (words: readonly string[], from: number, patience: Patience): SimpleCommand[] => {
  if (patience.left <= 0) return []
  const tail = words.slice(from)
  patience.left -= tail.reduce((sum, word) => sum + word.length + 1, 0)
  return [commandFrom(tail)]
}

const isNew = (line: string, patience: Patience): boolean => {
  if (patience.left <= 0 || patience.seen.has(line)) return false
  patience.left -= line.length
  patience.seen.add(line)
  return true
}

const linesOf = ({ words, input }: SimpleCommand): string[] => [
  ...words.slice(1),
  words.slice(1).join(' '),
  ...(input === undefined ? [] : [input]),
]

const takesLines = ({ words }: SimpleCommand): boolean => {
  const program = programOf(words)
  if (program === 'env') return words.some(word => /^(-\w*S|--split-string)/.test(word))
  return program === 'eval' || shells.has(program) || lineTakers.has(program)
}
