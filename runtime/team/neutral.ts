import type { AssistantPart, Message } from '../core/message.ts'

/** What only the model can read that said it is of no use to another, and refused by some. */
export const neutral = (message: Message): Message =>
  message.role === 'assistant' ? { ...message, content: message.content.flatMap(neutralPart) } : message

const neutralPart = (part: AssistantPart): AssistantPart[] => {
  if (part.type === 'reasoning') return []
  const { providerData: _, ...rest } = part
  return [rest as AssistantPart]
}
