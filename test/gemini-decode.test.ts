import { expect, test } from 'vitest'
import type { JsonObject } from '../runtime/core/json.ts'
import { gemini } from '../runtime/models/gemini.ts'
import { awkward } from './support/awkward.ts'
import { decoded, replyOf } from './support/decoded.ts'

const hear = (body: string | Uint8Array | Iterable<Uint8Array>, status = 200, headers = {}) =>
  decoded(gemini, replyOf(body, status, headers))

const stream = (...messages: readonly JsonObject[]): string =>
  messages.map(message => `data: ${JSON.stringify(message)}\r\n\r\n`).join('')

const piece = (parts: readonly JsonObject[], finishReason?: string | number, rest: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...(finishReason !== undefined && { finishReason }) }],
  modelVersion: 'gemini-2.5-flash',
  ...rest,
})
const usage = {
  promptTokenCount: 100,
  cachedContentTokenCount: 60,
  toolUsePromptTokenCount: 7,
  candidatesTokenCount: 20,
  thoughtsTokenCount: 5,
}
const own = (value: JsonObject) => ({ protocol: 'gemini', value })
const code = { executableCode: { language: 'PYTHON', code: '1+1' } }

const rich = [
  piece([{ text: 'Wie spät', thought: true }], undefined, { usageMetadata: { promptTokenCount: 100 } }),
  piece([{ text: ' ist es? 🕰️', thought: true }]),
  piece([code]),
  piece([{ text: 'Ich ' }]),
  piece([{ text: 'schaue nach.' }, {}]),
  piece([{ text: '', thoughtSignature: 'c2lnMQ==' }]),
  piece([
    { functionCall: { name: 'now', args: { zone: 'Europe/Zürich' } }, thought_signature: 'c2lnMg==' },
    { functionCall: { name: 'now' } },
    { functionCall: { id: 'abc', name: 'read_file', args: { path: 'a' } } },
  ]),
  piece([], 'STOP', { usageMetadata: usage }),
]

test('an answer is heard part by part', async () => {
  const { parts, finish, events } = await hear(stream(...rich))
  expect(parts).toEqual([
    { type: 'reasoning', text: 'Wie spät ist es? 🕰️' },
    { type: 'reasoning', text: '', providerData: own({ part: code }) },
    { type: 'text', text: 'Ich schaue nach.', providerData: own({ thoughtSignature: 'c2lnMQ==' }) },
    {
      type: 'tool-call',
      id: 'call_1',
      name: 'now',
      input: { zone: 'Europe/Zürich' },
      providerData: own({ thoughtSignature: 'c2lnMg==' }),
    },
    { type: 'tool-call', id: 'call_2', name: 'now', input: {} },
    { type: 'tool-call', id: 'abc', name: 'read_file', input: { path: 'a' }, providerData: own({ id: 'abc' }) },
  ])
  expect(finish).toEqual({
    type: 'finish',
    stop: 'tool-calls',
    model: 'gemini-2.5-flash',
    usage: { input: 47, cacheRead: 60, cacheWrite: 0, output: 25, reasoning: 5 },
  })
  expect(events.flatMap(event => ('text' in event ? `${event.type} ${event.text}` : []))).toEqual([
    'reasoning-delta Wie spät',
    'reasoning-delta  ist es? 🕰️',
    'text-delta Ich ',
    'text-delta schaue nach.',
    'tool-input-delta {"zone":"Europe/Zürich"}',
    'tool-input-delta {}',
    'tool-input-delta {"path":"a"}',
  ])
})

test.each(Object.entries(awkward))('an answer is heard the same %s', async (_how, cut) => {
  expect((await hear(cut(Buffer.from(stream(...rich))))).events).toEqual((await hear(stream(...rich))).events)
})

test('an answer that is cut off anywhere is broken, or whole', async () => {
  const whole = await hear(stream(...rich))
  const bytes = Buffer.from(stream(...rich))
  for (let length = 0; length < bytes.length; length += 3) {
    const { parts, failure } = await hear(bytes.subarray(0, length))
    if (failure) expect({ length, code: failure.code }).toEqual({ length, code: 'stream-broken' })
    else expect({ length, parts }).toEqual({ length, parts: whole.parts })
  }
  expect((await hear(stream(...rich.slice(0, -1)))).failure?.code).toBe('stream-broken')
  expect((await hear('')).failure?.code).toBe('stream-broken')
})

test('the same answer as one list of JSON, or as one value, says the same', async () => {
  expect((await hear(JSON.stringify(rich))).events).toEqual((await hear(stream(...rich))).events)
  expect((await hear(JSON.stringify(rich).slice(0, -1))).failure?.code).toBe('stream-broken')
  const whole = piece([{ text: 'So.' }], 'STOP')
  expect((await hear(JSON.stringify(whole))).events).toEqual((await hear(stream(whole))).events)
})

test.each<[string | number, string]>([
  ['STOP', 'end'],
  [1, 'end'],
  ['MAX_TOKENS', 'length'],
  [2, 'length'],
  ['SAFETY', 'content-filter'],
  ['RECITATION', 'content-filter'],
  ['PROHIBITED_CONTENT', 'content-filter'],
  ['OTHER', 'end'],
  ['SOMETHING_NEW', 'end'],
])('%s after some words means %s', async (reason, expected) => {
  expect((await hear(stream(piece([{ text: 'So' }]), piece([], reason)))).finish?.stop).toBe(expected)
})

test.each<[string, JsonObject[]]>([
  ['MALFORMED_FUNCTION_CALL', [{ text: 'I look.' }]],
  ['MALFORMED_FUNCTION_CALL', []],
  ['UNEXPECTED_TOOL_CALL', []],
  ['OTHER', []],
])('%s after %j is a failure that may be over next time', async (reason, parts) => {
  const last = { candidates: [{ content: { parts }, finishReason: reason, finishMessage: 'It reads print(x).' }] }
  const { finish, failure } = await hear(stream(last))
  expect(finish).toBeUndefined()
  expect(failure).toMatchObject({ code: 'stream-broken', message: expect.stringContaining(`${reason}): It reads`) })
})

test('a call that Google did not expect is told to the model, like any that no tool answers', async () => {
  const answer = piece([{ functionCall: { name: 'list_files', args: {} } }], 'UNEXPECTED_TOOL_CALL')
  const { parts, finish } = await hear(stream(answer))
  expect(parts).toEqual([{ type: 'tool-call', id: 'call_1', name: 'list_files', input: {} }])
  expect(finish?.stop).toBe('tool-calls')
})

test('an answer without words that Google filters is told as filtered', async () => {
  const { finish } = await hear(stream({ candidates: [{ finishReason: 'SAFETY', index: 0 }] }))
  expect(finish?.stop).toBe('content-filter')
})

test('a prompt that is blocked is a failure with the reason', async () => {
  const blocked = { promptFeedback: { blockReason: 'SAFETY', blockReasonMessage: 'Harm.' }, usageMetadata: usage }
  expect((await hear(stream(blocked))).failure).toMatchObject({
    code: 'content-filter',
    message: 'Google refused the prompt (SAFETY). Harm.',
  })
})

test('feedback beside an answer, and other candidates, change nothing', async () => {
  const candidates = [
    { index: 1, content: { parts: [{ text: 'No.' }] }, finishReason: 'STOP' },
    { index: 0, content: { parts: [{ text: 'Yes.' }] }, finishReason: 'STOP' },
  ]
  const { parts } = await hear(stream({ promptFeedback: { safetyRatings: [] }, candidates }, { usageMetadata: usage }))
  expect(parts).toEqual([{ type: 'text', text: 'Yes.' }])
})

const refused = (code: number, status: string, message: string, details: readonly JsonObject[] = []): JsonObject => ({
  error: { code, status, message, details },
})

test.each<[number, JsonObject, object]>([
  [
    400,
    refused(400, 'INVALID_ARGUMENT', 'API key not valid.', [{ reason: 'API_KEY_INVALID' }]),
    { code: 'model-auth' },
  ],
  [404, refused(404, 'NOT_FOUND', 'models/gemini-9 is not found'), { code: 'model-not-found' }],
  [
    429,
    refused(429, 'RESOURCE_EXHAUSTED', 'Wait.', [{ retryDelay: '34s' }]),
    { code: 'rate-limited', retryAfter: 34_000 },
  ],
  [503, refused(503, 'UNAVAILABLE', 'The model is overloaded.'), { code: 'model-unavailable' }],
])('a refusal with %i is told in words: bare, in a list, or as an event', async (status, body, expected) => {
  for (const text of [JSON.stringify(body), JSON.stringify([body]), stream(body)]) {
    const { events, failure } = await hear(text, status, { 'content-type': 'text/event-stream' })
    expect(events).toEqual([])
    expect({ text, failure }).toMatchObject({ text, failure: expected })
  }
})

test('an error in the middle of a stream ends it', async () => {
  const overloaded = refused(503, 'UNAVAILABLE', 'Overloaded.')
  const { events, finish, failure } = await hear(stream(piece([{ text: 'So' }]), overloaded))
  expect(events).toEqual([{ type: 'text-delta', text: 'So' }])
  expect(finish).toBeUndefined()
  expect(failure).toMatchObject({ code: 'model-unavailable', message: expect.stringContaining('Overloaded.') })
})
