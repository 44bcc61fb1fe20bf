import type { AssistantMessage, Message, ToolCall, ToolMessage, ToolResult } from '../core/message.ts'

/**
 * A conversation that every provider accepts: each call is answered once, in the order of the calls, right after it was
 * made; answers to nothing and messages without content are left out.
 */
export const wellFormed = (messages: readonly Message[]): Message[] =>
  messages.flatMap((message, index): Message[] => {
    if (message.role === 'tool') return []
    if (message.content.length === 0) return []
    if (message.role === 'user') return [message]
    const calls = callsOf(message)
    if (calls.length === 0) return [message]
    return [message, answersTo(calls, resultsAfter(messages, index))]
  })

const callsOf = (message: AssistantMessage): ToolCall[] => message.content.filter(part => part.type === 'tool-call')

/** Results up to the next word of the model: a user's message may have come between. */
const resultsAfter = (messages: readonly Message[], index: number): ToolResult[] => {
  const after = messages.slice(index + 1)
  const next = after.findIndex(({ role }) => role === 'assistant')
  return after
    .slice(0, next === -1 ? undefined : next)
    .flatMap(message => (message.role === 'tool' ? message.results : []))
}

const answersTo = (calls: readonly ToolCall[], results: readonly ToolResult[]): ToolMessage => {
  const answers = new Map(results.map(result => [result.callId, result]))
  return { role: 'tool', results: calls.map(call => answers.get(call.id) ?? unanswered(call)) }
}

/** A run that was cut off leaves calls without results, which all providers refuse. The words are cagent's. */
const unanswered = ({ id, name }: ToolCall): ToolResult => ({
  callId: id,
  name,
  content: [{ type: 'text', text: '(tool execution failed)' }],
  error: 'interrupted',
})
