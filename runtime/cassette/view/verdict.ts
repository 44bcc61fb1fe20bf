/**
 * What became of a cassette that was held against its agent file. STALE is told without running: the agent file is
 * another one now. BROKEN is what could not be run at all, SKIPPED what holds nothing to run.
 */
export type Verdict = 'PASS' | 'DRIFT' | 'STALE' | 'UNUSED' | 'MISS' | 'BROKEN' | 'SKIPPED'

/** `why` is a sentence or some, empty for one that passed; `path` is as the user would write it. */
export type Verified = {
  readonly path: string
  readonly verdict: Verdict
  readonly why: string
  readonly interactions: number
  readonly seconds: number
}

/** The exit code that each verdict asks for; some only where every difference counts. */
const exits: Readonly<Record<Verdict, { readonly always: number; readonly strict: number }>> = {
  PASS: { always: 0, strict: 0 },
  SKIPPED: { always: 0, strict: 0 },
  DRIFT: { always: 0, strict: 4 },
  STALE: { always: 0, strict: 4 },
  UNUSED: { always: 0, strict: 4 },
  BROKEN: { always: 2, strict: 2 },
  MISS: { always: 3, strict: 3 },
}

export const isFailure = ({ verdict }: Verified, strict: boolean): boolean => exitFor(verdict, strict) !== 0

const exitFor = (verdict: Verdict, strict: boolean): number => exits[verdict][strict ? 'strict' : 'always']

/** 3 where something was missed, else 2 where something could not be run, else 4 for a difference under --strict, else 0. */
export const exitOfAll = (all: readonly Verified[], strict: boolean): number => {
  const codes = new Set(all.map(({ verdict }) => exitFor(verdict, strict)))
  return [3, 2, 4].find(code => codes.has(code)) ?? 0
}

/** How many there are of each verdict, those that there are. */
export const countsOf = (all: readonly Verified[]): Readonly<Record<string, number>> => {
  const counts = new Map<Verdict, number>()
  for (const { verdict } of all) counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
  return Object.fromEntries(
    Object.keys(exits).flatMap(name => {
      const count = counts.get(name as Verdict)
      return count === undefined ? [] : [[name, count]]
    }),
  )
}
