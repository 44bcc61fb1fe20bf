import { basename, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { liveBorder } from '../border/live.ts'
import { loggingBorder } from '../border/log.ts'
import { type CassetteWriter, createCassette, type Entry, type OpenCassette } from '../cassette/file/file.ts'
import { delivering } from '../cassette/play/delivery.ts'
import { extendingBorder } from '../cassette/play/extend.ts'
import { lacksSignatures } from '../cassette/play/fork.ts'
import { withLiveTools } from '../cassette/play/live-tools.ts'
import type { Pace } from '../cassette/play/played.ts'
import { type RecordOptions, recordingBorder } from '../cassette/play/record.ts'
import { replayingBorder } from '../cassette/play/replay.ts'
import { moverOf, type Redactor } from '../cassette/redact/redact.ts'
import type { Border } from '../core/border.ts'
import type { CassetteHeader, Drift } from '../core/cassette.ts'
import { Failure } from '../core/errors.ts'
import type { Protocol } from '../core/protocol.ts'
import type { OpenOptions } from './open.ts'
import type { ExtraOrigin } from './tapes/origin.ts'
import { tapeOf } from './tapes/tape.ts'

/** What the border came to in the end: what a person should be told, and whether the replay was good. */
export type Closing = {
  readonly notices: readonly string[]
  readonly failure?: Failure
  /** Of a replay: where it differed, what was asked in vain, and what nobody asked for. */
  readonly replay?: Replayed
}

export type Replayed = {
  readonly drifts: readonly Drift[]
  readonly misses: readonly Failure[]
  readonly unused: readonly Entry[]
}

/** The border of one run, by its options, with the clock and the patience that belong to it. */
export type Crossing = {
  readonly border: Border
  readonly now: () => Date
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** A turn begins. Where it is replayed, the signal fires where the person called it off in the recording. */
  readonly turn: () => AbortSignal | undefined
  /** The drift that has come since it was last asked for. */
  readonly news: () => readonly Drift[]
  /** Whether others have recorded what is played back: model calls only, so that tools run for real. */
  readonly isOfOthers?: boolean
  readonly close: (failure: unknown) => Promise<Closing>
}

export type Wiring = {
  readonly options: OpenOptions
  /** What is played back. */
  readonly tape?: OpenCassette
  /** Of what is recorded. */
  readonly header: () => CassetteHeader
  /** For this run; or for one that plays back what was recorded in those folders. */
  readonly redactorFor: (recorded?: Pick<CassetteHeader, 'home' | 'workingDirectory' | 'redaction'>) => Redactor
  /** For recordings of others: it knows the credentials of this run, and no places. */
  readonly cleaner: () => Redactor
  readonly protocols: (id: string) => Protocol | undefined
}

/** Live, recording, replaying, or replaying what is known and recording the rest. */
export const openCrossing = (wiring: Wiring): Crossing => {
  const { options, redactorFor, tape } = wiring
  const crossing = tape === undefined ? live(wiring) : replaying(wiring, tape)
  if (!options.log) return crossing
  return { ...crossing, border: loggingBorder(crossing.border, { tell: options.log, redact: redactorFor().body }) }
}

const live = (wiring: Wiring): Crossing => {
  const { options } = wiring
  const world = liveBorder(options.fetch)
  const common = { now: options.now, sleep: waiting, turn: () => undefined, news: () => [] }
  if (options.record === undefined) return { ...common, border: world, close: async () => ({ notices: [] }) }
  const writer = writerFor(wiring, options.record)
  const border = recordingBorder(world, writer, { ...recordOptions(wiring), timeOf: laterThan(options.now) })
  return { ...common, border, close: failure => closeRecording(writer, failure) }
}

const recordOptions = ({ redactorFor, protocols, options }: Wiring, recorded?: CassetteHeader): RecordOptions => ({
  redactor: redactorFor(recorded),
  protocols,
  clock: () => options.now().getTime(),
})

const day = 86_400_000

/** What is recorded within a day needs no time of its own. */
const laterThan = (now: () => Date): (() => string | undefined) => {
  const began = now().getTime()
  return () => (now().getTime() - began < day ? undefined : now().toISOString())
}

const waiting = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
  await wait(milliseconds, undefined, { signal })
}

/** One that goes on from another is as old as that one, and has its clock; what is new in it tells its own time. */
const writerFor = ({ options, header }: Wiring, name: string, from?: CassetteHeader): CassetteWriter =>
  createCassette(resolve(options.cassettesFrom, name.endsWith('.yaml') ? name : `${name}.yaml`), {
    ...header(),
    ...(from && { recorded: from.recorded }),
  })

const closeRecording = async (writer: CassetteWriter, failure: unknown): Promise<Closing> => {
  const { path, kept, note } = await writer.close(failure)
  return { notices: [...(kept ? [`Recorded: ${path}`] : []), ...(note ? [note] : [])] }
}

/** The cassette that is to be played back, if it can be played as it is asked. */
export const openTape = async (
  name: string,
  { cassettesFrom, fakeTools, plays }: Pick<OpenOptions, 'cassettesFrom' | 'fakeTools' | 'plays'>,
  origins?: readonly ExtraOrigin[],
): Promise<OpenCassette> => {
  const whole = await tapeOf(name, cassettesFrom, origins)
  const tape = plays ? { ...whole, entries: whole.entries.filter(entry => plays(whole, entry)) } : whole
  if (!tape.modelTrafficOnly || fakeTools !== 'replay') return tape
  throw new Failure('usage', `${name} holds model calls only: there are no tools in it to play back.`, {
    hint: 'Without --fake-tools=replay tools run for real, with the usual approval.',
  })
}

/** How a replay waits, if it does. */
const paceOf = (speed: OpenOptions['speed']): Pace => {
  if (speed === undefined) return {}
  if (typeof speed === 'number') return { pause: () => wait(speed) }
  if ('after' in speed) return { pauseAfter: speed.after }
  return { pauseAfter: async milliseconds => void (await wait(milliseconds * speed.factor)) }
}

/** Others write real places into what they record, and then tools run for real: all of it is meant here. */
const movedHere = ({ options, redactorFor }: Wiring, { header }: OpenCassette) => {
  const { home, workingDirectory } = options
  return { cleaner: () => redactorFor(header), restorer: moverOf(header, { home, workingDirectory }) }
}

/** What a replay may differ in, and what came of it. */
const replaying = (wiring: Wiring, cassette: OpenCassette): Crossing => {
  const { options, redactorFor, protocols } = wiring
  const drifts: Drift[] = []
  const onDrift = (drift: Drift): unknown => drifts.push(drift) && untold.push(drift)
  const untold: Drift[] = []
  const { speed } = options
  const replay = replayingBorder(cassette, {
    protocols,
    redactor: redactorFor(cassette.header),
    cleaner: wiring.cleaner,
    ...(cassette.header.reprise === 'foreign' && cassette.header.workingDirectory && movedHere(wiring, cassette)),
    // What is recorded anew must be true: an answer to another prompt is none to this one.
    drift: options.strict || options.record !== undefined ? 'refuse' : 'allow',
    edits: options.record !== undefined || (options.strict && !options.editable) ? 'refuse' : 'allow',
    onDrift,
    onNotice: options.notice,
    cutOff: options.record === undefined ? 'played' : 'unknown',
    ...paceOf(speed),
    ...(options.onPlayed && { onPlayed: options.onPlayed }),
  })
  const toolsLive = options.fakeTools === 'live' || cassette.modelTrafficOnly
  if (cassette.note) options.notice(cassette.note)
  if (toolsLive && options.fakeTools !== 'live')
    options.notice(`${basename(cassette.path)} holds model calls only: tools run for real.`)
  const world = liveBorder(options.fetch)
  const holds = cassette.modelTrafficOnly ? 'models' : 'all'
  const played = toolsLive ? withLiveTools(replay, world, { holds, onDrift }) : replay
  const known: Border = options.delivery ? delivering(played, options.delivery) : played
  const writer = options.record === undefined ? undefined : writerFor(wiring, options.record, cassette.header)
  const timeOf = (answer: object) => {
    const known = replay.timeOf(answer)
    return known ? known.recorded : options.now().toISOString()
  }
  if (writer && lacksSignatures(cassette)) {
    options.notice(
      `${basename(cassette.path)} is slim: where its model thinks, the provider may refuse to go on from it.`,
    )
  }
  return {
    border: writer
      ? recordingBorder(extendingBorder(known, world), writer, {
          ...recordOptions(wiring, cassette.header),
          timeOf,
        })
      : known,
    now: () => new Date(cassette.header.recorded),
    sleep: writer ? waiting : async () => undefined,
    turn: replay.turn,
    news: () => untold.splice(0),
    isOfOthers: cassette.modelTrafficOnly,
    close: async failure => {
      const recorded = writer ? await closeRecording(writer, failure) : { notices: [] }
      const replayed = { drifts, misses: replay.misses(), unused: replay.unused() }
      const isWhole = failure === undefined
      return withVerdict(recorded, replayed, { strict: options.strict, extending: writer !== undefined, isWhole })
    },
  }
}

type Judged = {
  readonly strict: boolean
  readonly extending: boolean
  /** Whether the run came to its end: of one that failed nobody expects that it used everything. */
  readonly isWhole: boolean
}

/** A replay that went beyond its cassette is a failure even if somebody on the way swallowed it. */
const withVerdict = (recorded: Closing, replay: Replayed, { strict, extending, isWhole }: Judged): Closing => {
  const { unused } = replay
  const notices = [...recorded.notices, ...driftNotice(replay.drifts)]
  const miss = extending ? undefined : replay.misses[0]
  if (miss) return { notices, replay, failure: miss }
  const drift = replay.drifts.find(({ edited }) => !edited)
  if (drift && strict && !extending) return { notices: recorded.notices, replay, failure: driftFailure(drift) }
  if (unused.length === 0 || !isWhole) return { notices, replay }
  const text = `${unused.length} of the recorded interactions were not used, the first of them ${unused[0]?.id}.`
  if (!strict || extending) return { notices: [...notices, text], replay }
  return {
    notices,
    replay,
    failure: new Failure('cassette-unused', text, { hint: 'Record it again, or play it back with --no-strict.' }),
  }
}

/** Models that drift are refused when they ask; a tool that ran for real is judged in the end. */
const driftFailure = ({ what }: Drift): Failure =>
  new Failure('cassette-drift', `The run differs from its recording: ${what}.`, {
    hint: 'Record it again with --record, or let such differences pass with --no-strict.',
  })

const mostKinds = 3

/** One line, whatever the number: a person who changes a prompt expects drift and wants to see that it is only there. */
const driftNotice = (drifts: readonly Drift[]): string[] => {
  const kinds = [...new Set(drifts.map(told))]
  if (kinds.length === 0) return []
  const more = kinds.length > mostKinds ? `; and ${kinds.length - mostKinds} more` : ''
  return [`Drift from the recording: ${kinds.slice(0, mostKinds).join('; ')}${more}.`]
}

/** With the name of the agent where it is not the one who is spoken to. */
const told = ({ lane, what }: Drift): string => (lane.includes('/') ? `${lane.split('/').at(-1)}: ${what}` : what)
