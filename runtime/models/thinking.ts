import type { ModelSettings } from '../core/protocol.ts'

export type Budget = NonNullable<ModelSettings['thinkingBudget']>
export type Level = 'none' | 'minimal' | 'low' | 'medium' | 'high'

/** Levels from little to much, with the tokens each stands for where a provider counts tokens. */
const levels: readonly (readonly [Level, number])[] = [
  ['none', 0],
  ['minimal', 1024],
  ['low', 2048],
  ['medium', 8192],
  ['high', 24_576],
]

/** The level nearest to a budget; nothing where the model is to decide by itself. */
export const levelOf = (budget: Budget): Level | undefined => {
  if (budget === 'adaptive' || budget === -1) return undefined
  if (typeof budget === 'string') return budget
  return levels.find(([, tokens]) => budget <= tokens)?.[0] ?? 'high'
}

/** The tokens of a budget; nothing where the model is to decide by itself. */
export const tokensOf = (budget: Budget): number | undefined => {
  if (budget === 'adaptive' || budget === -1) return undefined
  return typeof budget === 'number' ? budget : levels.find(([level]) => level === budget)?.[1]
}

/** The level nearest to `wanted` among those a model knows; the lesser of two. */
export const nearest = (wanted: Level, known: readonly Level[]): Level => {
  const rank = (level: Level): number => levels.findIndex(([name]) => name === level)
  const distance = (level: Level): number => Math.abs(rank(level) - rank(wanted))
  return known.reduce((best, level) => (distance(level) < distance(best) ? level : best))
}

/** Whether a budget switches thinking off. */
export const isOff = (budget: Budget | undefined): boolean => budget === 0 || budget === 'none'
