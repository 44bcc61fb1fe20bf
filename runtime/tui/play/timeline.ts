import type { RunEvent } from '../../core/event.ts'
import type { Frame } from '../../team/tapes/film.ts'
import type { Line, Span } from '../view/line.ts'
import { perWidth } from '../view/per-width.ts'
import { isFailure, type Reel } from './reel.ts'

/** What the time until an event was spent with: waiting for a model, hearing it, a tool, or whoever sits there. */
type Work = 'wait' | 'speech' | 'tool' | 'person'

const signs: Readonly<Record<Work, string>> = { wait: '┄', speech: '━', tool: '▬', person: '·' }
const here = '●'
const failed = '✗'

/** The signs of the bar, for the help. */
export const legend = `In the bar: ${signs.wait} waits for a model, ${signs.speech} a model speaks, ${signs.tool} a tool works, ${failed} something failed.`

/** A film as a bar of so many columns: what went on, what failed, and where one is; what is still to come is dim. */
export const timeline = (reel: Reel, share: number, columns: number): Line => {
  const cells = cellsOf(reel, columns)
  const now = Math.min(columns - 1, Math.floor(columns * share))
  return cells.flatMap((sign, index): Span[] => {
    if (index === now) return [{ text: here, color: sign === failed ? 'failure' : 'accent', bold: true }]
    if (sign === failed) return [{ text: sign, color: 'failure' }]
    return [index < now ? { text: sign, color: 'accent' } : { text: sign, dim: true }]
  })
}

/** A cell shows what took most of its time; a film in which no time passes shows its events one beside the other. */
const drawn = ({ film: { frames, failure }, duration }: Reel, columns: number): string[] => {
  const timeOf = (frame: Frame, index: number): number => (duration > 0 ? frame.at : index + 1)
  const width = (duration > 0 ? duration : Math.max(1, frames.length)) / columns
  const cells = Array.from({ length: columns }, () => new Map<Work, number>())
  const cellAt = (time: number): number => Math.max(0, Math.min(columns - 1, Math.ceil(time / width) - 1))
  let from = 0
  let last: RunEvent | undefined
  for (const [index, frame] of frames.entries()) {
    const to = timeOf(frame, index)
    const work = workOf(frame.event, last)
    for (let cell = Math.floor(from / width); to > from && cell <= cellAt(to); cell++) {
      const spent = Math.min(to, (cell + 1) * width) - Math.max(from, cell * width)
      const works = cells[Math.min(cell, columns - 1)]
      works?.set(work, (works.get(work) ?? 0) + spent)
    }
    from = Math.max(from, to)
    last = frame.event
  }
  const fails = new Set(frames.flatMap((frame, index) => (isFailure(frame) ? [cellAt(timeOf(frame, index))] : [])))
  if (failure) fails.add(columns - 1)
  return cells.map((works, index) => (fails.has(index) ? failed : signs[mostOf(works)]))
}

const cellsOf = perWidth(drawn)

const mostOf = (works: ReadonlyMap<Work, number>): Work =>
  [...works].reduce<readonly [Work, number]>((most, one) => (one[1] > most[1] ? one : most), ['wait', 0])[0]

const pieces: readonly RunEvent['type'][] = ['text-delta', 'reasoning-delta', 'tool-input-delta', 'part', 'finish']

/** What came is told when it is there: the first piece of an answer ends a wait. */
const workOf = (event: RunEvent, before: RunEvent | undefined): Work => {
  if (event.type === 'tool-end') return 'tool'
  if (event.type === 'answer' || (event.type === 'message' && event.message.role === 'user')) return 'person'
  return pieces.includes(event.type) && before !== undefined && pieces.includes(before.type) ? 'speech' : 'wait'
}
