import { basename } from 'node:path'
import type { OpenCassette } from '../cassette/file/file.ts'
import type { Delivery, Fault } from '../cassette/play/delivery.ts'
import { Failure } from '../core/errors.ts'
import { optionsOf, type Script, scriptOf } from '../team/tapes/script.ts'
import { tapeOf } from '../team/tapes/tape.ts'
import { finishing, guarded, sayAll } from './exec.ts'
import { exitOf } from './exit.ts'
import { type Face, faceFor } from './face.ts'
import { interruption } from './interrupt.ts'
import { personAt } from './person.ts'
import type { RunOptions } from './run-options.ts'
import { type Special, startWith } from './start.ts'
import type { Terminal } from './terminal.ts'

export type ReplayOptions = Pick<RunOptions, 'json' | 'quiet' | 'hideToolCalls' | 'hideToolResults'> & {
  /** `instant`, `recorded`, `2x`, or one of the ways to cut: `bytes`, `split`, `merged`. */
  readonly speed?: string
  readonly fault?: readonly string[]
  /** The id of the last interaction that is played. */
  readonly to?: string
}

/** `reprise replay NAME`: what a cassette recorded, played back from it alone, without an agent file. */
export const replay = async (name: string, options: ReplayOptions, terminal: Terminal): Promise<number> => {
  const face = faceFor(options, terminal)
  const person = personAt(terminal, face.showsQuestions)
  using interrupt = interruption(terminal.stdout)
  return await guarded(face, async () => {
    const last = lastOf(options.to)
    const tape = await tapeOf(name, terminal.workingDirectory)
    if (tape.header.agent?.content === undefined && isPlain(options)) return await readOut(tape, face)
    const script = await scriptOf(name, terminal.workingDirectory)
    const recorded = { ...options, ...optionsIn(script), fake: name, strict: last === undefined }
    const conversation = await startWith(script.source, recorded, { terminal, face, person }, specialOf(options, last))
    return await stoppingAt(last, face.notice, () =>
      finishing(conversation, face, async () => {
        await face.start()
        const contents = script.said
          .filter(({ id }) => last === undefined || id <= last)
          .map(({ content }) => [...content])
        return await sayAll(conversation, contents, { face, person, signal: interrupt.signal })
      }),
    )
  })
}

/** Whether nothing is asked for that takes a run. */
const isPlain = ({ speed = 'instant', fault = [], to }: ReplayOptions): boolean =>
  speed === 'instant' && fault.length === 0 && to === undefined

/** What nobody can run any more is told as it stands there. */
const readOut = async (tape: OpenCassette, face: Face): Promise<number> => {
  const { filmRead } = await import('../team/tapes/film-read.ts')
  const { frames } = await filmRead(tape)
  await face.notice(`${basename(tape.path)} holds no agent file: what stands in it is read, and nothing is played.`)
  await face.start()
  for (const { event } of frames) await face.event(event)
  await face.end(0)
  return 0
}

/** Where nothing more was to be played, nothing is missing. */
const stoppingAt = async (
  last: number | undefined,
  notice: (text: string) => Promise<void>,
  work: () => Promise<number>,
): Promise<number> => {
  try {
    return await work()
  } catch (error) {
    if (last === undefined || !(error instanceof Failure) || exitOf(error.code) !== 3) throw error
    await notice(`Stopped after interaction ${last}, as --to asked for.`)
    return 0
  }
}

const lastOf = (to: string | undefined): number | undefined => {
  if (to === undefined) return undefined
  if (/^\d+$/.test(to)) return Number(to)
  throw new Failure('usage', `--to takes the id of an interaction, not ${JSON.stringify(to)}.`)
}

/** The recorded command line, as options of a run. */
export const optionsIn = (script: Script): RunOptions => {
  const { agent, models, promptFiles, yolo } = optionsOf(script)
  return { ...(agent !== undefined && { agent }), model: models, promptFile: promptFiles, yolo }
}

const cuts = ['recorded', 'bytes', 'split', 'merged'] as const

const specialOf = ({ speed = 'instant', fault = [] }: ReplayOptions, last: number | undefined): Special => {
  const faults = fault.map(faultOf)
  const own = cuts.find(cut => cut === speed && cut !== 'recorded')
  const factor = speed === 'recorded' ? 1 : /^\d+(\.\d+)?x$/.test(speed) ? 1 / Number.parseFloat(speed) : undefined
  if (own === undefined && factor === undefined && speed !== 'instant') throw unknownSpeed(speed)
  const delivery: Delivery | undefined = own || faults.length > 0 ? { cuts: own ?? 'recorded', faults } : undefined
  return {
    editable: true,
    ...(factor !== undefined && { speed: { factor } }),
    ...(delivery && { delivery }),
    ...(last !== undefined && { plays: (_, { id }) => id <= last }),
  }
}

const unknownSpeed = (speed: string): Failure =>
  new Failure('usage', `There is no speed ${JSON.stringify(speed)}.`, {
    hint: 'Choose instant, recorded, a factor such as 2x or 0.5x, or a way to cut the bytes: bytes, split or merged.',
  })

const faultOf = (text: string): Fault => {
  const [, type, number] = /^(cut|429|stall):(\d+)$/.exec(text) ?? []
  const count = Number(number)
  if (type === 'cut') return { type, events: count }
  if (type === '429') return { type: 'limit', call: count }
  if (type === 'stall') return { type, milliseconds: count }
  throw new Failure('usage', `There is no fault ${JSON.stringify(text)}.`, {
    hint: 'Choose cut:N (the stream breaks after N events), 429:N (call N is refused first), or stall:MS.',
  })
}
