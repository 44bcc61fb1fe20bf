import { describe, expect, test } from 'vitest'
import { canonical, canonicalText } from '../runtime/cassette/match/canonical.ts'
import type { JsonObject } from '../runtime/core/json.ts'
import type { Message } from '../runtime/core/message.ts'
import type { Conversation, Protocol } from '../runtime/core/protocol.ts'
import { openaiChat } from '../runtime/models/openai-chat.ts'
import { openaiResponses } from '../runtime/models/openai-responses.ts'
import { assistant, call, files, lines, now, results, sent, user } from './support/asked.ts'

const same = (protocol: Protocol, one: JsonObject, other: JsonObject): boolean =>
  canonicalText(canonical(one, protocol.shape)) === canonicalText(canonical(other, protocol.shape))

/** As the matcher reads it: of the body in canonical form. */
const conversation = (protocol: Protocol, body: JsonObject): Conversation =>
  protocol.shape.conversation(canonical(body, protocol.shape) as JsonObject, protocol.operation('m'))

const talk = (first: string, second: string, said: readonly [string, string] = ['one', 'two']): Message[] => [
  user('Go.'),
  assistant({ type: 'text', text: 'Both.' }, call(first, 'now', { a: 1 }), call(second, 'now', { b: 2 })),
  results([first, 'now', said[0]], [second, 'now', said[1]]),
  user('And?'),
]

describe.each([openaiChat, openaiResponses])('$id', protocol => {
  const body = (messages: Message[]) => sent(protocol, { system: ['Be brief.'], messages, tools: [now] })

  test('ids are names: any others do, as long as results stay with their calls', () => {
    expect(same(protocol, body(talk('a', 'b')), body(talk('call_9', 'call_1')))).toBe(true)
    const crossed = JSON.parse(
      JSON.stringify(body(talk('a', 'b'))).replaceAll(
        /("(?:tool_call_id|output_call|call_id)":)"([ab])"(?=,"(?:content|output)")/g,
        (_, key, id) => `${key}"${id === 'a' ? 'b' : 'a'}"`,
      ),
    ) as JsonObject
    expect(crossed).not.toEqual(body(talk('a', 'b')))
    expect(same(protocol, body(talk('a', 'b')), crossed)).toBe(false)
  })

  test('arguments are compared parsed, words as they are', () => {
    const spaced = JSON.parse(
      JSON.stringify(body(talk('a', 'b'))).replace('{\\"a\\":1}', '{ \\"a\\": 1 }'),
    ) as JsonObject
    expect(same(protocol, body(talk('a', 'b')), spaced)).toBe(true)
    expect(same(protocol, body(talk('a', 'b')), body(talk('a', 'b', ['one', 'Two'])))).toBe(false)
  })

  test('a cache key is not compared', () => {
    expect(same(protocol, body([user('Go.')]), { ...body([user('Go.')]), prompt_cache_key: 'x' })).toBe(true)
    expect(same(protocol, body([user('Go.')]), { ...body([user('Go.')]), seed: 1 })).toBe(false)
  })

  test('tells a conversation in its own terms', () => {
    const { system, tools, turns } = conversation(protocol, body(talk('a', 'b')))
    expect(system).toEqual(['Be brief.'])
    expect(tools.map(({ name }) => name)).toEqual(['now'])
    expect(lines(turns as never)).toBe(
      [
        '{"role":"user","content":"Go."}',
        '{"role":"assistant","content":["Both.",{"id":"id 0.1","call":"now","input":{"json":{"a":1}}},{"id":"id 0.2","call":"now","input":{"json":{"b":2}}}]}',
        '{"role":"tool","content":[{"id":"id 0.1","text":"one"}]}',
        '{"role":"tool","content":[{"id":"id 0.2","text":"two"}]}',
        '{"role":"user","content":"And?"}',
      ].join('\n'),
    )
  })

  test('thoughts are not what was said', () => {
    const thought = {
      type: 'reasoning',
      text: 'Hm.',
      providerData: { protocol: protocol.id, value: own(protocol) },
    } as const
    const told = (...before: (typeof thought)[]) =>
      sent(protocol, {
        messages: [user('Go.'), assistant(...before, call('a', 'now')), results(['a', 'now', 'noon'])],
        quirks: { echoReasoning: true },
      })
    expect(told(thought)).not.toEqual(told())
    expect(conversation(protocol, told(thought)).turns).toEqual(conversation(protocol, told()).turns)
  })

  test('a picture is part of what was said', () => {
    const { turns } = conversation(protocol, body([user('Look:', files.image)]))
    expect(turns[0]?.content).toEqual(['Look:', expect.objectContaining({ image_url: expect.anything() })])
  })
})

const own = ({ id }: Protocol): JsonObject =>
  id === 'openai-chat'
    ? { field: 'reasoning' }
    : { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'AA' }

test('cagent writes the same conversation in other words', () => {
  const system = 'Be brief.'
  const asked = { system: [system], messages: [user("What's 2+2?")], model: 'gpt-5' }
  const responses = {
    input: [
      { content: [{ text: system, type: 'input_text' }], role: 'system' },
      { content: "What's 2+2?", role: 'user' },
    ],
    model: 'gpt-5',
    stream: true,
  }
  expect(conversation(openaiResponses, responses)).toEqual(conversation(openaiResponses, sent(openaiResponses, asked)))
  const called = { id: 'call_1', function: { arguments: '{"path":"x"}', name: 'list' }, type: 'function' }
  const chat = {
    messages: [
      { content: system, role: 'system' },
      { content: 'How many?', role: 'user' },
      { tool_calls: [called], role: 'assistant' },
      { content: 'FILE a\n', tool_call_id: 'call_1', role: 'tool' },
    ],
    model: 'gpt-4o',
    stream: true,
  }
  const messages = [user('How many?'), assistant(call('c', 'list', { path: 'x' })), results(['c', 'list', 'FILE a\n'])]
  expect(conversation(openaiChat, chat)).toEqual(
    conversation(openaiChat, sent(openaiChat, { system: [system], messages, model: 'gpt-4o' })),
  )
})

test('a text alone is a conversation too', () => {
  const body = { model: 'm', instructions: 'Be brief.', input: 'Hello', tools: [{ type: 'web_search' }] }
  expect(openaiResponses.shape.conversation(body, '/responses')).toEqual({
    model: 'm',
    system: ['Be brief.'],
    tools: [{ name: 'web_search', definition: { type: 'web_search' } }],
    turns: [{ role: 'user', content: 'Hello' }],
  })
})
