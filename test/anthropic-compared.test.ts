import { expect, test } from 'vitest'
import { canonical } from '../runtime/cassette/match/canonical.ts'
import type { JsonObject } from '../runtime/core/json.ts'
import { anthropicMessages } from '../runtime/models/anthropic-messages.ts'
import { type Asked, assistant, call, lines, readFile, results, sent, user } from './support/asked.ts'
import { cagentCalls } from './support/cagent.ts'
import { wildFolder } from './support/wild.ts'

const { shape } = anthropicMessages
const messages = (asked: Asked): JsonObject => sent(anthropicMessages, { model: 'claude-sonnet-4-5', ...asked })
const compared = (body: JsonObject): JsonObject => canonical(body, shape) as JsonObject
const conversation = (body: JsonObject) => shape.conversation(body, '/v1/messages')

const turn = (id: string, thought = 'Hm.'): Asked => ({
  system: ['Be brief.'],
  stable: 1,
  tools: [readFile],
  messages: [
    user('Read a.'),
    assistant(
      {
        type: 'reasoning',
        text: thought,
        providerData: { protocol: 'anthropic-messages', value: { type: 'thinking', signature: 'c2ln' } },
      },
      { type: 'text', text: 'I look.' },
      call(id, 'read_file', { path: 'a' }),
    ),
    results([id, 'read_file', 'words']),
    user('And?'),
  ],
})

test('other ids, cache marks and user ids make no other request', () => {
  const options = { disable_prompt_caching: true, metadata: { user_id: 'x' } }
  const same = { ...turn('toolu_2'), settings: { options } }
  expect(compared(messages(same))).toEqual(compared(messages(turn('toolu_1'))))
})

test.each<[string, Asked]>([
  ['instructions', { ...turn('toolu_1'), system: ['Be kind.'] }],
  ['thoughts', turn('toolu_1', 'Well.')],
  ['options', { ...turn('toolu_1'), settings: { options: { top_k: 1 } } }],
])('other %s make another request', (_what, other) => {
  expect(compared(messages(other))).not.toEqual(compared(messages(turn('toolu_1'))))
})

test('a body tells its conversation, also when its ids are renamed', () => {
  const told = conversation(messages(turn('toolu_1')))
  expect({ ...told, tools: told.tools.map(({ name }) => name), turns: [] }).toEqual({
    model: 'claude-sonnet-4-5',
    system: ['Be brief.'],
    tools: ['read_file'],
    turns: [],
  })
  expect(lines(JSON.parse(JSON.stringify(told.turns)))).toMatchInlineSnapshot(`
    "{"role":"user","content":["Read a."]}
    {"role":"assistant","content":["I look.",{"id":"toolu_1","call":"read_file","input":{"path":"a"}}]}
    {"role":"tool","content":[{"id":"toolu_1","text":"words"}]}
    {"role":"user","content":["And?"]}"
  `)
  const renamed = ['toolu_1', 'toolu_2'].map(id => conversation(compared(messages(turn(id, id)))))
  expect(renamed[0]?.turns).toEqual(renamed[1]?.turns)
})

test('words in one text or in blocks, in one message or in several, are one conversation', () => {
  const text = (text: string) => ({ type: 'text', text })
  const one = { messages: [{ role: 'user', content: [text('a'), text('b ')] }] }
  const other = {
    messages: [
      { role: 'user', content: 'a' },
      { role: 'user', content: '\nb' },
    ],
  }
  expect(conversation(one).turns).toEqual(conversation(other).turns)
})

// The recordings lie beside the project, in a folder that a clone of the project alone does not have.
test.skipIf(!wildFolder)("cagent's recording of a tool call is the conversation that we would send", () => {
  const id = 'toolu_012gmfqnoTX8c5aV3vMWUnas'
  const said = [
    user('How many files in testdata/working_dir? Only output the number.'),
    assistant(call(id, 'list_directory', { path: 'testdata/working_dir' })),
    results([id, 'list_directory', 'FILE README.me\n']),
  ]
  const ours = [said.slice(0, 1), said].map(some => conversation(messages({ messages: some })).turns)
  const theirs = cagentCalls('TestExec_Anthropic_ToolCall').map(
    ({ requestBody }) => conversation(requestBody as JsonObject).turns,
  )
  expect(theirs).toEqual(ours)
})
