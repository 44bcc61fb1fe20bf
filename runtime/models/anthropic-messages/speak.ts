import type { Said } from '../../core/protocol.ts'
import { inputIn } from '../speak.ts'

const reasons = {
  end: 'end_turn',
  'tool-calls': 'tool_use',
  length: 'max_tokens',
  refusal: 'refusal',
  'content-filter': 'refusal',
} as const

/** A message that says this, whole. */
export const speak = ({ reasoning, text, calls = [], stop, usage }: Said): string => {
  const { input = 0, cacheRead = 0, cacheWrite = 0, output = 0, reasoning: thought = 0 } = usage
  return JSON.stringify({
    type: 'message',
    role: 'assistant',
    content: [
      ...(reasoning === undefined ? [] : [{ type: 'thinking', thinking: reasoning, signature: '' }]),
      ...(text === undefined ? [] : [{ type: 'text', text }]),
      ...calls.map(([name, input], index) => ({
        type: 'tool_use',
        id: `toolu_${index + 1}`,
        name,
        input: inputIn(input),
      })),
    ],
    stop_reason: reasons[stop],
    usage: {
      input_tokens: input,
      cache_read_input_tokens: cacheRead,
      cache_creation_input_tokens: cacheWrite,
      output_tokens: output,
      output_tokens_details: { thinking_tokens: thought },
    },
  })
}
