import {
  isOfUser,
  type Message,
  noUsage,
  sayerOf,
  type ToolCall,
  type ToolResult,
  textOf,
  type Usage,
  type UserMessage,
} from '../../core/message.ts'
import type { SessionRecord, StoredMessage } from '../../core/session.ts'
import { noted, plus, type Reducers } from './reduce.ts'
import { allTokens } from './spent.ts'
import type { Block } from './state.ts'

/** So many of the last turns are shown again, and of a turn with many calls so much. */
const mostTurns = 5
const mostBlocks = 60

/** What goes on from what was stored, with the end of it on the screen. */
export const goingOn: Pick<Reducers, 'resumed'> = {
  resumed: (state, { record }) => {
    const messages = record.messages.map(({ message }) => message)
    const next = { ...state, messages, context: allTokens(lastUsage(messages)), folded: [], todos: [] }
    return plus(noted(next, 'info', `\n${resumedText(record)}`), ...lastBlocks(record.messages))
  },
}

export const resumedText = ({ title, messages }: Pick<SessionRecord, 'title' | 'messages'>): string =>
  `This goes on with «${title}», ${messages.length} messages.`

const lastUsage = (messages: readonly Message[]): Usage => {
  const last = messages.findLast(message => message.role === 'assistant')
  return last?.role === 'assistant' ? last.usage : noUsage
}

/** As it was drawn when it was said, from the beginning of a turn on where that is not too far back. */
const lastBlocks = (stored: readonly StoredMessage[]): Block[] => {
  const starts = stored.flatMap(({ message }, index) => (isOfUser(message) ? [index] : []))
  return blocksOf(stored.slice(starts.at(-mostTurns) ?? 0)).slice(-mostBlocks)
}

const blocksOf = (stored: readonly StoredMessage[]): Block[] => {
  const results = new Map(
    stored.flatMap(({ message }) =>
      message.role === 'tool' ? message.results.map((result): [string, ToolResult] => [result.callId, result]) : [],
    ),
  )
  return stored.flatMap(({ message, agent }): Block[] => {
    const here = { depth: 0, agent }
    if (message.role === 'tool') return []
    if (message.role === 'user') return [userBlock(message)]
    return message.content.flatMap((part): Block[] => {
      if (part.type === 'text')
        return part.text.trim() === '' ? [] : [{ ...here, type: 'text', text: part.text.trim(), isFirst: true }]
      if (part.type === 'reasoning')
        return part.text.trim() === '' ? [] : [{ ...here, type: 'reasoning', text: part.text }]
      return callBlocks(part, results.get(part.id), here)
    })
  })
}

const callBlocks = (call: ToolCall, result: ToolResult | undefined, here: Pick<Block, 'depth' | 'agent'>): Block[] =>
  result === undefined ? [] : [{ ...here, type: 'call', call, result }]

const mostAside = 300

/** What the user said, with the names of files; what was said in his place is told in short. */
const userBlock = (message: UserMessage): Block => {
  const here = { depth: 0, agent: '' }
  const text = textOf(message.content)
  if (!isOfUser(message))
    return { ...here, type: 'note', level: 'info', text: `\n(${sayerOf(message)}) ${text.slice(0, mostAside)}` }
  const [first, ...more] = message.content
  const names = more.flatMap(part => (part.type === 'file' ? [`\n[${part.name ?? part.mediaType}]`] : []))
  return { ...here, type: 'user', text: `${first?.type === 'text' ? first.text : ''}${names.join('')}` }
}
