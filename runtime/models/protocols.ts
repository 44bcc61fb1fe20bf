import type { Protocol } from '../core/protocol.ts'
import { anthropicMessages } from './anthropic-messages.ts'
import { gemini } from './gemini.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'

/** All of them together are smaller than what it costs to load one as a file of its own. */
const protocols: readonly Protocol[] = [openaiChat, openaiResponses, anthropicMessages, gemini]

/** The protocol of an id that stands in the table of providers. */
export const loadProtocol = async (id: string): Promise<Protocol> => {
  const protocol = protocols.find(protocol => protocol.id === id)
  if (!protocol) throw new Error(`there is no protocol ${id}`)
  return protocol
}

/** All of them, for a recording that may hold any. */
export const loadAllProtocols = async (): Promise<readonly Protocol[]> => protocols
