import { innerOf, patience, possiblyInside, programOf } from './inner.ts'
import { type Glob, matches, mayMatch } from './pattern.ts'
import { hole, type SimpleCommand, scriptOf, wildcard } from './shell.ts'

/** A line of shell, as rules see it. A rule is a glob over the text of one command. */
export type Line = {
  /** Whether it is known what runs; `$x`, `curl … | sh` and what cannot be parsed are not. */
  readonly certain: boolean
  /** Whether every command in the line is named by some rule. */
  readonly allowedBy: (rules: readonly Glob[]) => Promise<boolean>
  /** The command that a rule matches: for certain, or only perhaps. */
  readonly matchedBy: (rule: Glob) => { readonly text: string; readonly certain: boolean } | undefined
}

/** A command in the forms in which rules are held against it. */
type Piece = { readonly command: SimpleCommand; readonly texts: readonly string[] }

export const readLine = async (line: string): Promise<Line> => {
  const script = await scriptOf(line)
  const pieces = script.commands.flatMap(piecesOf)
  const limit = patience()
  const inside: Piece[] = []
  for (const each of script.commands) inside.push(...(await possiblyInside(each, limit)).flatMap(piecesOf))
  const texts = [line, ...[...pieces, ...inside].flatMap(({ texts }) => texts)]
  const certain = script.certain && limit.left > 0 && (await all(pieces, piece => isCertain(piece, 0)))
  return {
    certain,
    allowedBy: async rules =>
      rules.some(rule => rule.source === line.trim()) ||
      (script.certain && pieces.length > 0 && (await all(pieces, piece => isAllowed(piece, rules, 0)))),
    matchedBy: rule => {
      const found = texts.find(text => matches(rule, text))
      if (found !== undefined) return { text: found, certain: true }
      // A rule that begins with a star looks for words anywhere: what a variable would put there is not guessed.
      const possible = rule.source.startsWith('*') ? undefined : texts.find(text => mayMatch(rule, text))
      return possible === undefined ? undefined : { text: possible, certain: false }
    },
  }
}

/** A file that is opened counts as a command of its own, written `> file`: it is made whatever the command does. */
const piecesOf = (command: SimpleCommand): Piece[] => {
  const { words, assignments, reads, writes } = command
  const plain = [...words, ...reads].join(' ')
  const bare = [programOf(words), ...words.slice(1)].join(' ')
  const own = [[...assignments, plain].join(' ').trim(), plain, words.join(' '), bare]
  const opened = writes.map(write => ({ command: { ...command, words: [] }, texts: [write] }))
  return own[0] === '' ? opened : [{ command, texts: [...new Set(own)].filter(text => text !== '') }, ...opened]
}

/** Whether a command's own name stands there, and is not computed. */
const isNamed = ({ words: [name = ''] }: SimpleCommand): boolean => !name.includes(hole) && !name.includes(wildcard)

/** Commands in commands; deeper than anybody writes by hand, nothing is certain. */
const deepest = 10

const isCertain = async ({ command }: Piece, depth: number): Promise<boolean> => {
  const { commands } = await innerOf(command)
  return (
    isNamed(command) &&
    commands !== 'unknown' &&
    (depth < deepest || commands.length === 0) &&
    (await all(commands.flatMap(piecesOf), piece => isCertain(piece, depth + 1)))
  )
}

/**
 * Some rule names the command as it stands, with its variables and what it reads. Where the rule leaves open what the
 * command runs in its turn (`find *`), that must be allowed as well.
 */
const isAllowed = async ({ command, texts }: Piece, rules: readonly Glob[], depth: number): Promise<boolean> => {
  const naming = rules.filter(rule => matches(rule, texts[0] ?? ''))
  if (naming.length === 0 || !isNamed(command)) return false
  const { own, commands } = await innerOf(command)
  if (commands.length === 0) return true
  const { words } = command
  const veiled = words.slice(0, own).map((_, index) => [...words.slice(0, index + 1), hole].join(' '))
  // What a program only reads (`bash <<END`) no rule can name.
  const isSaid = own < words.length
  if (isSaid && naming.some(rule => !veiled.some(text => matches(rule, text)))) return true
  if (commands === 'unknown' || depth === deepest) return false
  return await all(commands.flatMap(piecesOf), piece => isAllowed(piece, rules, depth + 1))
}

const all = async <Item>(items: readonly Item[], holds: (item: Item) => Promise<boolean>): Promise<boolean> => {
  for (const item of items) if (!(await holds(item))) return false
  return true
}
