/** A stretch of a text that is to be written otherwise. Where two overlap, the text of the stronger stands for both. */
export type Edit = { readonly start: number; readonly end: number; readonly text: string; readonly strength: number }

/** In the order of the text, none overlapping: what overlaps becomes one, as long as both together. */
export const merged = (edits: readonly Edit[]): readonly Edit[] => {
  if (edits.length < 2) return edits
  const found: Edit[] = []
  for (const edit of [...edits].sort((a, b) => a.start - b.start || b.strength - a.strength)) {
    const last = found.at(-1)
    if (!last || edit.start >= last.end) found.push(edit)
    else found[found.length - 1] = joined(last, edit)
  }
  return found
}

const joined = (one: Edit, other: Edit): Edit => ({
  ...(other.strength > one.strength && !goesOn(one, other) ? other : one),
  start: one.start,
  end: Math.max(one.end, other.end),
})

/** The rest of what began in an earlier piece of a stream; only what begins where the piece begins is something new. */
const goesOn = (one: Edit, other: Edit): boolean => one.text === '' && other.start > one.start

/** The text with its edits made, which must not overlap. */
export const applied = (text: string, edits: readonly Edit[]): string => {
  if (edits.length === 0) return text
  const pieces: string[] = []
  let at = 0
  for (const { start, end, text: instead } of edits) {
    pieces.push(text.slice(at, start), instead)
    at = end
  }
  return pieces.join('') + text.slice(at)
}

/** All matches of a global pattern. matchAll would copy the pattern each time, which costs more than a short text. */
export const matchesIn = (text: string, pattern: RegExp): RegExpExecArray[] => {
  const found: RegExpExecArray[] = []
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) found.push(match)
  return found
}

/** What stands for a secret. Nothing ever puts the secret back. */
export const placeholder = (name: string): string => `\${secret:${name.replace(/[^\w.:-]+/g, '_')}}`

const placeholders = /\$\{secret:[\w.:-]*\}/g

/** The edits without what they would change of placeholders that are there already: redacting twice is redacting once. */
export const outsidePlaceholders = (text: string, edits: readonly Edit[]): readonly Edit[] => {
  if (edits.length === 0 || !text.includes('${secret:')) return edits
  const kept = matchesIn(text, placeholders).map(({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }))
  return kept.reduce((left, keep) => left.flatMap(edit => without(edit, keep)), edits)
}

const without = (edit: Edit, { start, end }: { start: number; end: number }): Edit[] => {
  if (edit.end <= start || edit.start >= end) return [edit]
  const before = { ...edit, end: start }
  const after = { ...edit, start: end }
  return [before, after].filter(piece => piece.start < piece.end)
}
