import { setTimeout as wait } from 'node:timers/promises'
import type { Border, Caller, StopAnswer } from '../core/border.ts'
import { budgetOf } from '../loop/budget.ts'
import { Stopped } from '../loop/ending.ts'
import type { World } from '../loop/run.ts'
import type { OpenOptions } from './open.ts'

/** The budget that was set for a run, if one was. */
export const budgetFor = ({ limits, notice }: Pick<OpenOptions, 'limits' | 'notice'>): Pick<World, 'budget'> => {
  if (!limits) return {}
  const unpriced = (model: string) => notice(`The price of ${model} is not known: --max-cost does not count it.`)
  return { budget: budgetOf(limits, unpriced) }
}

/** The same work, whose signal fires also where the time is over. */
export type InTime = <Event, Result>(
  caller: Caller,
  signal: AbortSignal,
  work: (signal: AbortSignal) => AsyncGenerator<Event, Result>,
) => AsyncGenerator<Event, Result>

/** Milliseconds that a conversation may work, all its turns together; that it waits for the next is not counted. */
export const timeLimit = (border: Border, milliseconds = Number.POSITIVE_INFINITY): InTime => {
  let left = milliseconds
  return async function* (caller, signal, work) {
    const begun = now()
    const over = new AbortController()
    const ended = new AbortController()
    const live = async (): Promise<StopAnswer | null> => ((await after(left, ended.signal)) ? 'timeout' : null)
    border.perform('stop', { caller, name: 'time' }, live).then(
      answer => answer && over.abort(new Stopped(answer)),
      error => over.abort(error),
    )
    try {
      return yield* work(AbortSignal.any([signal, over.signal]))
    } finally {
      left -= now() - begun
      ended.abort()
    }
  }
}

/** Milliseconds since some moment. (`performance.now` takes two of them to load.) */
const now = (): number => process.uptime() * 1000

/** What a timer of Node can count. */
const longest = 2 ** 31 - 1

/** Whether so many milliseconds have passed without the signal. */
const after = async (milliseconds: number, signal: AbortSignal): Promise<boolean> => {
  try {
    await wait(Math.min(Math.max(0, milliseconds), longest), undefined, { signal, ref: milliseconds < longest })
    return milliseconds < longest
  } catch {
    return false
  }
}
