import { Failure } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ModelSettings } from '../../core/protocol.ts'
import { objectsIn } from '../read.ts'
import { type Budget, isOff, levelOf, tokensOf } from '../thinking.ts'
import { traitsOf } from './models.ts'

/** What a request says about thinking; an empty object where nothing is said. `thinks` tells whether the model does so in this conversation. */
export type Thinking = { readonly thinks: boolean; readonly fields: JsonObject }

/**
 * `thinking_budget` as the model takes it: tokens, or `adaptive` with an effort. Throws `config` for a budget that
 * `max_tokens` leaves no room for, as the API would.
 */
export const thinkingOf = (model: string, settings: ModelSettings, messages: readonly JsonObject[]): Thinking => {
  const { thinkingBudget: budget } = settings
  const { thinking, thinksUnasked } = traitsOf(model)
  if (budget === undefined || thinking === 'never') return { thinks: thinksUnasked !== undefined, fields: {} }
  if (isOff(budget)) return switchedOff(thinksUnasked)
  if (!countsTokens(model, budget)) return { thinks: true, fields: adaptive(model, budget, settings) }
  if (!mayThink(messages)) return { thinks: true, fields: {} }
  return { thinks: true, fields: counted(model, budget, settings) }
}

/**
 * The values of the `anthropic-beta` header for a model and its settings. Models that count tokens think between tool
 * calls only if they are asked to; those that are adaptive always do. `interleaved_thinking: false` switches it off.
 */
export const betasOf = (model: string, settings: ModelSettings): readonly string[] => {
  const { thinkingBudget: budget, options } = settings
  if (budget === undefined || isOff(budget) || options?.['interleaved_thinking'] === false) return []
  if (traitsOf(model).thinking === 'never' || !countsTokens(model, budget)) return []
  return ['interleaved-thinking-2025-05-14']
}

const countsTokens = (model: string, budget: Budget): boolean => {
  const { thinking } = traitsOf(model)
  return thinking === 'budget' || (thinking === 'either' && typeof budget === 'number' && budget !== -1)
}

/** Who cannot be stopped from thinking thinks as little as possible. */
const switchedOff = (unasked: 'unless told' | 'always' | undefined): Thinking => {
  if (unasked === 'always') return { thinks: true, fields: { output_config: { effort: 'low' } } }
  return { thinks: false, fields: unasked ? { thinking: { type: 'disabled' } } : {} }
}

/** Newer models keep their thoughts to themselves unless they are asked for a summary. */
const adaptive = (model: string, budget: Budget, { options }: ModelSettings): JsonObject => {
  const level = levelOf(budget)
  const display = options?.['thinking_display'] ?? (traitsOf(model).thinking === 'adaptive' ? 'summarized' : undefined)
  return {
    thinking: { type: 'adaptive', ...(display !== undefined && { display }) },
    ...(level !== undefined && { output_config: { effort: level === 'minimal' ? 'low' : level } }),
  }
}

/** cagent's budget where the agent file leaves it to a model that cannot choose. */
const defaultBudget = 8192
/** The API takes no less. */
const leastBudget = 1024

const counted = (model: string, budget: Budget, settings: ModelSettings): JsonObject => {
  const { maxTokens = traitsOf(model).maxTokens, options } = settings
  const wanted = Math.max(tokensOf(budget) ?? defaultBudget, leastBudget)
  // A number is meant as it stands; what a word stands for is ours to say, and leaves room for the answer.
  const isNumber = typeof budget === 'number' && budget >= 0
  const tokens = isNumber ? wanted : Math.min(wanted, Math.max(Math.floor(maxTokens / 2), leastBudget))
  if (tokens >= maxTokens) {
    throw new Failure(
      'config',
      `A thinking_budget of ${tokens} tokens does not fit into ${model}'s max_tokens of ${maxTokens}.`,
      {
        hint: 'Thoughts count as output: raise max_tokens above thinking_budget, or lower thinking_budget.',
      },
    )
  }
  const display = options?.['thinking_display']
  return { thinking: { type: 'enabled', budget_tokens: tokens, ...(display !== undefined && { display }) } }
}

/**
 * A turn that began without thoughts (another model's, or before thinking was switched on) must end without them: with
 * a budget, the API refuses calls whose turn does not begin with a thinking block.
 */
const mayThink = (messages: readonly JsonObject[]): boolean => {
  const asked = messages.findLastIndex(({ role, content }) => role === 'user' && objectsIn(content).some(isSaid))
  const first = objectsIn(messages[asked + 1]?.['content'])[0]
  return first === undefined || first['type'] === 'thinking' || first['type'] === 'redacted_thinking'
}

const isSaid = ({ type }: JsonObject): boolean => type !== 'tool_result'
