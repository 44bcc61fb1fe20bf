import { expect, test } from 'vitest'
import { type ReplayOptions, replayingBorder } from '../runtime/cassette/play/replay.ts'
import type { Exchange } from '../runtime/core/border.ts'
import type { JsonObject } from '../runtime/core/json.ts'
import { openaiChat } from '../runtime/models/openai-chat.ts'
import { cassetteOf, noRedactor } from './support/memory-cassette.ts'

const long = 'a very long name '.repeat(200)

const asking = (text: string, rest: JsonObject = {}, lane = 'root'): Exchange => ({
  caller: { agent: `agent ${long}`, lane },
  protocol: 'openai-chat',
  provider: 'openai',
  operation: '/chat/completions',
  url: 'https://api.openai.com/v1/chat/completions',
  body: { model: 'gpt-4o', messages: [{ role: 'user', content: text }], ...rest },
})

const never = () => Promise.reject(new Error('a replay asks nobody'))
const nothing = () => undefined
const options: ReplayOptions = {
  protocols: () => openaiChat,
  redactor: noRedactor,
  drift: 'refuse',
  onDrift: nothing,
  onNotice: nothing,
}

/** What is told about a request, and how many interactions were read for that. */
const explained = async (recorded: readonly Exchange[], asked: Exchange, played = 0) => {
  const cassette = cassetteOf(recorded)
  let reads = 0
  const load = (id: number) => {
    reads += 1
    return cassette.load(id)
  }
  const border = replayingBorder({ ...cassette, load }, options)
  for (const exchange of recorded.slice(0, played)) await border.exchange(exchange, never)
  reads = 0
  const failure = await border.exchange(asked, never).then(
    () => expect.unreachable('it was answered'),
    (error: Error & { hint: string }) => error,
  )
  return { lines: `${failure.message}\n${failure.hint}`.split('\n'), reads }
}

const many = <Value>(make: (index: number) => Value): Value[] => Array.from({ length: 1000 }, (_, index) => make(index))
const tools = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => ({
    type: 'function',
    function: { name: `${name} ${index}`, description: long },
  }))

test.each([
  ['another message', many(index => asking(`${index} ${long}`)), asking(`x ${long}`), 500],
  ['the same once too often', many(() => asking(long)), asking(long), 1000],
  ['another caller', many(index => asking(long, {}, `root/${long}:${index}/x`)), asking(long, {}, `root/${long}/y`), 0],
  [
    'many tools',
    many(index => asking(`${index}`, { tools: tools(60, 'x') })),
    asking('600', { tools: tools(60, long) }),
    500,
  ],
  [
    'many fields',
    many(index => asking(`${index}`)),
    asking('600', Object.fromEntries(many(key => [`${long} ${key}`, long]))),
    500,
  ],
  ['nothing of the kind', many(index => asking('', {}, `root/${long}:${index}/x`)), asking(long, {}, 'root'), 0],
])('of 1,000 interactions few are read to explain %s, in 25 lines that end', async (_, recorded, asked, played) => {
  const { lines, reads } = await explained(recorded, asked, played)
  expect(lines.length).toBeLessThanOrEqual(25)
  expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(320)
  expect(lines.join('\n')).toMatch(/Cause: |The run differs from interaction /)
  expect(reads).toBeLessThan(120)
})
