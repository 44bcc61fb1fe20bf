import type { Protocol } from '../core/protocol.ts'

/** A protocol is loaded when it is first asked for: a replay of one loads no other. */
const loaders: Readonly<Record<string, () => Promise<Protocol>>> = {
  'openai-chat': async () => (await import('./openai-chat.ts')).openaiChat,
  'openai-responses': async () => (await import('./openai-responses.ts')).openaiResponses,
  'anthropic-messages': async () => (await import('./anthropic-messages.ts')).anthropicMessages,
  gemini: async () => (await import('./gemini.ts')).gemini,
}

/** The protocol of an id that stands in the table of providers. */
export const loadProtocol = async (id: string): Promise<Protocol> => {
  const load = loaders[id]
  if (!load) throw new Error(`there is no protocol ${id}`)
  return await load()
}

/** All of them, for a recording that may hold any. */
export const loadAllProtocols = (): Promise<Protocol[]> => Promise.all(Object.values(loaders).map(load => load()))
