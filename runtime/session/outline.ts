import { type ContentPart, isOfUser, type Message, sayerOf, type ToolCall, type ToolResult } from '../core/message.ts'
import type { SessionRecord, StoredEvent } from '../core/session.ts'

/** A call, what came of it, and what was said by the agent that it gave a task to. */
export type Called = { readonly call: ToolCall; readonly result?: ToolResult; readonly talk: readonly Said[] }

/** What somebody said, with the calls he made; `number` is that of the message in the session, of what was said in its lane. */
export type Said = {
  readonly at: string
  readonly number?: number
  readonly speaker: string
  readonly isUser: boolean
  readonly isPartial: boolean
  readonly content: readonly ContentPart[]
  readonly thoughts: string
  readonly calls: readonly Called[]
}

/** A session as it is shown to others: its head, and what was said as a tree. */
export type Outline = { readonly head: Omit<SessionRecord, 'messages' | 'next'>; readonly talk: readonly Said[] }

type MessageEvent = StoredEvent & { readonly event: Extract<StoredEvent['event'], { type: 'message' }> }

export const outlineOf = (record: SessionRecord, events: Iterable<StoredEvent>): Outline => {
  const { messages: _, next: __, ...head } = record
  const lanes = new Map<string, MessageEvent[]>()
  for (const stored of events) {
    if (stored.event.type !== 'message') continue
    const path = stored.event.path.join('.')
    lanes.set(path, [...(lanes.get(path) ?? []), stored as MessageEvent])
  }
  return { head, talk: talkIn(lanes, []) }
}

/** Calls are counted through a lane, and what they led to has their number in its path. */
const talkIn = (lanes: ReadonlyMap<string, readonly MessageEvent[]>, path: readonly number[]): Said[] => {
  const messages = lanes.get(path.join('.')) ?? []
  let calls = 0
  const called = (call: ToolCall, results: readonly ToolResult[]): Called => {
    calls += 1
    const result = results.find(({ callId }) => callId === call.id)
    // What a call began in the background has its number, negative.
    const talk = [...talkIn(lanes, [...path, calls]), ...talkIn(lanes, [...path, -calls])]
    return { call, ...(result && { result }), talk }
  }
  return messages.flatMap((stored, index) => {
    const { message } = stored.event
    if (message.role === 'tool') return []
    const next = messages[index + 1]?.event.message
    const results = next?.role === 'tool' ? next.results : []
    const said = saidIn(stored, message, call => called(call, results))
    return [path.length === 0 ? { ...said, number: index + 1 } : said]
  })
}

const saidIn = (
  { at, event }: MessageEvent,
  message: Exclude<Message, { role: 'tool' }>,
  called: (call: ToolCall) => Called,
): Said => {
  const common = { at, isPartial: message.role === 'assistant' && message.stop === 'interrupted' }
  if (message.role === 'user')
    return {
      ...common,
      speaker: sayerOf(message),
      isUser: isOfUser(message),
      content: message.content,
      thoughts: '',
      calls: [],
    }
  return {
    ...common,
    speaker: event.agent,
    isUser: false,
    content: message.content.filter(part => part.type === 'text').map(({ text }) => ({ type: 'text', text })),
    thoughts: message.content.map(part => (part.type === 'reasoning' ? part.text : '')).join(''),
    calls: message.content.filter(part => part.type === 'tool-call').map(called),
  }
}
