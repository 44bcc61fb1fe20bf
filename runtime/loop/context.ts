import type { AssistantPart, ContentPart, Message } from '../core/message.ts'

/** The conversation as a model is sent it: what a summary stands for is left out. */
export const visible = (messages: readonly Message[]): readonly Message[] => {
  const summary = messages.findLast(isSummary)
  if (summary?.role !== 'user') return messages
  return [summary, ...messages.slice(summary.replaces ?? 0).filter(message => !isSummary(message))]
}

export const isSummary = (message: Message): boolean => message.role === 'user' && message.from === 'summary'

/** A share of the context window beyond which there may be no room for the next turn; cagent's. */
const full = 0.9

/**
 * Whether a conversation is about to fill the window: by what the provider counted at its last answer, and an estimate of
 * what came after that.
 */
export const isNearlyFull = async (
  messages: readonly Message[],
  window: number,
  count: (text: string) => Promise<number>,
): Promise<boolean> => {
  const sent = visible(messages)
  const last = sent.findLastIndex(message => message.role === 'assistant' && counted(message) > 0)
  const before = sent[last]
  // A summary is younger than an answer that was kept: what that counted is not sent any more.
  const isStale = sent.some(isSummary) && messages.findLastIndex(isSummary) > messages.lastIndexOf(before as Message)
  const known = before && !isStale ? counted(before) : 0
  const text = (isStale ? sent : sent.slice(last + 1)).map(textIn).join('\n')
  const limit = window * full
  // No token is less than a character: most conversations need not be counted.
  if (known + text.length <= limit) return false
  return known + (await count(text)) > limit
}

const counted = (message: Message): number => {
  if (message.role !== 'assistant') return 0
  const { input, cacheRead, cacheWrite, output } = message.usage
  return input + cacheRead + cacheWrite + output
}

/** All words of a message, with names and arguments of calls. */
export const textIn = (message: Message): string => {
  if (message.role === 'tool') return message.results.map(({ content }) => content.map(partText).join('')).join('\n')
  return message.content.map(partText).join('')
}

const partText = (part: ContentPart | AssistantPart): string => {
  if (part.type === 'tool-call') return `${part.name} ${part.invalid ?? JSON.stringify(part.input)}`
  return part.type === 'file' ? `(${part.name ?? part.mediaType})` : part.text
}
