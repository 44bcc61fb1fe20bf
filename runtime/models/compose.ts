import { Failure, type FailureCode } from '../core/errors.ts'
import type { Model, ModelEvent } from '../core/model.ts'
import { costOf } from './price.ts'

/** Failures that may be gone in a moment. */
const passing: ReadonlySet<FailureCode> = new Set(['rate-limited', 'model-unavailable', 'stream-broken'])

export type RetryOptions = {
  /** How often the model is asked at most. */
  readonly attempts: number
  /** Waits so many milliseconds; throws at once when the signal fires. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Whether to wait out a rate limit, or leave it to a fallback; true where absent. */
  readonly waitsForLimits?: boolean
}

/** Milliseconds before the second attempt; each further one waits twice as long. Without chance: two runs are alike. */
const firstWait = 500
/** Whoever is to wait longer than this, in milliseconds, had better be told. */
const longestWait = 60_000

/**
 * The same model, asked again after failures that pass by themselves, and as late as the provider wants. What was kept
 * is never said twice: after a complete part a failure is final. Pieces that were shown before are said anew; the `retry`
 * event between tells so.
 */
export const retrying = (model: Model, options: RetryOptions): Model =>
  async function* (request, signal) {
    for (let attempt = 1; ; attempt++) {
      let isKept = false
      try {
        for await (const event of model(request, signal)) {
          isKept ||= isForMemory(event)
          yield event
        }
        return
      } catch (error) {
        const waited = isKept || attempt >= options.attempts ? undefined : waitAfter(error, attempt, options)
        if (waited === undefined || signal.aborted || !(error instanceof Failure)) throw error
        yield { type: 'retry', reason: error.message, attempt, waited }
        await options.sleep(waited, signal)
      }
    }
  }

const isForMemory = ({ type }: ModelEvent): boolean => type === 'part' || type === 'finish'

/** Milliseconds to wait; nothing where asking again is of no use. */
const waitAfter = (error: unknown, attempt: number, { waitsForLimits = true }: RetryOptions): number | undefined => {
  if (!(error instanceof Failure) || !passing.has(error.code)) return undefined
  if (error.code === 'rate-limited' && !waitsForLimits) return undefined
  // Never none: that is what it takes for another model to step in.
  const wait = Math.max(1, error.retryAfter ?? firstWait * 2 ** (attempt - 1))
  return wait > longestWait ? undefined : wait
}

/** Failures of one model that another may not have. A missing key is none: it is to be set, not to be passed over. */
const otherwise: ReadonlySet<FailureCode> = new Set([
  ...passing,
  'model-auth',
  'model-not-found',
  'model-address',
  'model-request',
  'context-overflow',
  'content-filter',
])

export type Named = { readonly name: string; readonly model: Model }

export type FallbackOptions = {
  /** Milliseconds for which a model that answered in place of the first is asked first. */
  readonly cooldown: number
  /** Milliseconds of a clock; asked only when a cooldown begins or is looked at. */
  readonly clock: () => Promise<number>
}

type Pin = { readonly index: number; readonly until: number }

/**
 * The first model that answers, in their order. Where the first failed for a reason that does not pass by itself, such as
 * a rate limit or a refused key, the one that answered is asked first for as long as the cooldown lasts (cagent's rule).
 * Each lane has a cooldown of its own, so that agents side by side go the same ways in every run.
 */
export const fallingBack = (models: readonly Named[], { cooldown, clock }: FallbackOptions): Model => {
  const pins = new Map<string, Pin>()
  return async function* (request, signal) {
    const { lane } = request.caller
    const start = await startAt(pins.get(lane), clock)
    const order = [...models.keys()].map(index => (start + index) % models.length)
    let isFirstRefused = false
    for (const [place, index] of order.entries()) {
      let isKept = false
      try {
        for await (const event of models[index]?.model(request, signal) ?? []) {
          isKept ||= isForMemory(event)
          // Whoever listens leaves at `finish`; what is to be remembered is so before.
          if (event.type === 'finish') {
            if (index === 0) pins.delete(lane)
            else if (isFirstRefused) pins.set(lane, { index, until: (await clock()) + cooldown })
          }
          yield event
        }
        return
      } catch (error) {
        const next = models[order[place + 1] ?? -1]
        if (isKept || !next || signal.aborted || !(error instanceof Failure) || !otherwise.has(error.code)) throw error
        isFirstRefused ||= index === 0 && !isHiccup(error)
        yield { type: 'retry', reason: `${error.message} ${next.name} takes over.`, attempt: place + 1, waited: 0 }
      }
    }
  }
}

const startAt = async (pin: Pin | undefined, clock: () => Promise<number>): Promise<number> =>
  pin && (await clock()) < pin.until ? pin.index : 0

const isHiccup = ({ code }: Failure): boolean => code === 'model-unavailable' || code === 'stream-broken'

/**
 * Several models in turns, the next one in each turn of a lane: an alloy. cagent draws one by chance; here the order is
 * that in which they stand, so that two runs are alike.
 */
export const takingTurns = (models: readonly Model[]): Model => {
  const turns = new Map<string, number>()
  return async function* (request, signal) {
    const { lane } = request.caller
    const turn = turns.get(lane) ?? 0
    turns.set(lane, turn + 1)
    yield* models[turn % models.length]?.(request, signal) ?? []
  }
}

/** The same model, with what a turn cost: as the provider says, else by its list price. `name` is provider/model. */
export const priced = (model: Model, name: string): Model =>
  async function* (request, signal) {
    for await (const event of model(request, signal)) yield event.type === 'finish' ? withCost(event, name) : event
  }

type Finish = Extract<ModelEvent, { type: 'finish' }>

/** An alias has no price, but the model that answered may have. */
const withCost = (event: Finish, name: string): Finish => {
  const [provider] = name.split('/')
  const cost = event.cost ?? costOf(event.usage, name) ?? costOf(event.usage, `${provider}/${event.model}`)
  return cost === undefined ? event : { ...event, cost }
}
