import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openCassette } from '../runtime/cassette/file/file.ts'
import { rewriteCassette } from '../runtime/cassette/file/rewrite.ts'
import { canonical, canonicalText } from '../runtime/cassette/match/canonical.ts'
import { slimBody, slimProtocols } from '../runtime/cassette/match/slim-body.ts'
import type { Interaction } from '../runtime/core/cassette.ts'
import { isJsonObject, type Json } from '../runtime/core/json.ts'
import type { Protocol } from '../runtime/core/protocol.ts'
import { loadAllProtocols } from '../runtime/models/protocols.ts'
import { conversation } from './support/interactions.ts'
import { anyJson } from './support/json-values.ts'
import { protocolOf } from './support/protocol.ts'
import { temporaryFolder } from './support/temp.ts'
import { recordedCalls, unreadFormats, wildFolder, wildIndex } from './support/wild.ts'

const protocols = new Map((await loadAllProtocols()).map(protocol => [protocol.id, protocol]))
const known = (id: string): Protocol | undefined => protocols.get(id)
const slim = slimProtocols(known)

/** That a slimmed body is compared as the whole one is, and is not slimmed further. */
const expectSame = (body: Json, id: string): void => {
  const shape = slim(id)?.shape
  if (!shape) throw new Error(`there is no protocol ${id}`)
  const small = slimBody(body, shape)
  expect(canonicalText(canonical(small, shape))).toBe(canonicalText(canonical(body, shape)))
  expect(JSON.stringify(slimBody(small, shape))).toBe(JSON.stringify(small))
}

test.skipIf(!wildFolder)(
  'real requests are compared slim as they are compared whole, and lose their signatures',
  () => {
    let count = 0
    for (const row of wildIndex().filter(({ format }) => !unreadFormats[format])) {
      for (const call of recordedCalls(row.file)) {
        const id = protocolOf(call)
        if (!id || !isJsonObject(call.requestBody)) continue
        expectSame(call.requestBody, id)
        count++
      }
    }
    expect(count).toBeGreaterThan(500)
  },
)

const id = fc.constantFrom('a', 'b', 'c', 'call_1', 'call_2')
const conversations: Readonly<Record<string, fc.Arbitrary<Json>>> = {
  'openai-chat': fc.record({
    messages: fc.array(
      fc.oneof(
        fc.record({ role: fc.constant('assistant'), reasoning: anyJson, tool_calls: fc.array(fc.record({ id })) }),
        fc.record({ role: fc.constant('tool'), tool_call_id: id, content: anyJson }),
      ),
    ),
    prompt_cache_key: fc.string(),
  }),
  'openai-responses': fc.record({
    input: fc.array(
      fc.oneof(
        fc.record({ type: fc.constant('reasoning'), id, encrypted_content: fc.string() }),
        fc.record({ type: fc.constantFrom('function_call', 'function_call_output'), call_id: id, id, output: anyJson }),
      ),
    ),
  }),
  'anthropic-messages': fc.record({
    messages: fc.array(
      fc.record({
        role: fc.constantFrom('user', 'assistant'),
        content: fc.array(
          fc.oneof(
            fc.record({ type: fc.constantFrom('thinking', 'text'), signature: fc.string(), text: fc.string() }),
            fc.record({ type: fc.constant('tool_use'), id, input: anyJson, cache_control: anyJson }),
            fc.record({ type: fc.constant('tool_result'), tool_use_id: id, content: anyJson }),
          ),
        ),
      }),
    ),
  }),
  gemini: fc.record({
    contents: fc.array(
      fc.record({
        parts: fc.array(
          fc.oneof(
            fc.record({ text: fc.string(), thought: fc.boolean(), thoughtSignature: fc.string() }),
            fc.record({ functionCall: fc.record({ id, name: fc.string(), args: anyJson }) }),
          ),
        ),
      }),
    ),
  }),
}

test.each(Object.entries(conversations))('any request of %s is compared slim as it is compared whole', (id, body) => {
  fc.assert(fc.property(body, body => expectSame(body, id)))
})

/** In a slim recording, what was thought and signed is free, and all else counts. */
test('a slim recording answers whatever was thought, and nothing else', () => {
  const shape = slim('anthropic-messages')?.shape
  const body = (thought: string, said: string): Json => ({
    model: 'm',
    messages: [
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: thought, signature: thought },
          { type: 'text', text: said },
        ],
      },
    ],
  })
  const text = (thought: string, said: string) => canonicalText(canonical(body(thought, said), shape))
  expect(text('One', 'Yes')).toBe(text('Two', 'Yes'))
  expect(text('One', 'Yes')).not.toBe(text('One', 'No'))
})

const words = fc.constantFrom(
  '',
  'user',
  'call_1',
  'call_7',
  'a',
  '{"path":"src/0.ts"}',
  'Some words that are long enough to get a name of their own.',
)

/** Conversations that go on in like ways, in two lanes that take turns, with words that are easily taken for others. */
const likelyTwins = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.array(words, { minLength: 4, maxLength: 8 }))
  .map(([turns, pool]): Interaction[] => {
    const word = (turn: number, part: string) => pool[(turn * 7 + part.length) % pool.length] ?? ''
    const [one, other] = ['root', 'root/transfer_task:1/helper'].map(lane =>
      conversation(turns, word).map(interaction => ({
        ...interaction,
        lane,
        agent: lane === 'root' ? 'root' : 'helper',
      })),
    )
    const mixed = (one ?? []).flatMap((interaction, at) => [interaction, ...(other?.[at] ? [other[at]] : [])])
    return mixed.map((interaction, at) => ({ ...interaction, id: at + 1 }))
  })

test('requests that go on alike are written once, and read as they were', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'tape.yaml')
  let alike = 0
  await fc.assert(
    fc.asyncProperty(likelyTwins, async interactions => {
      await rewriteCassette(path, { reprise: 'test', recorded: '2026-01-01T00:00:00.000Z', slim: true }, interactions)
      alike += readFileSync(path, 'utf8').match(/^ {6}like: /gm)?.length ?? 0
      const cassette = openCassette(path, { origin: () => undefined })
      for (const interaction of interactions.toReversed()) {
        expect(cassette.load(interaction.id).request).toEqual(interaction.request)
      }
    }),
    { numRuns: 60 },
  )
  expect(alike).toBeGreaterThan(10)
})

test('an interaction that others go on like must stay', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'tape.yaml')
  const interactions = conversation(4, (turn, part) => `${part} number ${turn}`)
  await rewriteCassette(path, { reprise: 'test', recorded: '2026-01-01T00:00:00.000Z', slim: true }, interactions)
  const text = readFileSync(path, 'utf8')
  const [, like = ''] = /like: (\d+)/.exec(text) ?? []
  const user = interactions.findLast(({ id }) => text.includes(`- id: ${id}\n`) && id > Number(like) + 3)?.id ?? 0
  writeFileSync(path, text.replaceAll(`like: ${like}`, 'like: 99'))
  expect(() => openCassette(path, { origin: () => undefined }).load(user)).toThrow('has no interaction')
  writeFileSync(path, text.replaceAll(`like: ${like}`, 'like: 1'))
  expect(() => openCassette(path, { origin: () => undefined }).load(user)).toThrow('it does not go on as it says')
})
