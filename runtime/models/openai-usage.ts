import type { JsonObject } from '../core/json.ts'
import { noUsage, type Usage } from '../core/message.ts'
import { numberOf, objectOf } from './read.ts'

/** The tokens of a chat completion. What was read from a cache is counted into `prompt_tokens`, under several names. */
export const chatUsage = (usage: JsonObject | undefined): Usage =>
  usage
    ? disjoint({
        prompt: numberOf(usage['prompt_tokens']),
        completion: numberOf(usage['completion_tokens']),
        total: numberOf(usage['total_tokens']),
        cacheRead:
          numberOf(objectOf(usage['prompt_tokens_details'])['cached_tokens']) ||
          numberOf(usage['prompt_cache_hit_tokens']) || // DeepSeek
          numberOf(usage['cached_tokens']), // Moonshot
        cacheWrite:
          numberOf(objectOf(usage['prompt_tokens_details'])['cache_write_tokens']) || // OpenRouter
          numberOf(usage['cache_creation_input_tokens']), // Vercel
        reasoning: numberOf(objectOf(usage['completion_tokens_details'])['reasoning_tokens']),
      })
    : noUsage

/** The tokens of a response. */
export const responsesUsage = (usage: JsonObject | undefined): Usage =>
  usage
    ? disjoint({
        prompt: numberOf(usage['input_tokens']),
        completion: numberOf(usage['output_tokens']),
        total: numberOf(usage['total_tokens']),
        cacheRead: numberOf(objectOf(usage['input_tokens_details'])['cached_tokens']),
        cacheWrite: numberOf(objectOf(usage['input_tokens_details'])['cache_write_tokens']),
        reasoning: numberOf(objectOf(usage['output_tokens_details'])['reasoning_tokens']),
      })
    : noUsage

/** US dollars, where a gateway says what it took (OpenRouter, Vercel); not where the key is the user's own upstream. */
export const costIn = (usage: JsonObject | undefined): number | undefined =>
  typeof usage?.['cost'] === 'number' && usage['is_byok'] !== true ? usage['cost'] : undefined

type Counted = {
  readonly prompt: number
  readonly completion: number
  readonly total: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly reasoning: number
}

/** xAI counts reasoning into the total, not into the completion; a gateway may estimate more of it than came out. */
const disjoint = ({ prompt, completion, total, cacheRead, cacheWrite, reasoning }: Counted): Usage => {
  const output = Math.max(completion, total - prompt)
  return {
    input: Math.max(0, prompt - cacheRead - cacheWrite),
    cacheRead,
    cacheWrite,
    output,
    reasoning: Math.min(reasoning, output),
  }
}
