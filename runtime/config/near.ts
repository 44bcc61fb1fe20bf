/** The candidate that somebody who wrote `word` most likely meant; nothing where none is near. */
export const nearest = (word: string, candidates: readonly string[]): string | undefined => {
  const wanted = plain(word)
  const [best] = candidates
    .map(candidate => ({ candidate, distance: distanceOf(wanted, plain(candidate)) }))
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(wanted.length / 3)))
    .sort((a, b) => a.distance - b.distance)
  if (best) return best.candidate
  return wanted.length > 2 ? candidates.find(candidate => begins(wanted, plain(candidate))) : undefined
}

const begins = (a: string, b: string): boolean => b.length > 2 && (a.startsWith(b) || b.startsWith(a))

/** What people do not look at when they type. */
const plain = (word: string): string => word.toLowerCase().replace(/[\s_-]/g, '')

/** Letters to add, take away, exchange or swap with their neighbour (optimal string alignment). */
const distanceOf = (a: string, b: string): number => {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      const swapped =
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY
      row.push(Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + same, swapped))
    }
    before = above
    above = row
  }
  return above[b.length] ?? 0
}

/** The choices of an expectation, in words. */
export const oneOf = (words: readonly string[]): string =>
  words.length === 1 ? `${words[0]}` : `one of ${words.join(', ')}`
