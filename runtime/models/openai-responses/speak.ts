import type { Said } from '../../core/protocol.ts'
import { argumentsIn } from '../speak.ts'

/** A response that says this, whole. */
export const speak = ({ reasoning, text, calls = [], stop, usage }: Said): string => {
  const { input = 0, cacheRead = 0, cacheWrite = 0, output = 0, reasoning: thought = 0 } = usage
  const prompt = input + cacheRead + cacheWrite
  const part =
    stop === 'refusal'
      ? { type: 'refusal', refusal: text ?? '' }
      : { type: 'output_text', text: text ?? '', annotations: [] }
  const reason = incomplete[stop]
  return JSON.stringify({
    object: 'response',
    status: reason ? 'incomplete' : 'completed',
    incomplete_details: reason ? { reason } : null,
    output: [
      ...(reasoning === undefined
        ? []
        : [{ type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: reasoning }] }]),
      ...(text === undefined
        ? []
        : [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [part] }]),
      ...calls.map(([name, input], index) => ({
        type: 'function_call',
        id: `fc_${index + 1}`,
        call_id: `call_${index + 1}`,
        name,
        arguments: argumentsIn(input),
        status: 'completed',
      })),
    ],
    usage: {
      input_tokens: prompt,
      output_tokens: output,
      total_tokens: prompt + output,
      input_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
      output_tokens_details: { reasoning_tokens: thought },
    },
  })
}

const incomplete: Readonly<Partial<Record<Said['stop'], string>>> = {
  length: 'max_output_tokens',
  'content-filter': 'content_filter',
}
