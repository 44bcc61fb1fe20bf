import { expect, test } from 'vitest'
import { Failure } from '../runtime/core/errors.ts'
import type { Json, JsonObject } from '../runtime/core/json.ts'
import type { AssistantPart, Message, ToolCall } from '../runtime/core/message.ts'
import { gemini } from '../runtime/models/gemini.ts'
import { type Asked, assistant, call, files, lines, now, readFile, results, sent, user } from './support/asked.ts'

const body = (asked: Asked): JsonObject => sent(gemini, { model: 'gemini-2.5-flash', ...asked })
const contents = (model: string, ...messages: Message[]): Json | undefined => body({ model, messages })['contents']

const say = (text: string): AssistantPart => ({ type: 'text', text })
const own = (value: JsonObject) => ({ providerData: { protocol: 'gemini', value } })
const asks = (id: string, value?: JsonObject): ToolCall => ({
  ...call(id, 'read_file', { path: 'a' }),
  ...(value && own(value)),
})

test('names the model in its path', () => {
  expect(gemini.operation('gemini-2.5-flash')).toBe('/models/gemini-2.5-flash:streamGenerateContent?alt=sse')
})

test('sends instructions, what was said, and tools', () => {
  const parameters = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...readFile.parameters }
  const asked = { system: ['Be brief.', 'Be kind.'], tools: [{ ...readFile, parameters }, now] }
  expect(lines(body(asked))).toMatchInlineSnapshot(`
    "systemInstruction: {"parts":[{"text":"Be brief."},{"text":"Be kind."}]}
    contents:
    {"role":"user","parts":[{"text":"Hello"}]}
    tools:
    {"functionDeclarations":[{"name":"read_file","description":"Reads a file.","parametersJsonSchema":{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}},{"name":"now","description":"Tells the time.","parametersJsonSchema":{"type":"object","properties":{}}}]}"
  `)
})

test('sends any JSON Schema of a tool as it is', () => {
  const parameters = {
    type: 'object',
    properties: { when: { anyOf: [{ $ref: '#/$defs/time' }, { type: ['string', 'null'] }] } },
    additionalProperties: false,
    $defs: { time: { type: 'number', exclusiveMinimum: 0 } },
  }
  expect(body({ tools: [{ ...now, parameters }] })['tools']).toEqual([
    { functionDeclarations: [{ name: 'now', description: 'Tells the time.', parametersJsonSchema: parameters }] },
  ])
})

test('sends a turn with tools back as it came; results without ids, in the order of the calls', () => {
  const said = contents(
    'gemini-2.5-flash',
    user('Compare a and b.'),
    assistant(
      { type: 'reasoning', text: 'Two files.' },
      { ...say('I look.'), ...own({ thoughtSignature: 'c2lnMQ==' }) } as AssistantPart,
      asks('call_1', { thoughtSignature: 'c2lnMg==' }),
      call('call_2', 'now'),
    ),
    results(['call_2', 'now', 'noon'], ['call_1', 'read_file', 'words']),
    user('Go on.'),
  )
  expect(lines(said)).toMatchInlineSnapshot(`
    "{"role":"user","parts":[{"text":"Compare a and b."}]}
    {"role":"model","parts":[{"text":"I look.","thoughtSignature":"c2lnMQ=="},{"functionCall":{"name":"read_file","args":{"path":"a"}},"thoughtSignature":"c2lnMg=="},{"functionCall":{"name":"now","args":{}}}]}
    {"role":"user","parts":[{"functionResponse":{"name":"read_file","response":{"result":"words"}}},{"functionResponse":{"name":"now","response":{"result":"noon"}}}]}
    {"role":"user","parts":[{"text":"Go on."}]}"
  `)
})

test('gives back the ids that Gemini gave, whatever they are called here', () => {
  expect(
    contents(
      'gemini-3-flash',
      user('Go.'),
      assistant(asks('call_7', { id: 'abc', thoughtSignature: 'c2ln' })),
      results(['call_7', 'read_file', 'words']),
    ),
  ).toMatchObject([
    {},
    { parts: [{ functionCall: { id: 'abc', name: 'read_file' }, thoughtSignature: 'c2ln' }] },
    { parts: [{ functionResponse: { id: 'abc', name: 'read_file', response: { result: 'words' } } }] },
  ])
})

test('an error of a tool is told as one', () => {
  const [answer] = (results(['call_1', 'read_file', 'no such file']) as Extract<Message, { role: 'tool' }>).results
  const failed: Message = { role: 'tool', results: [{ ...answer!, error: 'failed' }] }
  expect(contents('gemini-2.5-flash', user('Go.'), assistant(asks('call_1')), failed)).toMatchObject([
    {},
    {},
    { parts: [{ functionResponse: { name: 'read_file', response: { error: 'no such file' } } }] },
  ])
})

const unsigned = [
  user('Go.'),
  assistant(say('I look.'), asks('a'), asks('b')),
  results(['a', 'read_file', 'x'], ['b', 'read_file', 'y']),
]

test.each([
  ['gemini-2.5-flash', undefined],
  ['gemini-3-pro-preview', 'skip_thought_signature_validator'],
  ['gemini-flash-latest', 'skip_thought_signature_validator'],
])('%s is sent calls of another model with the signature %s, on the first', (model, thoughtSignature) => {
  const [, said] = contents(model, ...unsigned) as { parts: JsonObject[] }[]
  expect(said?.parts.map(part => part['thoughtSignature'])).toEqual([undefined, thoughtSignature, undefined])
})

test('a real signature is never replaced, and empty words are sent only to carry one', () => {
  const signed: AssistantPart = { ...say(''), ...own({ thoughtSignature: 'c2ln' }) } as AssistantPart
  const foreign = { ...asks('a'), providerData: { protocol: 'openai-chat', value: { thoughtSignature: 'bm8=' } } }
  const [, said] = contents(
    'gemini-3-flash',
    user('Go.'),
    assistant(asks('a', { thoughtSignature: 'eWVz' }), say(''), signed),
    results(['a', 'read_file', 'x']),
  ) as { parts: JsonObject[] }[]
  expect(said?.parts).toMatchObject([{ thoughtSignature: 'eWVz' }, { text: '', thoughtSignature: 'c2ln' }])
  expect(
    lines(contents('gemini-2.5-flash', user('Go.'), assistant(foreign), results(['a', 'read_file', 'x']))),
  ).not.toContain('bm8=')
})

test("signed thoughts, and what ran on Google's side, go back unopened; other thoughts do not", () => {
  const code = { executableCode: { language: 'PYTHON', code: '1+1' } }
  const parts: AssistantPart[] = [
    { type: 'reasoning', text: 'Hm.' },
    { type: 'reasoning', text: 'Well.', ...own({ thoughtSignature: 'c2ln' }) } as AssistantPart,
    { type: 'reasoning', text: '', ...own({ part: code }) } as AssistantPart,
    say('2'),
  ]
  expect(contents('gemini-2.5-flash', user('1+1?'), assistant(...parts), user('Ah.'))).toMatchObject([
    {},
    { role: 'model', parts: [{ text: 'Well.', thought: true, thoughtSignature: 'c2ln' }, code, { text: '2' }] },
    {},
  ])
})

test('what the user says in a row is one content, and nothing empty is sent', () => {
  expect(contents('gemini-2.5-flash', user('a'), user('b', ''), assistant(say('')), user(''))).toEqual([
    { role: 'user', parts: [{ text: 'a' }, { text: 'b' }] },
  ])
})

test('sends images, PDFs, sound and text files in the form of each', () => {
  expect(
    lines(contents('gemini-2.5-flash', user('Look:', files.image, files.pdf, files.wav, files.csv))),
  ).toMatchInlineSnapshot(
    `"{"role":"user","parts":[{"text":"Look:"},{"inlineData":{"mimeType":"image/png","data":"aW1hZ2U="}},{"inlineData":{"mimeType":"application/pdf","data":"JVBERg=="}},{"inlineData":{"mimeType":"audio/wav","data":"UklGRg=="}},{"text":"<attached_file path=\\"list.csv\\">\\nä,b\\n</attached_file>"}]}"`,
  )
  expect(() => contents('gemini-2.5-flash', user(files.zip))).toThrow(Failure)
})

test.each<[string, JsonObject[]]>([
  [
    'gemini-2.5-flash',
    [
      { functionResponse: { name: 'draw', response: { result: 'Done.' } } },
      { inlineData: { mimeType: 'image/png', data: 'aW1hZ2U=' } },
    ],
  ],
  [
    'gemini-3-flash',
    [
      {
        functionResponse: {
          name: 'draw',
          response: { result: 'Done.' },
          parts: [{ inlineData: { mimeType: 'image/png', data: 'aW1hZ2U=' } }],
        },
      },
    ],
  ],
])('%s is sent the files that a tool gave back where it looks for them', (model, parts) => {
  const drawn = results(['a', 'draw', [{ type: 'text', text: 'Done.' }, files.image]])
  expect(contents(model, user('Draw.'), assistant(call('a', 'draw')), drawn)).toMatchObject([{}, {}, { parts }])
})
