import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical, canonicalText } from '../runtime/cassette/canonical.ts'
import { comparedOf } from '../runtime/cassette/request.ts'
import { isJsonObject, type Json, type JsonObject } from '../runtime/core/json.ts'
import type { Protocol, WireShape } from '../runtime/core/protocol.ts'
import { loadAllProtocols } from '../runtime/models/protocols.ts'
import { protocolOf } from './support/protocol.ts'
import { seeded } from './support/seeded.ts'
import { recordedCalls, unreadFormats, wildFolder, wildIndex } from './support/wild.ts'

const protocols = new Map((await loadAllProtocols()).map(protocol => [protocol.id, protocol]))
const known = (id: string): Protocol | undefined => protocols.get(id)

type Sample = { readonly file: string; readonly body: JsonObject; readonly shape: WireShape }

/** The request bodies of real traffic in protocols that we speak, each once. */
const samples = (): Sample[] => {
  const bodies = new Map<string, Sample>()
  for (const row of wildIndex().filter(({ format }) => !unreadFormats[format])) {
    for (const call of recordedCalls(row.file)) {
      const shape = protocols.get(protocolOf(call) ?? '')?.shape
      const { requestBody: body } = call
      if (shape && isJsonObject(body)) bodies.set(JSON.stringify(body), { file: row.file, body, shape })
    }
  }
  return [...bodies.values()]
}

const text = ({ body, shape }: Pick<Sample, 'body' | 'shape'>): string => canonicalText(canonical(body, shape))

/** The names under which the four protocols keep ids that tie calls to results, inside the conversation. */
const idKeys = new Set(['id', 'call_id', 'tool_call_id', 'tool_use_id'])
const conversations = ['messages', 'input', 'contents']
/** What stands below these was written by a model or a tool: an `id` there is a word like any other. */
const foreign = new Set(['input', 'args', 'arguments', 'response', 'content_block', 'action', 'json', 'results'])

const changed = (value: Json, change: (key: string, value: Json) => Json, key = ''): Json => {
  const own = change(key, value)
  if (own !== value) return own
  if (Array.isArray(value)) return value.map(item => changed(item, change, key))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, foreign.has(name) ? item : changed(item, change, name)]),
  )
}

const shuffledKeys = (value: Json, random: () => number): Json => {
  if (Array.isArray(value)) return value.map(item => shuffledKeys(item, random))
  if (!isJsonObject(value)) return value
  const entries = Object.entries(value).map(([key, item]) => ({ key, item, place: random() }))
  entries.sort((a, b) => a.place - b.place)
  return Object.fromEntries(entries.map(({ key, item }) => [key, shuffledKeys(item, random)]))
}

test.skipIf(!wildFolder)(
  'real requests match themselves under other ids, another key order and another base64 alphabet',
  () => {
    for (const sample of samples()) {
      const random = seeded(sample.file.length)
      const names = new Map<string, string>()
      const rename = (key: string, value: Json): Json => {
        if (!idKeys.has(key) || typeof value !== 'string' || isJsonObject(value)) return value
        const name = names.get(value) ?? `renamed_${Math.floor(random() * 1e12)}_${names.size}`
        names.set(value, name)
        return name
      }
      const renamed = Object.fromEntries(
        Object.entries(sample.body).map(([key, value]) => [
          key,
          conversations.includes(key) ? changed(value, rename) : value,
        ]),
      )
      const respelled = changed(renamed, (key, value) =>
        /^(signature|encrypted_content|thoughtSignature|thought_signature)$/.test(key) && typeof value === 'string'
          ? value.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
          : value,
      )
      const body = shuffledKeys(respelled, random) as JsonObject
      expect(text({ ...sample, body }), sample.file).toBe(text(sample))
    }
  },
)

type Leaf = { readonly path: readonly string[]; readonly value: Json }

const leaves = (value: Json, path: readonly string[] = []): Leaf[] => {
  if (typeof value !== 'object' || value === null) return [{ path, value }]
  return Object.entries(value).flatMap(([key, item]) => leaves(item as Json, [...path, key]))
}

const withLeaf = (value: Json, [key, ...rest]: readonly string[], leaf: Json): Json => {
  if (key === undefined) return leaf
  if (Array.isArray(value)) return value.map((item, index) => (`${index}` === key ? withLeaf(item, rest, leaf) : item))
  return { ...(value as JsonObject), [key]: withLeaf((value as JsonObject)[key] as Json, rest, leaf) }
}

const other = (value: Json): Json => {
  if (typeof value === 'string') return `${value}!`
  if (typeof value === 'number') return value + 1
  return typeof value === 'boolean' ? !value : 'something'
}

const isNamed = (path: readonly string[], pattern: string): boolean => {
  const keys = pattern.split('.')
  return keys.length <= path.length && keys.every((key, index) => key === '*' || key === path[index])
}

/** Places that the shape does not compare as they are: what is left out, and ids, of which only the ties count. */
const isFree = (path: readonly string[], { volatile, markers, ids }: WireShape): boolean =>
  [...volatile, ...markers, ...ids.flatMap(({ defines, refers }) => [defines, refers])].some(pattern =>
    isNamed(path, pattern),
  )

test.skipIf(!wildFolder)('ten thousand changes of a single field in real requests are all noticed', () => {
  const pool = samples().filter(({ body }) => JSON.stringify(body).length < 200_000)
  const random = seeded(7)
  let tried = 0
  while (tried < 10_000) {
    const sample = pool[Math.floor(random() * pool.length)]!
    const places = leaves(sample.body).filter(({ path }) => !isFree(path, sample.shape))
    const before = text(sample)
    for (let count = 0; count < 20; count++) {
      const { path, value } = places[Math.floor(random() * places.length)]!
      const body = withLeaf(sample.body, path, other(value)) as JsonObject
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
  const shape = protocols.get('openai-chat')?.shape as WireShape
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
  const shape = protocols.get('openai-chat')?.shape as WireShape
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
) => comparedOf(request({ model: 'gpt-4o', messages, stream: true, ...changes }), known)

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
