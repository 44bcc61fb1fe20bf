import { expect, test } from 'vitest'
import { Failure } from '../runtime/core/errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../runtime/core/json.ts'
import type { AssistantPart, ContentPart, Message, ReasoningPart } from '../runtime/core/message.ts'
import { anthropicMessages } from '../runtime/models/anthropic-messages.ts'
import { type Asked, assistant, call, files, lines, now, readFile, results, sent, user } from './support/asked.ts'

const messages = (asked: Asked): JsonObject => sent(anthropicMessages, { model: 'claude-sonnet-4-5', ...asked })

/** What is sent of a conversation, without cache marks. */
const conversation = (...said: Message[]): Json | undefined =>
  messages({ messages: said, settings: { options: { disable_prompt_caching: true } } })['messages']

const say = (text: string): AssistantPart => ({ type: 'text', text })
const own = (text: string, value: JsonObject): ReasoningPart => ({
  type: 'reasoning',
  text,
  providerData: { protocol: 'anthropic-messages', value },
})
const thought = (text: string): ReasoningPart => own(text, { type: 'thinking', signature: `signed ${text}` })

test('sends instructions, what was said, and tools', () => {
  const asked = { system: ['Be brief.', 'Today is Monday.'], stable: 1, tools: [readFile, now] }
  expect(lines(messages(asked))).toMatchInlineSnapshot(`
    "model: "claude-sonnet-4-5"
    max_tokens: 64000
    system:
    {"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}
    {"type":"text","text":"Today is Monday."}
    messages:
    {"role":"user","content":[{"type":"text","text":"Hello","cache_control":{"type":"ephemeral"}}]}
    stream: true
    tools:
    {"name":"read_file","description":"Reads a file.","input_schema":{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}}
    {"name":"now","description":"Tells the time.","input_schema":{"type":"object","properties":{}}}"
  `)
})

test('sends a turn with tools back as it came: thoughts first, results in the order of the calls', () => {
  const answers = results(['toolu_2', 'read_file', 'no such file'], ['toolu_1', 'read_file', [files.image]])
  const [missing, ...rest] = answers.role === 'tool' ? answers.results : []
  expect(
    lines(
      conversation(
        user('Compare a and b.'),
        assistant(
          thought('Two files.'),
          say('I look.'),
          call('toolu_1', 'read_file', { path: 'a' }),
          call('toolu_2', 'read_file', { path: 'b' }),
        ),
        { role: 'tool', results: [{ ...missing!, error: 'failed' }, ...rest] },
        user('Go on.'),
      ),
    ),
  ).toMatchInlineSnapshot(`
    "{"role":"user","content":[{"type":"text","text":"Compare a and b."}]}
    {"role":"assistant","content":[{"type":"thinking","signature":"signed Two files.","thinking":"Two files."},{"type":"text","text":"I look."},{"type":"tool_use","id":"toolu_1","name":"read_file","input":{"path":"a"}},{"type":"tool_use","id":"toolu_2","name":"read_file","input":{"path":"b"}}]}
    {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"aW1hZ2U="}}]},{"type":"tool_result","tool_use_id":"toolu_2","content":[{"type":"text","text":"no such file"}],"is_error":true},{"type":"text","text":"Go on."}]}"
  `)
})

test('leaves out what is empty, and the thoughts of other providers', () => {
  const foreign: ReasoningPart = {
    type: 'reasoning',
    text: 'Hm.',
    providerData: { protocol: 'openai-chat', value: {} },
  }
  const said = [
    user('Hello', '  \n'),
    assistant({ type: 'reasoning', text: 'Hm.' }, foreign, say('')),
    user(' '),
    assistant(say('Hello.')),
    user('And?'),
  ]
  expect(conversation(...said)).toEqual([
    { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
    { role: 'assistant', content: [{ type: 'text', text: 'Hello.' }] },
    { role: 'user', content: [{ type: 'text', text: 'And?' }] },
  ])
})

test('sends hidden thoughts and the blocks of server tools back unopened, each in its place', () => {
  const blocks = [
    { type: 'thinking', thinking: '', signature: 'c2lnbmVk' },
    { type: 'redacted_thinking', data: 'c2VjcmV0' },
    { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'tea' } },
    { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [{ encrypted_content: 'YQ==' }] },
    { type: 'text', text: 'Green.' },
  ]
  const { thinking: _none, ...signed } = blocks[0]!
  const parts = [own('', signed), ...blocks.slice(1, 4).map(block => own('', block)), say('Green.')]
  expect(conversation(user('Tea?'), assistant(...parts), user('Ah.'))).toMatchObject([{}, { content: blocks }, {}])
})

test.each([
  ['claude-sonnet-4-5', [{ type: 'text', text: 'Green.' }]],
  [
    'MiniMax-M2',
    [
      { type: 'thinking', thinking: 'Hm.' },
      { type: 'text', text: 'Green.' },
    ],
  ],
])('sends %s thoughts without a signature only where they are taken', (model, content) => {
  const said = [user('Tea?'), assistant(own('Hm.', { type: 'thinking' }), say('Green.')), user('Ah.')]
  expect(messages({ model, messages: said })['messages']).toMatchObject([{}, { content }, {}])
})

test('puts ids of other providers into letters that are accepted, in both places', () => {
  const id = 'functions.now:0'
  expect(conversation(user('Go.'), assistant(call(id, 'now')), results([id, 'now', ' ']))).toEqual([
    { role: 'user', content: [{ type: 'text', text: 'Go.' }] },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'functions_now_0', name: 'now', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'functions_now_0' }] },
  ])
})

test('sends images, PDFs and text files in the form of each', () => {
  const svg: ContentPart = { type: 'file', mediaType: 'image/svg+xml', data: 'PHN2Zy8+', name: 'dot.svg' }
  expect(lines(conversation(user('Look:', files.image, files.pdf, files.csv, svg)))).toMatchInlineSnapshot(
    `"{"role":"user","content":[{"type":"text","text":"Look:"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"aW1hZ2U="}},{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERg=="},"title":"paper.pdf"},{"type":"text","text":"<attached_file path=\\"list.csv\\">\\nä,b\\n</attached_file>"},{"type":"text","text":"<attached_file path=\\"dot.svg\\">\\n<svg/>\\n</attached_file>"}]}"`,
  )
})

test('refuses a file that has no place, by its name', () => {
  expect(() => conversation(user(files.zip))).toThrow(Failure)
  expect(() => conversation(user(files.zip))).toThrow('all.zip (application/zip)')
})

test('leaves choices between whole schemas to the tool', () => {
  const a = { anyOf: [{ type: 'string' }, { type: 'null' }] }
  const parameters = { type: 'object', properties: { a }, anyOf: [{ required: ['a'] }], oneOf: [], allOf: [] }
  expect(messages({ tools: [{ ...readFile, parameters }] })['tools']).toMatchObject([
    { input_schema: { type: 'object', properties: { a } } },
  ])
  expect(lines(messages({ tools: [{ ...readFile, parameters }] })['tools'])).not.toMatch(/oneOf|allOf|required/)
})

/** Where cache marks stand. */
const marksIn = (value: Json, path = ''): string[] => {
  if (Array.isArray(value)) return value.flatMap((item, index) => marksIn(item, `${path} ${index}`))
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([key, item]) =>
    key === 'cache_control' ? [path.trim()] : marksIn(item, `${path} ${key}`),
  )
}
const long = [
  user('One.'),
  assistant(thought('Hm.'), say('Two.')),
  user('Three.'),
  assistant(call('toolu_1', 'now'), call('toolu_2', 'now')),
  results(['toolu_1', 'now', 'noon'], ['toolu_2', 'now', '']),
]
const off = { options: { disable_prompt_caching: true } }

test.each<[string, Asked, string[]]>([
  [
    'behind what is stable, not behind the day',
    { system: ['a', 'b', 'day'], stable: 2 },
    ['system 1', 'messages 0 content 0'],
  ],
  [
    'behind the tools where no instruction is stable',
    { system: ['day'], tools: [readFile, now] },
    ['messages 0 content 0', 'tools 1'],
  ],
  [
    'behind the last two things that the model was told',
    { messages: long },
    ['messages 2 content 0', 'messages 4 content 1'],
  ],
  [
    'in three places at most',
    { system: ['a'], stable: 1, tools: [now], messages: long },
    ['system 0', 'messages 2 content 0', 'messages 4 content 1'],
  ],
  ['nowhere, when that is asked for', { system: ['a'], stable: 1, settings: off }, []],
])('sets cache marks %s', (_where, asked, places) => {
  expect(marksIn(messages(asked))).toEqual(places)
})

test('sets the last mark of a request again in the next, so that what was written is read', () => {
  const [, written] = marksIn(messages({ system: ['a'], stable: 1, messages: long.slice(0, 1) }))
  const [, again] = marksIn(messages({ system: ['a'], stable: 1, messages: long.slice(0, 3) }))
  expect(again).toBe(written)
})
