import { setTimeout as wait } from 'node:timers/promises'
import { liveBorder } from '../border/live.ts'
import { loggingBorder } from '../border/log.ts'
import { type CassetteWriter, createCassette, openCassette, resolveCassette } from '../cassette/file.ts'
import type { Redactor } from '../cassette/redact.ts'
import { recordingBorder } from '../cassette/record.ts'
import { type ReplayingBorder, replayingBorder } from '../cassette/replay.ts'
import type { Border } from '../core/border.ts'
import type { CassetteHeader, Drift } from '../core/cassette.ts'
import { Failure } from '../core/errors.ts'
import type { Protocol } from '../core/protocol.ts'
import type { OpenOptions } from './open.ts'
import { originOf } from './origin.ts'

/** What the border came to in the end: what a person should be told, and whether the replay was good. */
export type Closing = { readonly notices: readonly string[]; readonly failure?: Failure }

/** The border of one run, by its options, with the clock and the patience that belong to it. */
export type Crossing = {
  readonly border: Border
  readonly now: () => Date
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  readonly close: (failure: unknown) => Promise<Closing>
}

type Wiring = {
  readonly options: OpenOptions
  readonly header: CassetteHeader
  readonly redactor: Redactor
  readonly protocols: (id: string) => Protocol | undefined
}

/** Live, recording, replaying, or replaying what is known and recording the rest. */
export const openCrossing = async (wiring: Wiring): Promise<Crossing> => {
  const { options, redactor } = wiring
  const crossing = options.fake === undefined ? live(wiring) : await replaying(wiring, options.fake)
  if (!options.log) return crossing
  return { ...crossing, border: loggingBorder(crossing.border, { line: options.log, redact: redactor.text }) }
}

const live = (wiring: Wiring): Crossing => {
  const { options } = wiring
  const world = liveBorder(options.fetch)
  const common = { now: options.now, sleep: waiting }
  if (options.record === undefined) return { ...common, border: world, close: async () => ({ notices: [] }) }
  const writer = writerFor(wiring, options.record)
  return { ...common, border: recordingBorder(world, writer, wiring), close: failure => closeRecording(writer, failure) }
}

const waiting = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
  await wait(milliseconds, undefined, { signal })
}
