import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCassette, openCassette } from '../runtime/cassette/file/file.ts'
import type { Interaction } from '../runtime/core/cassette.ts'
import type { Json, JsonObject } from '../runtime/core/json.ts'
import { conversation, modelCall, said, toolCall } from './support/interactions.ts'
import { anyJson, anyText } from './support/json-values.ts'
import { temporaryFolder } from './support/temp.ts'
import { recordedCalls, unreadFormats, wildFolder, wildIndex } from './support/wild.ts'
import { context, expectAll, header, write } from './support/written.ts'

const shuffled = <Item>(items: readonly Item[], seed: number): Item[] =>
  items
    .map((item, at) => ({ item, place: Math.sin(seed + at) }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)

test('a conversation is loaded whole, in any order, though each turn is written as what is new in it', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'new/folder/talk.yaml')
  const interactions = conversation(12, (turn, part) => `${part} of turn ${turn}: ${'words and more words '.repeat(5)}`)
  const text = await write(path, interactions)
  expectAll(path, interactions)
  expectAll(path, interactions, shuffled(interactions, 7))
  expect(openCassette(path, context).header).toEqual(header)
  for (const part of [
    'You review code.',
    'list_directory does what',
    'message of turn 3',
    'result of turn 3',
    'why of turn 3',
  ]) {
    expect(text.split(part)).toHaveLength(2)
  }
  expect(text.split('answer of turn 3')).toHaveLength(3)
})

test('what is read first stands first: who, what, then what was said, and the bytes after it', async () => {
  await using folder = await temporaryFolder()
  const call = modelCall(1, { model: 'm', messages: [{ role: 'user', content: 'Hello' }] }, 'Hi.\nHow are you?')
  const text = await write(join(folder.path, 'a.yaml'), [{ ...call, rank: 4, state: 'interrupted' }])
  expect(text.slice(text.indexOf('  - id'))).toMatchInlineSnapshot(`
    "  - id: 1
        rank: 4
        key: key-1 conversation-1
        request:
          method: POST
          url: https://api.openai.com/v1/chat/completions
          provider: openai
          protocol: openai-chat
          operation: /chat/completions
          body:
            model: m
            messages:
              - role: user
                content: Hello
        response:
          status: 200
          headers:
            content-type: text/event-stream
          said:
            text: |-
              Hi.
              How are you?
            stop: end
            usage: {input: 10, output: 16}
          body: |+
            data: {"choices":[{"delta":{"content":"Hi.\\nHow are you?"}}]}

            data: [DONE]

          chunks: "20+1 30+2"
        state: interrupted
    "
  `)
})

const anyBody: fc.Arbitrary<JsonObject> = fc
  .array(fc.tuple(anyText, anyJson), { maxLength: 4 })
  .map(entries => Object.fromEntries(entries))

test('any request and any answer come back to the last detail', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(anyBody, anyText, anyJson, fc.boolean()), { minLength: 1, maxLength: 4 }),
      async all => {
        const interactions = all.map(([body, text, value, isTool], at): Interaction => {
          const id = at + 1
          if (isTool)
            return {
              ...toolCall(id, text.replaceAll('\n', '') || 'x', body, text),
              response: { status: 200, body: value },
            }
          const call = modelCall(id, { padding: 'x'.repeat(400), ...body }, text)
          return { ...call, response: { ...call.response, said: value, body: text } }
        })
        await write(path, interactions)
        expectAll(path, interactions)
      },
    ),
    { numRuns: 300 },
  )
})

/** Changes of all kinds at random places. */
const mutated = (value: Json, random: () => number): Json => {
  const pick = Math.floor(random() * 9)
  if (Array.isArray(value)) {
    const at = Math.floor(random() * value.length)
    if (pick === 0) return [...value, `new ${random()}`]
    if (pick === 1) return value.toSpliced(at, 1 + Math.floor(random() * 2))
    if (pick === 2) return value.toSpliced(at, 0, { inserted: random() })
    return value.map((item, index) => (index === at ? mutated(item, random) : item))
  }
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value)
    const key = keys[Math.floor(random() * keys.length)]
    if (pick === 0 || key === undefined) return { ...value, [`new/key~${Math.floor(random() * 9)}`]: random() }
    if (pick === 1) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))
    if (pick === 2) return Object.fromEntries(Object.entries(value).reverse())
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, name === key ? mutated(item, random) : item]),
    )
  }
  return pick === 0 ? [value] : pick === 1 ? null : `${String(value)}!`
}

test('requests that change an earlier one anyhow come back as they were', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyJson, { maxLength: 6 }),
      fc.infiniteStream(fc.nat(1_000_000)),
      async (messages, numbers) => {
        const random = () => (numbers.next().value ?? 0) / 1_000_001
        const bodies: Json[] = [
          { model: 'm', messages: [{ role: 'system', content: 'x'.repeat(400) }, ...messages], tools: [1, 2] },
        ]
        for (let count = 0; count < 8; count++) {
          const base = bodies[Math.floor(random() * bodies.length)] as Json
          bodies.push(mutated(random() < 0.5 ? mutated(base, random) : base, random))
        }
        const interactions = bodies.map((body, at) => modelCall(at + 1, body, 'ok'))
        await write(path, interactions)
        expectAll(path, interactions)
      },
    ),
    { numRuns: 300 },
  )
})

test('a mark that moves to the newest message costs two lines', async () => {
  await using folder = await temporaryFolder()
  const mark = { cache_control: { type: 'ephemeral' } }
  const message = (role: string, text: string, marked = false) => ({
    role,
    content: [{ type: 'text', text, ...(marked && mark) }],
  })
  const talk = ['one', 'two', 'three', 'four'].map(word => `${word} ${'long '.repeat(60)}`)
  const bodies = talk.map((_, turn) => ({
    messages: talk.slice(0, turn + 1).map((text, at) => message(at % 2 ? 'assistant' : 'user', text, at === turn)),
  }))
  const interactions = bodies.map((body, at) => modelCall(at + 1, body, 'ok'))
  const text = await write(join(folder.path, 'a.yaml'), interactions)
  expectAll(join(folder.path, 'a.yaml'), interactions)
  expect(text.slice(text.lastIndexOf('extends:'), text.lastIndexOf('    response:'))).toMatchInlineSnapshot(`
    "extends: 3
          drop: ["messages/2/content/0/cache_control"]
          append:
            messages:
              - role: assistant
                content:
                  - type: text
                    text: "four long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long "
                    cache_control:
                      type: ephemeral
    "
  `)
})

test('a request continues the best earlier one, not the last', async () => {
  await using folder = await temporaryFolder()
  const talk = (name: string, turns: number) => ({
    messages: Array.from({ length: turns }, (_, turn) => ({
      role: 'user',
      content: `${name} ${turn} ${'long '.repeat(60)}`,
    })),
  })
  const bodies = [talk('a', 1), talk('b', 1), talk('c', 3), talk('a', 2), talk('b', 2), talk('a', 3)]
  const text = await write(
    join(folder.path, 'a.yaml'),
    bodies.map((body, at) => modelCall(at + 1, body, 'ok')),
  )
  expect([...text.matchAll(/extends: (\d)/g)].map(([, id]) => id)).toEqual(['1', '2', '4'])
})

test('what code leaves undefined is left out, as JSON does', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const odd = { gone: undefined, list: [undefined, 1], number: Number.NaN, far: -Infinity } as unknown as JsonObject
  await write(path, [toolCall(1, 'x', odd, 'ok'), modelCall(2, { odd, padding: 'x'.repeat(400) }, 'ok')])
  const plain = { list: [null, 1], number: null, far: null }
  expectAll(path, [toolCall(1, 'x', plain, 'ok'), modelCall(2, { odd: plain, padding: 'x'.repeat(400) }, 'ok')])
})

test.skipIf(!wildFolder)(
  'requests and answers of real traffic come back to the last detail, and take less room',
  async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'a.yaml')
    let size = 0
    let plain = 0
    for (const { file, format } of wildIndex()) {
      if (unreadFormats[format]) continue
      const interactions = recordedCalls(file).map((call, at): Interaction => {
        const text = Buffer.from(call.responseBody).toString()
        const isText = Buffer.from(text).equals(call.responseBody)
        const body = isText
          ? { body: text }
          : { body: Buffer.from(call.responseBody).toString('base64'), encoding: 'base64' as const }
        const request = { method: call.method, url: call.url, body: (call.requestBody ?? null) as Json }
        return {
          id: at + 1,
          lane: 'root',
          agent: 'root',
          request,
          response: { status: call.status, headers: call.headers, ...body },
        }
      })
      interactions.push(modelCall(9999, { model: 'm' }, 'so that it is worth keeping'))
      size += (await write(path, interactions)).length
      plain += JSON.stringify(interactions, undefined, 1).length
      expectAll(path, interactions)
    }
    expect(size).toBeLessThan(plain)
  },
)

test('a recording that is closed takes nothing more, and stays as it is', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const writer = createCassette(path, header)
  writer.append(said(1, 'Hello'))
  expect(await writer.close(undefined)).toEqual({ path, kept: true })
  expect(await writer.close(new Error('late'))).toEqual({ path, kept: true })
  expect(() => writer.append(said(2, 'Late'))).toThrow('is closed')
  expectAll(path, [said(1, 'Hello')])
})
