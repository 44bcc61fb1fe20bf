/** So many beginnings are still quicker to look for than the pattern. */
const most = 64

/** Letters that stand for themselves, a group of words that do, a choice of single letters: none of them repeated. */
const token = /^(?:\\([-.$/~:])|([\w/-])|\(\?:([\w|-]+)\)|\[(\w+)\])(?![?*+{])/

/**
 * The beginnings of what a pattern matches, as plain letters: `sk-ant-`, or `ghp_` and `gho_` for `gh[po]_`. A text that
 * holds none of them holds no match, and to see that costs next to nothing, while a pattern takes milliseconds to make.
 */
export const headsOf = (pattern: string): readonly string[] => {
  const choices = choicesIn(pattern)
  if (choices) return choices.flatMap(headsOf)
  let heads: readonly string[] = ['']
  let rest = pattern
  for (let found = token.exec(rest); found; found = token.exec(rest)) {
    const [whole, escaped, letter, words, letters] = found
    const next = words?.split('|') ?? (letters ? [...letters] : [escaped ?? letter ?? ''])
    if (heads.length * next.length > most) break
    heads = heads.flatMap(head => next.map(word => head + word))
    rest = rest.slice(whole.length)
  }
  return heads
}

/** The patterns of `(?:one|other)`, where that is the whole of it. */
const choicesIn = (pattern: string): string[] | undefined => {
  if (!pattern.startsWith('(?:')) return undefined
  const choices = ['']
  let depth = 0
  for (const [index, letter] of [...pattern].entries()) {
    if (letter === ')' && --depth === 0) return index === pattern.length - 1 ? choices : undefined
    if (letter === '|' && depth === 1) choices.push('')
    else if (index > 2) choices[choices.length - 1] += letter
    if (letter === '(') depth += 1
  }
  return undefined
}
