import { expect, test } from 'vitest'
import type { Protocol } from '../runtime/core/protocol.ts'
import { anthropicMessages } from '../runtime/models/anthropic-messages.ts'
import { openaiChat } from '../runtime/models/openai-chat.ts'
import { openaiResponses } from '../runtime/models/openai-responses.ts'
import { assistant, call, results, sent, user } from './support/asked.ts'

const idsOf = (protocol: Protocol): string[] => {
  const messages = [
    user('Which time is in the files?'),
    assistant(call('call_0', 'read_file', { path: 'a' }), call('call_1', 'now')),
    results(['call_0', 'read_file', 'three'], ['call_1', 'now', 'noon']),
    assistant(call('call_0', 'read_file', { path: 'b' })),
    results(['call_0', 'read_file', 'four']),
  ]
  const text = JSON.stringify(sent(protocol, { messages }))
  return [...text.matchAll(/"(?:id|call_id|tool_call_id|tool_use_id)":"(call_[^"]+)"/g)].map(([, id = '']) => id)
}

test.each([openaiChat, openaiResponses, anthropicMessages])(
  'ids that a server counts anew in each answer are told apart where they go back: $id',
  protocol => {
    const ids = idsOf(protocol)
    expect(ids.toSorted()).toEqual(['call_0', 'call_0', 'call_0_2', 'call_0_2', 'call_1', 'call_1'])
    // Each result still answers its own call.
    expect(ids.slice(-2)).toEqual(['call_0_2', 'call_0_2'])
  },
)
