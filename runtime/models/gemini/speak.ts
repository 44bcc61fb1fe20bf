import type { Said } from '../../core/protocol.ts'
import { inputIn } from '../speak.ts'

const reasons = {
  end: 'STOP',
  'tool-calls': 'STOP',
  length: 'MAX_TOKENS',
  refusal: 'SAFETY',
  'content-filter': 'PROHIBITED_CONTENT',
} as const

/** An answer of generateContent that says this, whole. */
export const speak = ({ reasoning, text, calls = [], stop, usage }: Said): string => {
  const { input = 0, cacheRead = 0, output = 0, reasoning: thought = 0 } = usage
  const parts = [
    ...(reasoning === undefined ? [] : [{ text: reasoning, thought: true }]),
    ...(text === undefined ? [] : [{ text }]),
    ...calls.map(([name, input]) => ({ functionCall: { name, args: inputIn(input) } })),
  ]
  return JSON.stringify({
    candidates: [{ index: 0, content: { role: 'model', parts }, finishReason: reasons[stop] }],
    usageMetadata: {
      promptTokenCount: input + cacheRead,
      cachedContentTokenCount: cacheRead,
      candidatesTokenCount: output - thought,
      thoughtsTokenCount: thought,
      totalTokenCount: input + cacheRead + output,
    },
  })
}
