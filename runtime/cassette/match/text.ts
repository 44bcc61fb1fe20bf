/** The first line in which two texts differ, counted from 1, each line cut around the first letter that differs. */
export const firstDifferentLine = (recorded: string, now: string): { line: number; recorded: string; now: string } => {
  const before = recorded.split('\n')
  const after = now.split('\n')
  const found = after.findIndex((line, index) => line !== before[index])
  const line = found === -1 ? after.length : found
  return { line: line + 1, ...aroundDifference(before[line], after[line], 100) }
}

/** Two texts, each cut to so many letters around the first that differs. */
export const aroundDifference = (
  before: string | undefined,
  after: string | undefined,
  width: number,
): { recorded: string; now: string } => {
  const one = before ?? ''
  const other = after ?? ''
  let at = 0
  while (at < one.length && one[at] === other[at]) at++
  return { recorded: cutAround(before, at, width), now: cutAround(after, at, width) }
}

const cutAround = (line: string | undefined, at: number, width: number): string => {
  if (line === undefined) return '(nothing)'
  const start = Math.max(0, Math.min(at - width / 2, line.length - width))
  const cut = line.slice(start, start + width)
  return `${start > 0 ? '…' : ''}${cut}${start + width < line.length ? '…' : ''}`
}

/** A text of at most so many letters; the rest is left out. */
export const cutAt = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text
