import type { Protocol } from '../core/protocol.ts'
import { decode } from './gemini/decode.ts'
import { encode } from './gemini/encode.ts'
import { shape } from './gemini/shape.ts'
import { speak } from './gemini/speak.ts'

/**
 * Google's generateContent: https://ai.google.dev/api/generate-content. The model stands in the path, not in the body.
 */
export const gemini: Protocol = {
  id: 'gemini',
  operation: model => `/models/${model}:streamGenerateContent?alt=sse`,
  encode,
  decode,
  speak,
  shape,
}
