import { aligned } from './align.ts'

/** A line that both texts have, or only one of them; or, with `skipped`, how many equal ones are left out. */
export type Line =
  | { readonly sign: ' ' | '-' | '+'; readonly text: string }
  | { readonly sign: '…'; readonly skipped: number }

/** What differs between two texts, line by line, with so many equal lines around it. None for equal texts. */
export const lineChanges = (before: string, after: string, context = 2): Line[] => {
  if (before === after) return []
  const old = linesOf(before)
  const now = linesOf(after)
  const lines = aligned(old, now).map((pair): Line & { text: string } => {
    if (pair.after === undefined) return { sign: '-', text: old[pair.before ?? 0] ?? '' }
    return { sign: pair.before === undefined ? '+' : ' ', text: now[pair.after] ?? '' }
  })
  return withoutFar(lines, context)
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.split('\n'))

const withoutFar = (lines: readonly (Line & { text: string })[], context: number): Line[] => {
  const near = new Set<number>()
  for (const [at, { sign }] of lines.entries()) {
    if (sign === ' ') continue
    for (let by = -context; by <= context; by++) near.add(at + by)
  }
  const told: Line[] = []
  let skipped = 0
  for (const [at, line] of lines.entries()) {
    if (!near.has(at)) skipped++
    else {
      if (skipped > 0) told.push({ sign: '…', skipped })
      skipped = 0
      told.push(line)
    }
  }
  return skipped > 0 ? [...told, { sign: '…', skipped }] : told
}
