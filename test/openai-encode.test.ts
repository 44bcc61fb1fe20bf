import { expect, test } from 'vitest'
import { Failure } from '../runtime/core/errors.ts'
import type { JsonObject } from '../runtime/core/json.ts'
import type { AssistantPart } from '../runtime/core/message.ts'
import type { ModelSettings, Quirks } from '../runtime/core/protocol.ts'
import { openaiChat } from '../runtime/models/openai-chat.ts'
import { type Asked, assistant, call, files, lines, now, readFile, results, sent, user } from './support/asked.ts'

const chat = (asked: Asked): JsonObject => sent(openaiChat, asked)

test('sends instructions, what was said, and tools', () => {
  expect(
    lines(chat({ system: ['Be brief.', 'Be kind.'], tools: [readFile, now], model: 'gpt-4o' })),
  ).toMatchInlineSnapshot(`
    "model: "gpt-4o"
    messages:
    {"role":"system","content":"Be brief."}
    {"role":"system","content":"Be kind."}
    {"role":"user","content":"Hello"}
    stream: true
    stream_options: {"include_usage":true}
    tools:
    {"type":"function","function":{"name":"read_file","description":"Reads a file.","parameters":{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}}}
    {"type":"function","function":{"name":"now","description":"Tells the time.","parameters":{"type":"object","properties":{}}}}"
  `)
})

test('sends calls with their results, in the order of the calls', () => {
  const messages = [
    user('Which time is in the file?'),
    assistant(
      { type: 'text', text: 'I will look.' },
      call('call_1', 'read_file', { path: 'a' }),
      call('call_2', 'now'),
    ),
    results(['call_2', 'now', 'noon'], ['call_1', 'read_file', 'three']),
    assistant(call('call_3', 'now')),
  ]
  expect(lines(chat({ messages })['messages'])).toMatchInlineSnapshot(`
    "{"role":"user","content":"Which time is in the file?"}
    {"role":"assistant","content":"I will look.","tool_calls":[{"id":"call_1","type":"function","function":{"name":"read_file","arguments":"{\\"path\\":\\"a\\"}"}},{"id":"call_2","type":"function","function":{"name":"now","arguments":"{}"}}]}
    {"role":"tool","tool_call_id":"call_1","content":"three"}
    {"role":"tool","tool_call_id":"call_2","content":"noon"}
    {"role":"assistant","content":null,"tool_calls":[{"id":"call_3","type":"function","function":{"name":"now","arguments":"{}"}}]}
    {"role":"tool","tool_call_id":"call_3","content":"(tool execution failed)"}"
  `)
})

test('sends images, PDFs, sound and text files in the form of each', () => {
  expect(
    lines(chat({ messages: [user('Look:', files.image, files.pdf, files.wav, files.csv)] })['messages']),
  ).toMatchInlineSnapshot(
    `"{"role":"user","content":[{"type":"text","text":"Look:"},{"type":"image_url","image_url":{"url":"data:image/png;base64,aW1hZ2U="}},{"type":"file","file":{"filename":"paper.pdf","file_data":"data:application/pdf;base64,JVBERg=="}},{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}},{"type":"text","text":"<attached_file path=\\"list.csv\\">\\nä,b\\n</attached_file>"}]}"`,
  )
})

test('sends the files that a tool gave back as if the user had attached them', () => {
  const messages = [
    user('Draw.'),
    assistant(call('c1', 'draw')),
    results(['c1', 'draw', [{ type: 'text', text: 'Done.' }, files.image]]),
  ]
  expect(lines((chat({ messages })['messages'] as JsonObject[]).slice(2))).toMatchInlineSnapshot(`
    "{"role":"tool","tool_call_id":"c1","content":"Done."}
    {"role":"user","content":[{"type":"text","text":"The tool returned these files:"},{"type":"image_url","image_url":{"url":"data:image/png;base64,aW1hZ2U="}}]}"
  `)
})

test('asks for an answer of a given shape', () => {
  const output = { name: 'city', description: 'A city.', schema: { type: 'object' }, strict: true }
  expect(lines(chat({ output })['response_format'])).toMatchInlineSnapshot(`
    "type: "json_schema"
    json_schema: {"name":"city","description":"A city.","schema":{"type":"object"},"strict":true}"
  `)
})

test('gives a model back what it thought, under the name it came with, beside its calls', () => {
  const thought = (value: JsonObject): AssistantPart => ({
    type: 'reasoning',
    text: 'Let me see.',
    providerData: { protocol: 'openai-chat', value },
  })
  const echoed = (value: JsonObject, quirks: Quirks = { echoReasoning: true }) => {
    const messages = [user('Go.'), assistant(thought(value), call('c1', 'now'))]
    return (chat({ messages, quirks })['messages'] as JsonObject[])[1]
  }
  expect(echoed({ field: 'reasoning_content' })).toHaveProperty('reasoning_content', 'Let me see.')
  expect(echoed({ field: 'reasoning' })).toHaveProperty('reasoning', 'Let me see.')
  const details = [{ type: 'reasoning.encrypted', data: 'AAAA', index: 0 }]
  expect(echoed({ field: 'reasoning', reasoning_details: details })).toMatchObject({ reasoning_details: details })
  expect(Object.keys(echoed({ field: 'reasoning' }, {}) ?? {})).toEqual(['role', 'content', 'tool_calls'])
  const answered = [user('Go.'), assistant(thought({ field: 'reasoning' }), { type: 'text', text: 'Yes.' })]
  expect((chat({ messages: answered, quirks: { echoReasoning: true } })['messages'] as JsonObject[])[1]).toEqual({
    role: 'assistant',
    content: 'Yes.',
  })
})

test('keeps the signature that came with a call', () => {
  const signed = { extra_content: { google: { thought_signature: 'AAAA' } } }
  const messages = [
    user('Go.'),
    assistant({ ...call('c1', 'now'), providerData: { protocol: 'openai-chat', value: signed } }),
    results(['c1', 'now', 'noon']),
  ]
  const [, { tool_calls }] = chat({ messages })['messages'] as [JsonObject, { tool_calls: JsonObject[] }]
  expect(tool_calls[0]).toMatchObject(signed)
})

test('counts ids anew for a server that takes nine letters only', () => {
  const messages = [
    user('Go.'),
    assistant(call('call_verylongid', 'now'), call('abcdefghi', 'now')),
    results(['call_verylongid', 'now', 'noon'], ['abcdefghi', 'now', 'noon']),
  ]
  const ids = (chat({ messages, quirks: { shortIds: true } })['messages'] as JsonObject[]).flatMap(message => [
    ...((message['tool_calls'] as JsonObject[]) ?? []).map(({ id }) => id),
    ...(message['tool_call_id'] === undefined ? [] : [message['tool_call_id']]),
  ])
  expect(ids).toEqual(['call00001', 'abcdefghi', 'call00001', 'abcdefghi'])
})

test('joins neighbours of one role for templates that want turns', () => {
  const messages = [user('One.'), user('Two.'), assistant({ type: 'text', text: 'Three.' })]
  expect(chat({ system: ['A.', 'B.'], messages, quirks: { mergeSameRole: true } })['messages']).toEqual([
    { role: 'system', content: 'A.\n\nB.' },
    { role: 'user', content: 'One.\n\nTwo.' },
    { role: 'assistant', content: 'Three.' },
  ])
})

test.for<[what: string, model: string, settings: ModelSettings, quirks: Quirks, parameters: JsonObject]>([
  [
    'all of them',
    'qwen3',
    { temperature: 0.5, topP: 0.9, maxTokens: 9, frequencyPenalty: 1, presencePenalty: 2 },
    {},
    { temperature: 0.5, top_p: 0.9, max_tokens: 9, frequency_penalty: 1, presence_penalty: 2 },
  ],
  [
    'zeros',
    'qwen3',
    { temperature: 0, topP: 0, frequencyPenalty: 0, presencePenalty: 0 },
    {},
    { temperature: 0, top_p: 0, frequency_penalty: 0, presence_penalty: 0 },
  ],
  [
    'what reasoners refuse',
    'gpt-5',
    { temperature: 0.5, topP: 0.9, maxTokens: 9, frequencyPenalty: 1, presencePenalty: 2 },
    {},
    { max_completion_tokens: 9 },
  ],
  [
    'what grok refuses',
    'grok-4',
    { temperature: 0.5, frequencyPenalty: 1, thinkingBudget: 'high' },
    {},
    { temperature: 0.5 },
  ],
  ['a gateway before the name', 'openai/o3', { temperature: 1, maxTokens: 9 }, {}, { max_completion_tokens: 9 }],
  [
    'a field of the server',
    'x',
    { maxTokens: 9 },
    { maxTokensField: 'max_completion_tokens' },
    { max_completion_tokens: 9 },
  ],
  ['a level', 'gpt-5', { thinkingBudget: 'medium' }, {}, { reasoning_effort: 'medium' }],
  ['tokens', 'gpt-5', { thinkingBudget: 3000 }, {}, { reasoning_effort: 'medium' }],
  ['no thinking', 'gpt-5.1', { thinkingBudget: 0 }, {}, { reasoning_effort: 'none' }],
  ['no thinking, as near as it gets', 'gpt-5', { thinkingBudget: 'none' }, {}, { reasoning_effort: 'minimal' }],
  ['the nearest level', 'grok-3-mini', { thinkingBudget: 'medium' }, {}, { reasoning_effort: 'low' }],
  ['as the model likes', 'gpt-5', { thinkingBudget: -1 }, {}, {}],
  ['no thinker', 'gpt-4o', { thinkingBudget: 'high' }, {}, {}],
  ['an unknown thinker', 'qwen3', { thinkingBudget: 'low' }, {}, { reasoning_effort: 'low' }],
  [
    'options',
    'x',
    { options: { seed: 7, api_type: 'openai_chatcompletions', temperature: 0 } },
    {},
    { seed: 7, temperature: 0 },
  ],
])('sends as parameters: %s', ([, model, settings, quirks, expected]) => {
  const { model: name, messages, stream, stream_options, ...parameters } = chat({ model, settings, quirks })
  expect({ name, messages, stream, stream_options }).toMatchObject({ name: model, stream: true })
  expect(parameters).toEqual(expected)
})

test('asks for one call at a time only where that is asked for, and understood', () => {
  const parallel = (settings: ModelSettings, fields: Asked = {}) =>
    chat({ tools: [now], settings, ...fields })['parallel_tool_calls']
  expect(parallel({ parallelToolCalls: false })).toBe(false)
  expect(parallel({ parallelToolCalls: true })).toBeUndefined()
  expect(parallel({ parallelToolCalls: false }, { model: 'o3' })).toBeUndefined()
  expect(parallel({ parallelToolCalls: false }, { quirks: { noParallelToolCalls: true } })).toBeUndefined()
  expect(parallel({ parallelToolCalls: false }, { tools: [] })).toBeUndefined()
})

test('asks for usage unless told otherwise', () => {
  expect(chat({})['stream_options']).toEqual({ include_usage: true })
  expect(chat({ settings: { trackUsage: false } })).not.toHaveProperty('stream_options')
  expect(chat({ quirks: { noStreamOptions: true } })).not.toHaveProperty('stream_options')
  const options = { stream_options: { include_obfuscation: false } }
  expect(chat({ settings: { options } })['stream_options']).toEqual({
    include_usage: true,
    include_obfuscation: false,
  })
})

test('refuses a file for which the protocol has no place, by name', () => {
  expect(() => chat({ messages: [user(files.zip)] })).toThrow(Failure)
  expect(() => chat({ messages: [user(files.zip)] })).toThrow(/all\.zip \(application\/zip\)/)
})
