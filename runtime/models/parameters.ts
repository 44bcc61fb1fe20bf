import { isJsonObject, type JsonObject } from '../core/json.ts'
import type { ModelSettings } from '../core/protocol.ts'
import { familyOf } from './families.ts'
import { type Level, levelOf, nearest } from './thinking.ts'

/** How hard to think, in a word that the model knows; nothing where it is to decide by itself, or refuses to be told. */
export const effortOf = (model: string, { thinkingBudget }: ModelSettings): Level | undefined => {
  const level = thinkingBudget === undefined ? undefined : levelOf(thinkingBudget)
  const { efforts } = familyOf(model)
  if (level === undefined || efforts === undefined) return level
  return efforts.length === 0 ? undefined : nearest(level, efforts)
}

/** Whether one call at a time must be asked for: in parallel is what everybody does unasked. */
export const isSequential = (model: string, settings: ModelSettings): boolean =>
  settings.parallelToolCalls === false && !familyOf(model).noParallelToolCalls

/**
 * A body with the `provider_opts` of the agent file, which have the last word. What they say of a part (`reasoning`,
 * `text`, `stream_options`) is added to it. Options that are read on our side are no part of a body.
 */
export const withOptions = (body: JsonObject, options: JsonObject = {}): JsonObject => {
  const own = Object.entries(options).filter(([name]) => !readHere.has(name))
  const merged = own.map(([name, value]) => {
    const known = body[name]
    return [name, isJsonObject(known) && isJsonObject(value) ? { ...known, ...value } : value] as const
  })
  return { ...body, ...Object.fromEntries(merged) }
}

/** How to reach a model rather than what to ask it, by the names that cagent's files use. */
const readHere: ReadonlySet<string> = new Set([
  'api_type',
  'api_version',
  'transport',
  'runtime_flags',
  'speculative_draft_model',
  'speculative_num_tokens',
  'speculative_acceptance_rate',
  'rerank_prompt',
])
