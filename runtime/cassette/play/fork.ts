import type { Entry, OpenCassette } from '../file/file.ts'
import { readSaid } from './said.ts'

/**
 * What is played back of a recording before its run goes on for real at an interaction: all that it had before it, and
 * what other agents did at its side, since that hangs on nothing that comes after it.
 */
export const playedBefore = (at: number): ((tape: OpenCassette, entry: Entry) => boolean) => {
  let known: { readonly tape: OpenCassette; readonly isPlayed: (entry: Entry) => boolean } | undefined
  return (tape, entry) => {
    if (known?.tape !== tape) known = { tape, isPlayed: playedOf(tape, at) }
    return known.isPlayed(entry)
  }
}

const playedOf = ({ entries }: OpenCassette, at: number): ((entry: Entry) => boolean) => {
  const lane = entries.find(({ id }) => id === at)?.lane
  if (lane === undefined) return ({ id }) => id <= at
  // Whoever gave several tasks at once goes on when all of them are done.
  const next = entries.find(({ id, lane: other }) => id > at && isWithin(lane, other))
  const end = next?.id ?? Number.POSITIVE_INFINITY
  return ({ id, lane: other }) =>
    id <= at || (id < end && other !== lane && !isWithin(other, lane) && !isWithin(lane, other))
}

const isWithin = (lane: string, other: string): boolean => lane.startsWith(`${other}/`)

/** Whether models thought in it, and their signatures, which providers want to see again, were taken out. */
export const lacksSignatures = ({ header, entries, load }: OpenCassette): boolean =>
  header.slim === true &&
  entries.some(({ id, method }) => method === 'POST' && readSaid(load(id).response.said ?? '').reasoning !== undefined)
