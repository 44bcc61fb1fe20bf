import type { Json } from '../../core/json.ts'
import type { Said } from '../../core/protocol.ts'
import { argumentsIn } from '../speak.ts'

const reasons = {
  end: 'stop',
  'tool-calls': 'tool_calls',
  length: 'length',
  refusal: 'stop',
  'content-filter': 'content_filter',
} as const

/** A chat completion that says this, as a stream of one piece. */
export const speak = ({ reasoning, text, calls = [], stop, usage }: Said): string => {
  const { input = 0, cacheRead = 0, cacheWrite = 0, output = 0, reasoning: thought = 0 } = usage
  const prompt = input + cacheRead + cacheWrite
  const delta = {
    role: 'assistant',
    ...(reasoning !== undefined && { reasoning_content: reasoning }),
    ...(text !== undefined && { [stop === 'refusal' ? 'refusal' : 'content']: text }),
    ...(calls.length > 0 && {
      tool_calls: calls.map(([name, input], index) => ({
        index,
        id: `call_${index + 1}`,
        type: 'function',
        function: { name, arguments: argumentsIn(input) },
      })),
    }),
  }
  const tokens = {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    prompt_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
    completion_tokens_details: { reasoning_tokens: thought },
  }
  const chunk = (value: Json) => `data: ${JSON.stringify(value)}\n\n`
  return `${chunk({ choices: [{ index: 0, delta, finish_reason: reasons[stop] }], usage: tokens })}data: [DONE]\n\n`
}
