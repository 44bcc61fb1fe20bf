import type { JsonObject } from '../../core/json.ts'
import type { ModelSettings } from '../../core/protocol.ts'
import { type Budget, isOff, levelOf, nearest, tokensOf } from '../thinking.ts'
import { type ThinkingRange, traitsOf } from './models.ts'

/**
 * `thinking_budget` as the model takes it: tokens for Gemini 2.5, a level from Gemini 3 on; nothing where nothing is
 * said.
 */
export const thinkingConfig = (model: string, { thinkingBudget: budget }: ModelSettings): JsonObject | undefined => {
  if (budget === undefined) return undefined
  const { tokens, levels } = traitsOf(model)
  if (tokens) return counted(budget, tokens)
  if (!levels) return undefined
  const level = levelOf(budget)
  return {
    ...shown(budget),
    // Nobody can be kept from thinking here: whoever should not, thinks as little as possible.
    ...(level !== undefined && { thinkingLevel: nearest(level, levels) }),
  }
}

const counted = (budget: Budget, { least, most, off }: ThinkingRange): JsonObject => {
  const tokens = tokensOf(budget)
  if (tokens === undefined) return { ...shown(budget), thinkingBudget: -1 }
  if (tokens === 0 && off) return { thinkingBudget: 0 }
  return { ...shown(budget), thinkingBudget: Math.min(Math.max(tokens, least), most) }
}

const shown = (budget: Budget): JsonObject => (isOff(budget) ? {} : { includeThoughts: true })
