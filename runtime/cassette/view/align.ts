/** Places in two lists that belong together; one of them alone where the other list has nothing like it. */
export type Pair = { readonly before?: number; readonly after?: number }

/** Lists that differ in more places than this are taken as wholly different there: more would take too long. */
const mostSteps = 2000

/**
 * The longest common subsequence of two lists, told as pairs in order: those equal, and between them those that only one
 * list has, the first list's before the second's. (Myers, An O(ND) Difference Algorithm, 1986.)
 */
export const aligned = (before: readonly string[], after: readonly string[]): Pair[] => {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start++
  let end = 0
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++
  const middle = middlePairs(before.slice(start, before.length - end), after.slice(start, after.length - end))
  return [
    ...Array.from({ length: start }, (_, at) => ({ before: at, after: at })),
    ...middle.map(pair => shifted(pair, start)),
    ...Array.from({ length: end }, (_, at) => ({ before: before.length - end + at, after: after.length - end + at })),
  ]
}

const shifted = ({ before, after }: Pair, by: number): Pair => ({
  ...(before !== undefined && { before: before + by }),
  ...(after !== undefined && { after: after + by }),
})

/** `furthest` of each diagonal, for each number of steps: the way back is read from it. */
const middlePairs = (before: readonly string[], after: readonly string[]): Pair[] => {
  const most = Math.min(before.length + after.length, mostSteps)
  const furthest = new Int32Array(2 * most + 3)
  const history: Int32Array[] = []
  for (let steps = 0; steps <= most; steps++) {
    history.push(furthest.slice(most + 1 - steps - 1, most + 1 + steps + 2))
    for (let diagonal = -steps; diagonal <= steps; diagonal += 2) {
      const at = most + 1 + diagonal
      const below = furthest[at + 1] ?? 0
      const beside = furthest[at - 1] ?? 0
      let one = diagonal === -steps || (diagonal !== steps && beside < below) ? below : beside + 1
      while (one < before.length && one - diagonal < after.length && before[one] === after[one - diagonal]) one++
      furthest[at] = one
      if (one >= before.length && one - diagonal >= after.length) return wayBack(history, before.length, after.length)
    }
  }
  return [...before.map((_, at) => ({ before: at })), ...after.map((_, at) => ({ after: at }))]
}

const wayBack = (history: readonly Int32Array[], beforeLength: number, afterLength: number): Pair[] => {
  const pairs: Pair[] = []
  let one = beforeLength
  let other = afterLength
  for (let steps = history.length - 1; steps >= 0; steps--) {
    const furthest = history[steps] as Int32Array
    const diagonal = one - other
    const at = (diagonal: number): number => furthest[diagonal + steps + 1] ?? 0
    const isDown = diagonal === -steps || (diagonal !== steps && at(diagonal - 1) < at(diagonal + 1))
    const from = isDown ? at(diagonal + 1) : at(diagonal - 1)
    const fromOther = from - (isDown ? diagonal + 1 : diagonal - 1)
    while (one > from && other > fromOther && one > 0 && other > 0) pairs.push({ before: --one, after: --other })
    if (steps === 0) break
    pairs.push(isDown ? { after: --other } : { before: --one })
  }
  return removedFirst(pairs.reverse())
}

/** Between two equal places, all of the first list before all of the second. */
const removedFirst = (pairs: readonly Pair[]): Pair[] => {
  const told: Pair[] = []
  let added: Pair[] = []
  for (const pair of pairs) {
    if (pair.before === undefined) added.push(pair)
    else if (pair.after === undefined) told.push(pair)
    else {
      told.push(...added, pair)
      added = []
    }
  }
  return [...told, ...added]
}

/** Equal ones first, and between them those of one kind, in order. */
export const paired = <Of>(
  before: readonly Of[],
  after: readonly Of[],
  same: (item: Of) => string,
  like: (item: Of) => string,
): Pair[] => {
  const pairs: Pair[] = []
  let olds: number[] = []
  let news: number[] = []
  const close = (): void => {
    const gap = aligned(
      olds.map(at => like(before[at] as Of)),
      news.map(at => like(after[at] as Of)),
    )
    for (const { before: one, after: other } of gap) {
      pairs.push({
        ...(one !== undefined && { before: olds[one] as number }),
        ...(other !== undefined && { after: news[other] as number }),
      })
    }
    olds = []
    news = []
  }
  for (const pair of aligned(before.map(same), after.map(same))) {
    if (pair.before !== undefined && pair.after !== undefined) {
      close()
      pairs.push(pair)
    } else if (pair.before !== undefined) olds.push(pair.before)
    else if (pair.after !== undefined) news.push(pair.after)
  }
  close()
  return pairs
}
