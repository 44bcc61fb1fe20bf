import type { Protocol } from '../core/protocol.ts'
import { decode } from './openai-responses/decode.ts'
import { encode } from './openai-responses/encode.ts'
import { shape } from './openai-responses/shape.ts'
import { speak } from './openai-responses/speak.ts'

/** Responses, without state on the server: https://platform.openai.com/docs/api-reference/responses */
export const openaiResponses: Protocol = {
  id: 'openai-responses',
  operation: () => '/responses',
  encode,
  decode,
  speak,
  shape,
}
