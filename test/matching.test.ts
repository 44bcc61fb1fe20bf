import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical, canonicalText } from '../runtime/cassette/match/canonical.ts'
import { comparedOf } from '../runtime/cassette/match/request.ts'
import type { Json, JsonObject } from '../runtime/core/json.ts'
import type { WireShape } from '../runtime/core/protocol.ts'
import {
  comparedLeaves,
  knownProtocol,
  otherThan,
  realRequests,
  relabelled,
  type Sample,
  withLeaf,
} from './support/real-requests.ts'
import { seeded } from './support/seeded.ts'
import { wildFolder } from './support/wild.ts'

const text = ({ body, shape }: Pick<Sample, 'body' | 'shape'>): string => canonicalText(canonical(body, shape))

test.skipIf(!wildFolder)(
  'real requests match themselves under other ids, another key order and another base64 alphabet',
  () => {
    for (const sample of realRequests()) {
      expect(text({ ...sample, body: relabelled(sample) }), sample.file).toBe(text(sample))
    }
  },
)

test.skipIf(!wildFolder)('ten thousand changes of a single field in real requests are all noticed', () => {
  const pool = realRequests().filter(({ body }) => JSON.stringify(body).length < 200_000)
  const random = seeded(7)
  let tried = 0
  while (tried < 10_000) {
    const sample = pool[Math.floor(random() * pool.length)]!
    const places = comparedLeaves(sample)
    const before = text(sample)
    for (let count = 0; count < 20; count++) {
      const { path, value } = places[Math.floor(random() * places.length)]!
      const body = withLeaf(sample.body, path, otherThan(value)) as JsonObject
      expect(text({ ...sample, body }) === before, `${sample.file} ${path.join('.')}`).toBe(false)
      tried++
    }
  }
})

const chat = (ids: readonly string[], results: readonly string[]): JsonObject => ({
  model: 'm',
  messages: [
    { role: 'user', content: 'go' },
    {
      role: 'assistant',
      tool_calls: ids.map(id => ({
        id,
        type: 'function',
        function: { name: 'f', arguments: `{"of": "${ids.indexOf(id)}"}` },
      })),
    },
    ...results.map((id, index) => ({ role: 'tool', tool_call_id: id, content: `result ${index}` })),
  ],
})

test('a result under the id of another call is not the same request', () => {
  const shape = knownProtocol('openai-chat')?.shape as WireShape
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 5 }), ids => {
      const straight = text({ body: chat(ids, ids), shape })
      const renamed = text({
        body: chat(
          ids.map(id => `x${id}`),
          ids.map(id => `x${id}`),
        ),
        shape,
      })
      const crossed = text({ body: chat(ids, [...ids].reverse()), shape })
      expect(renamed).toBe(straight)
      expect(crossed).not.toBe(straight)
    }),
  )
})

test('ids that begin anew in each answer still tie each result to its own call', () => {
  const shape = knownProtocol('openai-chat')?.shape as WireShape
  const call = (id: string, name: string) => ({
    role: 'assistant',
    tool_calls: [{ id, type: 'function', function: { name, arguments: '{}' } }],
  })
  const result = (id: string, content: string) => ({ role: 'tool', tool_call_id: id, content })
  const repeated = {
    messages: [call('call_0', 'a'), result('call_0', '1'), call('call_0', 'b'), result('call_0', '2')],
  }
  const unique = { messages: [call('x', 'a'), result('x', '1'), call('y', 'b'), result('y', '2')] }
  expect(text({ body: repeated, shape })).toBe(text({ body: unique, shape }))
})

const request = (body: JsonObject) => ({
  method: 'POST',
  url: 'https://api.openai.com/v1/chat/completions',
  provider: 'openai',
  protocol: 'openai-chat',
  operation: '/chat/completions',
  body,
})

const asked = (
  changes: JsonObject = {},
  messages: Json = [
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: 'Hi' },
  ],
) => comparedOf(request({ model: 'gpt-4o', messages, stream: true, ...changes }), knownProtocol)

test('instructions, tools and parameters are free in the conversation key, and nothing that was said is', () => {
  const recorded = asked()
  const prompt = asked({}, [
    { role: 'system', content: 'Be short.' },
    { role: 'user', content: 'Hi' },
  ])
  const parameters = asked({ temperature: 1, tools: [{ type: 'function', function: { name: 'f', parameters: {} } }] })
  for (const other of [prompt, parameters]) {
    expect(other.exact).not.toBe(recorded.exact)
    expect(other.conversation).toBe(recorded.conversation)
  }
  const said = asked({}, [
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: 'Hi!' },
  ])
  expect(said.conversation).not.toBe(recorded.conversation)
})

test('a field that nobody knows counts', () => {
  expect(asked({ brand_new_field: true }).exact).not.toBe(asked().exact)
})
