import type { Protocol } from '../core/protocol.ts'
import { decode } from './anthropic-messages/decode.ts'
import { encode } from './anthropic-messages/encode.ts'
import { shape } from './anthropic-messages/shape.ts'
import { speak } from './anthropic-messages/speak.ts'

/** Anthropic's Messages API: https://platform.claude.com/docs/en/api/messages, and servers that speak it. */
export const anthropicMessages: Protocol = {
  id: 'anthropic-messages',
  operation: () => '/v1/messages',
  encode,
  decode,
  speak,
  shape,
}
