import { expect, test } from 'vitest'
import { canonical } from '../runtime/cassette/match/canonical.ts'
import type { JsonObject } from '../runtime/core/json.ts'
import type { AssistantPart, ToolCall } from '../runtime/core/message.ts'
import { gemini } from '../runtime/models/gemini.ts'
import { type Asked, assistant, call, lines, readFile, results, sent, user } from './support/asked.ts'
import { cagentCalls } from './support/cagent.ts'
import { wildFolder } from './support/wild.ts'

const body = (asked: Asked): JsonObject => sent(gemini, { model: 'gemini-2.5-flash', ...asked })
const say = (text: string): AssistantPart => ({ type: 'text', text })
const own = (value: JsonObject) => ({ providerData: { protocol: 'gemini', value } })
const asks = (id: string, value?: JsonObject): ToolCall => ({
  ...call(id, 'read_file', { path: 'a' }),
  ...(value && own(value)),
})

const { shape } = gemini
const operation = gemini.operation('gemini-2.5-flash')
const conversation = (one: JsonObject) => shape.conversation(one, operation)
const turn = (value: JsonObject, thought = 'Hm.'): Asked => ({
  system: ['Be brief.'],
  tools: [readFile],
  messages: [
    user('Read a.'),
    assistant(
      { type: 'reasoning', text: thought, ...own({ thoughtSignature: 'c2ln' }) } as AssistantPart,
      say('I '),
      say('look.'),
      asks('a', value),
    ),
    results(['a', 'read_file', 'words']),
    user('And?'),
  ],
})

test('other ids, and signatures spelled in another way, make no other request; other thoughts do', () => {
  const compared = (asked: Asked) => canonical(body(asked), shape)
  const one = turn({ id: 'one', thoughtSignature: '+/+/' })
  expect(compared(turn({ id: 'two', thoughtSignature: '-_-_' }))).toEqual(compared(one))
  expect(compared(turn({ id: 'one', thoughtSignature: '+/+/' }, 'Well.'))).not.toEqual(compared(one))
})

test('a body tells its conversation', () => {
  const told = conversation(body(turn({})))
  expect({ ...told, tools: told.tools.map(({ name }) => name), turns: [] }).toEqual({
    model: 'gemini-2.5-flash',
    system: ['Be brief.'],
    tools: ['read_file'],
    turns: [],
  })
  expect(lines(JSON.parse(JSON.stringify(told.turns)))).toMatchInlineSnapshot(`
    "{"role":"user","content":["Read a."]}
    {"role":"assistant","content":["I look.",{"call":"read_file","input":{"path":"a"}}]}
    {"role":"tool","content":[{"of":"read_file","text":"words"}]}
    {"role":"user","content":["And?"]}"
  `)
})

test('a Python client says the same in its own spelling', () => {
  const ours = body(turn({ id: 'x', thoughtSignature: 'c2ln' }))
  const snake = JSON.parse(
    JSON.stringify(ours)
      .replaceAll('functionCall"', 'function_call"')
      .replaceAll('functionResponse"', 'function_response"')
      .replaceAll('thoughtSignature', 'thought_signature')
      .replaceAll('functionDeclarations', 'function_declarations')
      .replaceAll('systemInstruction', 'system_instruction'),
  )
  const { tools: _ours, ...said } = conversation(ours)
  const { tools, ...same } = conversation(snake)
  expect(same).toEqual(said)
  expect(tools.map(({ name }) => name)).toEqual(['read_file'])
})

// The recordings lie beside the project, in a folder that a clone of the project alone does not have.
test.skipIf(!wildFolder)("cagent's recording of a tool call is the conversation that we would send", () => {
  const said = [
    user('How many files in testdata/working_dir? Only output the number.'),
    assistant(call('call_1', 'list_directory', { path: 'testdata/working_dir' })),
    results(['call_1', 'list_directory', 'FILE README.me\n']),
  ]
  const ours = [said.slice(0, 1), said].map(some => conversation(body({ messages: some, system: ['Be brief.'] })).turns)
  const theirs = cagentCalls('TestExec_Gemini_ToolCall').map(({ requestBody }) =>
    conversation(requestBody as JsonObject),
  )
  expect(theirs.map(({ turns }) => turns)).toEqual(ours)
  expect(theirs[0]?.system).toHaveLength(2)
})
