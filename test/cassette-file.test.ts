import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { dump, load } from 'js-yaml'
import { expect, test } from 'vitest'
import { createCassette, openCassette } from '../runtime/cassette/file.ts'
import { isSame } from '../runtime/cassette/own.ts'
import type { CassetteHeader, Interaction } from '../runtime/core/cassette.ts'
import type { Json, JsonObject } from '../runtime/core/json.ts'
import { conversation, modelCall, said, toolCall } from './support/interactions.ts'
import { anyJson, anyText, deepJson } from './support/json-values.ts'
import { temporaryFolder } from './support/temp.ts'

const header: CassetteHeader = {
  reprise: '0.1.0',
  recorded: '2026-01-01T00:00:00.000Z',
  note: 'From a server of our own: no key was at hand.',
  agent: { path: 'a.yaml', digest: 'abc', content: 'agents:\n  root:\n    model: openai/gpt-4o\n' },
  arguments: ['Review it', '--', 'true'],
  workingDirectory: '/work/some where',
  home: '/home/me',
}
const context = { origin: () => undefined }

const write = async (path: string, interactions: readonly Interaction[]): Promise<string> => {
  const writer = createCassette(path, header)
  for (const interaction of interactions) writer.append(interaction)
  expect(await writer.close(undefined)).toEqual({ path, kept: true })
  return readFileSync(path, 'utf8')
}

/** Each as it was, in every detail, whatever was loaded before. */
const expectAll = (path: string, interactions: readonly Interaction[], order = interactions): void => {
  const cassette = openCassette(path, context)
  expect(cassette.note).toBeUndefined()
  expect(cassette.entries.map(({ id }) => id)).toEqual(interactions.map(({ id }) => id).sort((a, b) => a - b))
  for (const interaction of order) {
    const loaded = cassette.load(interaction.id)
    expect(Object.keys(loaded).sort()).toEqual(Object.keys(interaction).sort())
    for (const [key, value] of Object.entries(interaction)) {
      // The comparison of the test library takes a key `constructor` for something else.
      if (!isSame(loaded[key as keyof Interaction] as Json, value as Json)) expect(loaded).toEqual(interaction)
      expect(isSame(loaded[key as keyof Interaction] as Json, value as Json)).toBe(true)
    }
  }
}

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
        lane: root
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

test('any YAML parser reads the file, and a file that a formatter laid out anew is the same cassette', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const interactions = [
    ...conversation(3, (turn, part) => `${part} ${turn}:\n${'words \n'.repeat(12)}"and" more`),
    modelCall(20, { deep: deepJson(90), padding: 'x'.repeat(400) }, 'ok'),
  ]
  const text = await write(path, interactions)
  const document = load(text) as JsonObject
  for (const options of [{}, { indent: 4 }, { flowLevel: 3 }, { lineWidth: 40 }, { noRefs: true }]) {
    writeFileSync(path, dump(document, options))
    expectAll(path, interactions)
  }
  writeFileSync(path, text.replaceAll('\n', '\r\n'))
  expectAll(path, interactions)
  writeFileSync(path, JSON.stringify(document))
  expectAll(path, interactions)
})

test('one item that was mended by hand is read by a general parser, the others as before', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const interactions = conversation(3, (turn, part) => `${part} ${turn}: ${'words and more words '.repeat(5)}`)
  const text = await write(path, interactions)
  const [first = ''] = text.match(/ {2}- id: 1\n(?:.*\n)*?(?= {2}- id: 2)/) ?? []
  const mended = text
    .replace(first, `${first.replace('lane: root', 'lane: "root"   # the only one')}\n  # a remark between\n`)
    .replace('- id: 4\n    agent: root', "- agent: 'root'\n    # moved down\n    id: 4")
  writeFileSync(path, mended)
  expectAll(path, interactions)
  writeFileSync(path, text.replace('message 0: words', 'message 0: other words'))
  expect(openCassette(path, context).load(1).request.body).toContain('other words')
  expect(JSON.stringify(openCassette(path, context).load(4).request.body)).toContain('message 0: other words')
})

test('what a hand broke is named, with the interaction', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const text = await write(
    path,
    conversation(2, (turn, part) => `${part} ${turn}: ${'words and more words '.repeat(5)}`),
  )
  const open = (change: (text: string) => string) => {
    writeFileSync(path, change(text))
    return openCassette(path, context)
  }
  expect(() => open(text => text.replace('- id: 3', '- id: 2'))).toThrow('two interactions have the id 2')
  expect(() => open(text => text.replace('version: 2', 'version: 3'))).toThrow('version 3')
  expect(() => open(text => text.replace('&asked-1 ', '')).load(2)).toThrow('*asked-1')
  expect(() => open(text => text.replace('extends: 2', 'extends: 4'))).toThrow('interaction 4 extends 4')
  expect(() => open(text => text.replace('extends: 2', 'extends: 77'))).toThrow('interaction 4 extends 77')
  expect(() => open(text => text.replace('append:\n        messages:', 'append:\n        letters:')).load(4)).toThrow(
    'Interaction 4',
  )
})

test('a header cannot be mistaken for interactions, nor a text for an item', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.yaml')
  const evil = '\ninteractions:\n  - id: 9\n    state: complete\n'
  const interactions = [
    said(1, evil),
    toolCall(2, 'x', { text: evil, [evil]: evil }, evil),
    modelCall(3, { evil: evil.repeat(20) }, evil),
  ]
  const writer = createCassette(path, {
    ...header,
    note: evil,
    arguments: [evil, 'interactions:'],
    agent: { path: evil, digest: evil, content: evil },
  })
  for (const interaction of interactions) writer.append(interaction)
  await writer.close(undefined)
  expectAll(path, interactions)
  expect(openCassette(path, context).header.agent?.content).toBe(evil)
})
