import type { AssistantMessage, Message, ToolCall, ToolMessage, ToolResult } from '../core/message.ts'

/**
 * A conversation that every provider accepts: each call is answered once, in the order of the calls, right after it was
 * made; answers to nothing and messages without content are left out; no id stands for two calls.
 */
export const wellFormed = (messages: readonly Message[]): Message[] => {
  const used = new Set<string>()
  return messages.flatMap((message, index): Message[] => {
    if (message.role === 'tool') return []
    if (message.content.length === 0) return []
    if (message.role === 'user') return [message]
    const calls = callsOf(message)
    if (calls.length === 0) return [message]
    return withOwnIds([message, answersTo(calls, resultsAfter(messages, index))], used)
  })
}

/** Some servers begin to count anew in each answer, and others refuse that. */
const withOwnIds = ([said, answers]: [AssistantMessage, ToolMessage], used: Set<string>): Message[] => {
  const names = new Map(callsOf(said).map(({ id }) => [id, unusedId(id, used)]))
  if ([...names].every(([id, name]) => id === name)) return [said, answers]
  const named = (id: string): string => names.get(id) ?? id
  return [
    {
      ...said,
      content: said.content.map(part => (part.type === 'tool-call' ? { ...part, id: named(part.id) } : part)),
    },
    { ...answers, results: answers.results.map(result => ({ ...result, callId: named(result.callId) })) },
  ]
}

const unusedId = (id: string, used: Set<string>): string => {
  let free = id
  for (let count = 2; used.has(free); count++) free = `${id}_${count}`
  used.add(free)
  return free
}

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
