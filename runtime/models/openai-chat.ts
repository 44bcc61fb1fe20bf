import type { Protocol } from '../core/protocol.ts'
import { decode } from './openai-chat/decode.ts'
import { encode } from './openai-chat/encode.ts'
import { shape } from './openai-chat/shape.ts'
import { speak } from './openai-chat/speak.ts'

/** Chat Completions: https://platform.openai.com/docs/api-reference/chat, and what others make of it. */
export const openaiChat: Protocol = {
  id: 'openai-chat',
  operation: () => '/chat/completions',
  encode,
  decode,
  speak,
  shape,
}
