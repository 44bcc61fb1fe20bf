import { noUsage, type Usage, usageTogether } from '../../core/message.ts'

/**
 * What a run, or a part of it, took. `milliseconds` is the time in which answers of models streamed in, all that a
 * cassette knows of time; `unpriced` counts model calls that used tokens and have no known price, beside `cost`.
 */
export type Spent = {
  readonly modelCalls: number
  readonly toolCalls: number
  readonly usage: Usage
  readonly cost: number
  readonly unpriced: number
  readonly milliseconds: number
}

export const nothingSpent: Spent = {
  modelCalls: 0,
  toolCalls: 0,
  usage: noUsage,
  cost: 0,
  unpriced: 0,
  milliseconds: 0,
}

export const spentTogether = (parts: readonly Spent[]): Spent => parts.reduce(sum, nothingSpent)

const sum = (one: Spent, other: Spent): Spent => ({
  modelCalls: one.modelCalls + other.modelCalls,
  toolCalls: one.toolCalls + other.toolCalls,
  usage: usageTogether(one.usage, other.usage),
  // Sums of dollars: what is behind the billionth is the noise of binary fractions.
  cost: Number((one.cost + other.cost).toFixed(10)),
  unpriced: one.unpriced + other.unpriced,
  milliseconds: one.milliseconds + other.milliseconds,
})

/** Tokens that went to the model, whether they were read from a cache or not. */
export const promptTokens = ({ input, cacheRead, cacheWrite }: Usage): number => input + cacheRead + cacheWrite
