import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mutationOf } from '../runtime/cassette/care/mutate.ts'
import type { Exchange } from '../runtime/core/border.ts'
import type { JsonObject } from '../runtime/core/json.ts'
import type { Protocol } from '../runtime/core/protocol.ts'
import { openaiChat } from '../runtime/models/openai-chat.ts'
import { reprise } from './support/cli.ts'
import { anyJson } from './support/json-values.ts'
import { cassetteOf } from './support/memory-cassette.ts'
import { folderWith } from './support/temp.ts'
import { wildFolder } from './support/wild.ts'

const names = readdirSync('cassettes').map(name => name.replace(/\.yaml$/, ''))

test.each(names)('%s: what a replay would not notice is meant to be free', async name => {
  const { code, stdout, stderr } = await reprise(['cassette', 'mutate', name, '--json'], { cwd: process.cwd() })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const { fields, tried, fates, unguarded } = JSON.parse(stdout)
  expect(fields).toBeGreaterThan(5)
  expect(tried).toBe(fields)
  expect(fates.miss + fates.drift + fates.other + fates.answered).toBe(tried)
  expect(fates.answered / tried).toBeLessThan(0.05)
  for (const { why } of unguarded) expect(why).toMatch(/^(an id|a cache mark|drawn anew)/)
})

test.skipIf(!wildFolder)('the cassettes of cagent are guarded as well', async () => {
  const folder = join(`${wildFolder}`, 'cagent-e2e/testdata/cassettes')
  const some = readdirSync(folder).slice(0, 8)
  for (const name of some) {
    const { code, stdout } = await reprise(['cassette', 'mutate', join(folder, name)])
    expect(code, stdout).toBe(0)
    expect(stdout).toMatch(/^\d+\.\d % are guarded\.$/m)
  }
})

const exchange = (body: JsonObject): Exchange => ({
  caller: { agent: 'root', lane: 'root' },
  protocol: 'openai-chat',
  provider: 'openai',
  operation: '/chat/completions',
  url: 'https://api.openai.com/v1/chat/completions',
  body,
})

const told = (body: JsonObject, protocol: Protocol = openaiChat) =>
  mutationOf(cassetteOf([exchange(body)]), () => protocol, 1000)

test('words are a miss, instructions and parameters drift, and what clients draw is free', () => {
  const call = { id: 'call_a', type: 'function', function: { name: 'f', arguments: '{}' } }
  const mutation = told({
    model: 'm',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_a', content: 'x' },
      { role: 'assistant', tool_calls: [{ ...call, id: 'call_b' }] },
    ],
    prompt_cache_key: 'drawn',
    a_field_that_nobody_knows: { deep: [1] },
  })
  expect(mutation.unguarded).toEqual([
    {
      place: 'messages.*.tool_calls.*.id',
      count: 1,
      ids: [1],
      why: 'an id: only what it ties together counts, and it ties nothing',
    },
    { place: 'prompt_cache_key', count: 1, ids: [1], why: 'drawn anew by clients, and no part of what is asked' },
  ])
  expect(mutation).toMatchObject({ requests: 1, fields: 21, tried: 21 })
  expect(mutation.fates.drift).toBeGreaterThanOrEqual(4)
})

test('a request that becomes another recorded one gets the answer of that one', () => {
  const bodies = [1, 2].map(n => exchange({ model: 'm', n, messages: [] }))
  expect(mutationOf(cassetteOf(bodies), () => openaiChat, 1000).fates).toEqual({
    miss: 0,
    drift: 3,
    other: 1,
    answered: 0,
  })
})

test('fields are spread evenly where there are too many', () => {
  const cassette = cassetteOf([
    exchange({ messages: Array.from({ length: 100 }, (_, n) => ({ role: 'user', content: `${n}` })) }),
  ])
  const { fields, tried } = mutationOf(cassette, () => openaiChat, 40)
  expect(fields).toBe(200)
  expect(tried).toBe(40)
})

test('whatever a tool is called with, each part of it counts', () => {
  const call = (input: JsonObject) => {
    const cassette = cassetteOf([exchange({})])
    const interaction = { ...cassette.load(1), request: { method: 'CALL', url: 'tool:x', body: input } }
    return mutationOf({ ...cassette, load: () => interaction }, () => openaiChat, 1000)
  }
  fc.assert(
    fc.property(fc.dictionary(fc.string(), anyJson), input => {
      const { fates, tried, fields } = call(input as JsonObject)
      expect(tried).toBe(fields)
      expect(fates).toEqual({ miss: fields, drift: 0, other: 0, answered: 0 })
    }),
  )
})

test('a place that is free by mistake is a hole, and fails', async () => {
  const leaky: Protocol = {
    ...openaiChat,
    shape: {
      ...openaiChat.shape,
      get volatile() {
        return new Error().stack?.includes('reasonFor') ? [] : ['user']
      },
    },
  }
  expect(told({ model: 'm', messages: [], user: 'somebody' }, leaky).unguarded).toEqual([
    { place: 'user', count: 1, ids: [1] },
  ])
})

test('the result is read in words', async () => {
  await using folder = await folderWith({})
  const { stdout } = await reprise(
    ['cassette', 'mutate', join(process.cwd(), 'cassettes/openai.yaml'), '--most', '50'],
    {
      cwd: folder.path,
    },
  )
  expect(stdout).toMatch(/openai\.yaml: 50 of \d+ fields of 5 requests, each changed by itself\.\n {2}\d+ a miss\n/)
  expect(await reprise(['cassette', 'mutate', 'x', '--most', 'all'])).toMatchObject({ code: 2, stdout: '' })
})
