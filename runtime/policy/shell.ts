import type { Assignment, Command, Redirection, SyntaxNode, Word, WordPart } from 'unbash'

/** Stands in a text for what only running the line would tell: a variable, what a command prints. */
export const hole = '\0'

/** Stands for a part of file names, which the shell looks up: `*`, `?`, `[ab]`. */
export const wildcard = '\u0001'

/** One command of a line, as the shell would run it: quotes removed, everything that is computed a `hole` or a `wildcard`. */
export type SimpleCommand = {
  readonly words: readonly string[]
  /** `NAME=value`, before the command or instead of one. */
  readonly assignments: readonly string[]
  /** `> file` and the like: files that are opened for it, whatever the command is. */
  readonly writes: readonly string[]
  /** `< file`. */
  readonly reads: readonly string[]
  /** What it is given to read from the line itself; nothing where there is no such text. */
  readonly input: string | undefined
}

/** Longer lines are programs, and are not judged. */
const longestLine = 100_000

/** What a line runs; without certainty it may run more than the commands, or something else. */
export type Script = { readonly commands: readonly SimpleCommand[]; readonly certain: boolean }

/**
 * Every command that a line of shell could run, those in substitutions, subshells, functions and here-documents too.
 * This file is the only door to the parser.
 */
export const scriptOf = async (line: string): Promise<Script> => {
  if (line.length > longestLine || line.includes(hole) || line.includes(wildcard))
    return { commands: [], certain: false }
  const { forEachChild, parse } = await import('unbash')
  const commands: SimpleCommand[] = []
  let certain = !isReadTwice(line)
  const visit = (node: SyntaxNode): void => {
    if (isUncertain(node)) certain = false
    if (node.type === 'Command') commands.push(commandOf(node))
    if (node.type === 'Redirected') commands.push({ ...nothing, ...redirected(node.redirects) })
    forEachChild(node, visit)
  }
  try {
    visit(parse(line))
  } catch {
    // A parser that fails has not understood the line, whatever the reason: somebody else must judge it.
    certain = false
  }
  return { commands, certain }
}

/**
 * Two parentheses are read as arithmetic first, and anew as subshells where they are none: bash then loses the end of a
 * here-document in them, and runs what stands in it.
 */
const isReadTwice = (line: string): boolean => line.includes('((') && line.includes('<<')

const nothing: SimpleCommand = { words: [], assignments: [], writes: [], reads: [], input: undefined }

/** What the parser had to guess, what other settings of the shell read differently, and what runs a variable's text. */
const isUncertain = (node: SyntaxNode): boolean => {
  switch (node.type) {
    case 'Script':
      return (node as { readonly errors?: readonly unknown[] }).errors !== undefined
    case 'CommandExpansion':
    case 'ArithmeticCommandExpansion':
    case 'ProcessSubstitution':
      return node.script === undefined
    case 'ArithmeticExpansion':
      return !isPlainArithmetic(node.text.slice(1))
    case 'ArithmeticCommand':
      return !isPlainArithmetic(`((${node.body}))`)
    case 'ArithmeticFor':
    case 'ExtendedGlob':
    case 'Transform':
    case 'Unknown':
      return true
    case 'HereDoc':
      return node.closing === undefined || node.delimiter === undefined
    case 'Redirect':
    case 'HereString':
      return node.target === undefined
    default:
      return false
  }
}

/**
 * Numbers alone. With more in them, two parentheses may as well begin a subshell in a subshell; and what is in a variable
 * may be run: `x='a[$(rm y)]'; echo $((x))`.
 */
const isPlainArithmetic = (text: string): boolean => /^\(\([\d\s+\-*/%<>=]*\)\)$/.test(text)

const commandOf = ({ name, args, prefix, redirects }: Command): SimpleCommand => ({
  words: [...(name ? [name] : []), ...args].map(word => (word.type === 'Word' ? textOf(word) : assignmentText(word))),
  assignments: prefix.flatMap(each => (each.type === 'Assignment' ? [assignmentText(each)] : [])),
  ...redirected(redirects),
})

const assignmentText = ({ name, index, append, value }: Assignment): string =>
  `${name}${index ? `[${textOf(index)}]` : ''}${append ? '+' : ''}=${value.type === 'Word' ? textOf(value) : hole}`

/** Not files at all: what is lost there, or goes where the caller's output goes. */
const nowhere = new Set(['/dev/null', '/dev/stdout', '/dev/stderr', '/dev/tty'])

type Redirected = Pick<SimpleCommand, 'writes' | 'reads' | 'input'>

const redirected = (redirections: readonly Redirection[]): Redirected => {
  const writes: string[] = []
  const reads: string[] = []
  let input: string | undefined
  for (const redirection of redirections) {
    if (redirection.type === 'HereDoc') {
      const { body, delimiter } = redirection
      input = delimiter?.quoted || !body.parts ? body.text : joined(body.parts)
      continue
    }
    const target = redirection.target ? textOf(redirection.target) : hole
    if (redirection.type === 'HereString') input = target
    else if (redirection.operator === '<') (isNetwork(target) ? writes : reads).push(`< ${target}`)
    else if (!isDescriptor(redirection.operator, target) && !nowhere.has(target)) writes.push(`> ${target}`)
  }
  return { writes, reads, input }
}

/** Bash opens connections for names that look like files. */
const isNetwork = (target: string): boolean => /^\/dev\/(tcp|udp)\/|^\0/.test(target)

const isDescriptor = (operator: string, target: string): boolean =>
  (operator === '>&' || operator === '<&') && /^(\d+-?|-)$/.test(target)

const textOf = ({ parts, value }: Word): string => (parts ? joined(parts) : value)

const joined = (parts: readonly WordPart[]): string => parts.map(textOfPart).join('')

const textOfPart = (part: WordPart): string => {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return part.value
    case 'DoubleQuoted':
    case 'LocaleString':
      return joined(part.parts)
    case 'Glob':
      return wildcard
    case 'ExtendedGlob':
    case 'BraceExpansion':
    case 'SimpleExpansion':
    case 'ParameterExpansion':
    case 'CommandExpansion':
    case 'ArithmeticExpansion':
    case 'ProcessSubstitution':
      return hole
  }
}
