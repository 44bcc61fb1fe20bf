import { expect, test } from 'vitest'
import type { JsonObject } from '../runtime/core/json.ts'
import type { ModelSettings } from '../runtime/core/protocol.ts'
import { openaiResponses } from '../runtime/models/openai-responses.ts'
import { type Asked, assistant, call, files, lines, now, readFile, results, sent, user } from './support/asked.ts'

const responses = (asked: Asked): JsonObject => sent(openaiResponses, asked)

test('sends instructions, what was said, and tools, and keeps nothing on the server', () => {
  expect(
    lines(responses({ system: ['Be brief.', 'Be kind.'], tools: [readFile, now], model: 'gpt-5' })),
  ).toMatchInlineSnapshot(`
    "model: "gpt-5"
    input:
    {"role":"system","content":"Be brief."}
    {"role":"system","content":"Be kind."}
    {"role":"user","content":"Hello"}
    stream: true
    store: false
    include:
    "reasoning.encrypted_content"
    tools:
    {"type":"function","name":"read_file","description":"Reads a file.","parameters":{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]},"strict":false}
    {"type":"function","name":"now","description":"Tells the time.","parameters":{"type":"object","properties":{}},"strict":false}"
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
  expect(lines(responses({ messages })['input'])).toMatchInlineSnapshot(`
    "{"role":"user","content":"Which time is in the file?"}
    {"type":"message","role":"assistant","content":[{"type":"output_text","text":"I will look."}]}
    {"type":"function_call","call_id":"call_1","name":"read_file","arguments":"{\\"path\\":\\"a\\"}"}
    {"type":"function_call","call_id":"call_2","name":"now","arguments":"{}"}
    {"type":"function_call_output","call_id":"call_1","output":"three"}
    {"type":"function_call_output","call_id":"call_2","output":"noon"}
    {"type":"function_call","call_id":"call_3","name":"now","arguments":"{}"}
    {"type":"function_call_output","call_id":"call_3","output":"(tool execution failed)"}"
  `)
})

test('sends reasoning back as it came, with the ids of what came of it', () => {
  const own = (value: JsonObject) => ({ providerData: { protocol: 'openai-responses', value } })
  const encrypted = {
    id: 'rs_1',
    type: 'reasoning',
    summary: [{ type: 'summary_text', text: 'Hm.' }],
    encrypted_content: 'AAAA',
  }
  const messages = [
    user('Go.'),
    assistant(
      { type: 'reasoning', text: 'Hm.', ...own(encrypted) },
      { type: 'text', text: 'I will look.', ...own({ id: 'msg_1', phase: 'commentary' }) },
      { ...call('call_1', 'now'), ...own({ id: 'fc_1' }) },
    ),
    results(['call_1', 'now', 'noon']),
    assistant(
      { type: 'text', text: 'Noon.', ...own({ id: 'msg_2' }) },
      { type: 'reasoning', text: '', ...own(encrypted) },
    ),
  ]
  expect(lines((responses({ messages })['input'] as JsonObject[]).slice(1))).toMatchInlineSnapshot(`
    "{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"Hm."}],"encrypted_content":"AAAA"}
    {"type":"message","role":"assistant","id":"msg_1","phase":"commentary","content":[{"type":"output_text","text":"I will look."}]}
    {"type":"function_call","id":"fc_1","call_id":"call_1","name":"now","arguments":"{}"}
    {"type":"function_call_output","call_id":"call_1","output":"noon"}
    {"type":"message","role":"assistant","content":[{"type":"output_text","text":"Noon."}]}"
  `)
})

test('leaves out what another protocol or a summary alone has left behind', () => {
  const messages = [
    user('Go.'),
    assistant(
      { type: 'reasoning', text: 'A summary.' },
      {
        type: 'reasoning',
        text: 'Hm.',
        providerData: { protocol: 'anthropic-messages', value: { signature: 'AAAA' } },
      },
      { type: 'text', text: 'Yes.', providerData: { protocol: 'openai-responses', value: { id: 'msg_1' } } },
    ),
    assistant({ type: 'reasoning', text: 'Only thoughts.' }),
    user('On.'),
  ]
  expect(responses({ messages })['input']).toEqual([
    { role: 'user', content: 'Go.' },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Yes.' }] },
    { role: 'user', content: 'On.' },
  ])
})

test('sends images, PDFs and text files in the form of each, also those of tools', () => {
  const messages = [
    user('Look:', files.image, files.pdf, files.csv),
    assistant(call('c1', 'draw')),
    results(['c1', 'draw', [{ type: 'text', text: 'Done.' }, files.image]]),
  ]
  expect(responses({ messages })['input']).toMatchInlineSnapshot(`
    [
      {
        "content": [
          {
            "text": "Look:",
            "type": "input_text",
          },
          {
            "detail": "auto",
            "image_url": "data:image/png;base64,aW1hZ2U=",
            "type": "input_image",
          },
          {
            "file_data": "data:application/pdf;base64,JVBERg==",
            "filename": "paper.pdf",
            "type": "input_file",
          },
          {
            "text": "<attached_file path="list.csv">
    ä,b
    </attached_file>",
            "type": "input_text",
          },
        ],
        "role": "user",
      },
      {
        "arguments": "{}",
        "call_id": "c1",
        "name": "draw",
        "type": "function_call",
      },
      {
        "call_id": "c1",
        "output": [
          {
            "text": "Done.",
            "type": "input_text",
          },
          {
            "detail": "auto",
            "image_url": "data:image/png;base64,aW1hZ2U=",
            "type": "input_image",
          },
        ],
        "type": "function_call_output",
      },
    ]
  `)
  expect(() => responses({ messages: [user(files.wav)] })).toThrow(/word\.wav \(audio\/wav\)/)
})

test('asks for an answer of a given shape', () => {
  const output = { name: 'city', description: 'A city.', schema: { type: 'object' }, strict: true }
  const settings = { options: { text: { verbosity: 'low' } } }
  expect(responses({ output, settings })['text']).toMatchInlineSnapshot(`
    {
      "format": {
        "description": "A city.",
        "name": "city",
        "schema": {
          "type": "object",
        },
        "strict": true,
        "type": "json_schema",
      },
      "verbosity": "low",
    }
  `)
})

test.for<[what: string, model: string, settings: ModelSettings, parameters: JsonObject]>([
  [
    'all of them',
    'gpt-4.1',
    { temperature: 0.5, topP: 0.9, maxTokens: 900, frequencyPenalty: 1, presencePenalty: 2 },
    { temperature: 0.5, top_p: 0.9, max_output_tokens: 900 },
  ],
  ['no fewer tokens than are accepted', 'gpt-4.1', { maxTokens: 1 }, { max_output_tokens: 16 }],
  ['what reasoners refuse', 'o3', { temperature: 0.5, topP: 0.9 }, {}],
  ['a level', 'gpt-5', { thinkingBudget: 'high' }, { reasoning: { effort: 'high', summary: 'auto' } }],
  ['tokens', 'gpt-5-codex', { thinkingBudget: 1 }, { reasoning: { effort: 'low', summary: 'auto' } }],
  ['no thinking', 'gpt-5.1', { thinkingBudget: 'none' }, { reasoning: { effort: 'none' } }],
  ['as the model likes', 'gpt-5', { thinkingBudget: 'adaptive' }, { reasoning: { summary: 'auto' } }],
  ['no thinker', 'gpt-4.1', { thinkingBudget: 'high' }, {}],
  ['one that will not be told', 'grok-4', { thinkingBudget: 'high' }, {}],
  ['an unknown thinker', 'gpt-oss-120b', { thinkingBudget: 'high' }, { reasoning: { effort: 'high' } }],
  [
    'options',
    'gpt-5',
    { thinkingBudget: 'low', options: { reasoning: { summary: 'detailed' }, api_type: 'openai_responses' } },
    { reasoning: { effort: 'low', summary: 'detailed' } },
  ],
])('sends as parameters: %s', ([, model, settings, expected]) => {
  const { model: name, input, stream, store, include, ...parameters } = responses({ model, settings })
  expect({ name, input, stream, store }).toMatchObject({ name: model, stream: true, store: false })
  expect(parameters).toEqual(expected)
})

test('asks for encrypted reasoning only where the model has some', () => {
  expect(responses({ model: 'gpt-5-mini' })['include']).toEqual(['reasoning.encrypted_content'])
  expect(responses({ model: 'grok-4-fast' })['include']).toEqual(['reasoning.encrypted_content'])
  expect(responses({ model: 'gpt-4.1' })).not.toHaveProperty('include')
})
