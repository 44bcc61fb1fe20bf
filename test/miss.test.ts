import { expect, test } from 'vitest'
import { replayingBorder } from '../runtime/cassette/play/replay.ts'
import type { Exchange } from '../runtime/core/border.ts'
import { Failure } from '../runtime/core/errors.ts'
import type { Json, JsonObject } from '../runtime/core/json.ts'
import { openaiChat } from '../runtime/models/openai-chat.ts'
import { cassetteOf, noRedactor } from './support/memory-cassette.ts'
import { seeded } from './support/seeded.ts'

type Message = JsonObject

const words = ['file', 'count', 'sea', 'salt', 'river', 'stone', 'north', 'paper', 'light', 'glass', 'clock', 'river']
const sentence = (random: () => number): string =>
  Array.from({ length: 5 + Math.floor(random() * 6) }, () => words[Math.floor(random() * words.length)]).join(' ')

/** A conversation in which the model reads files, two at a time, before it answers; one request a turn. */
const conversation = (random: () => number, turns: number): Message[][] => {
  const messages: Message[] = [
    { role: 'system', content: `You are careful.\n${sentence(random)}` },
    { role: 'user', content: sentence(random) },
  ]
  return Array.from({ length: turns }, (_, turn) => {
    const request = [...messages]
    const ids = [`call_${turn}_a`, `call_${turn}_b`]
    messages.push({
      role: 'assistant',
      tool_calls: ids.map((id, index) => ({
        id,
        type: 'function',
        function: { name: index ? 'list' : 'read', arguments: JSON.stringify({ path: sentence(random) }) },
      })),
    })
    for (const id of ids) messages.push({ role: 'tool', tool_call_id: id, content: sentence(random) })
    return request
  })
}

const tools = (names: readonly string[]): Json =>
  names.map(name => ({ type: 'function', function: { name, description: `${name} something`, parameters: {} } }))

const bodyOf = (messages: readonly Message[], rest: JsonObject = {}): JsonObject => ({
  model: 'gpt-4o',
  messages,
  tools: tools(['read', 'list']),
  ...rest,
})

const exchange = (body: JsonObject, lane = 'root'): Exchange => ({
  caller: { agent: 'root', lane },
  protocol: 'openai-chat',
  provider: 'openai',
  operation: '/chat/completions',
  url: 'https://api.openai.com/v1/chat/completions',
  body,
})

const never = () => Promise.reject(new Error('a replay asks nobody'))

/** What is told about a request that has no answer, after the first `played` ones of the recording were played. */
const missOf = async (
  recorded: readonly JsonObject[],
  asked: JsonObject,
  { played = 0, lane = 'root', drift = 'refuse' as const } = {},
) => {
  const cassette = cassetteOf(recorded.map(body => exchange(body)))
  const border = replayingBorder(cassette, {
    protocols: () => openaiChat,
    redactor: noRedactor,
    drift,
    onDrift: () => undefined,
    onNotice: () => undefined,
  })
  for (const body of recorded.slice(0, played)) await border.exchange(exchange(body), never)
  const failure = await border.exchange(exchange(asked, lane), never).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(failure instanceof Failure)) throw new Error('the request was answered')
  expect(border.misses()).toEqual([failure])
  return failure
}

const last = (messages: readonly Message[], role: string) => messages.findLastIndex(message => message['role'] === role)
const replaced = (messages: readonly Message[], index: number, change: (message: Message) => Message): Message[] =>
  messages.map((message, at) => (at === index ? change(message) : message))
const reworded = (message: Message, random: () => number): Message => ({ ...message, content: sentence(random) })

type Kind = { readonly cause: RegExp; readonly change: (body: JsonObject, random: () => number) => JsonObject }
const messagesOf = (body: JsonObject) => body['messages'] as readonly Message[]
const inMessages =
  (change: (messages: readonly Message[], random: () => number) => readonly Message[]): Kind['change'] =>
  (body, random) => ({ ...body, messages: change(messagesOf(body), random) })

/** Drifts that the conversation key would let pass are refused here, and told in the same words. */
const kinds: Readonly<Record<string, Kind>> = {
  instruction: {
    cause: /instruction changed/,
    change: inMessages((messages, random) => replaced(messages, 0, message => reworded(message, random))),
  },
  tools: { cause: /tool list changed/, change: body => ({ ...body, tools: tools(['read', 'list', 'write']) }) },
  model: { cause: /model is gpt-5 and was gpt-4o/, change: body => ({ ...body, model: 'gpt-5' }) },
  parameters: { cause: /parameters changed: temperature/, change: body => ({ ...body, temperature: 0.3 }) },
  message: {
    cause: /message changed/,
    change: inMessages((messages, random) =>
      replaced(messages, last(messages, 'user'), message => reworded(message, random)),
    ),
  },
  'tool result': {
    cause: /tool result changed/,
    change: inMessages((messages, random) =>
      replaced(messages, last(messages, 'tool'), message => reworded(message, random)),
    ),
  },
  'earlier answer': {
    cause: /earlier answer/,
    change: inMessages((messages, random) =>
      replaced(messages, last(messages, 'assistant'), message => ({ ...message, content: sentence(random) })),
    ),
  },
  'ids crossed': {
    cause: /ids crossed/,
    change: inMessages(messages => {
      const at = last(messages, 'tool')
      const [one, other] = [messages[at - 1]!, messages[at]!]
      const swapped = { ...one, tool_call_id: other['tool_call_id']! }
      const back = { ...other, tool_call_id: one['tool_call_id']! }
      return [...messages.slice(0, at - 1), swapped, back, ...messages.slice(at + 1)]
    }),
  },
  order: {
    cause: /order changed/,
    change: inMessages(messages => {
      const at = last(messages, 'tool')
      return [...messages.slice(0, at - 1), messages[at]!, messages[at - 1]!, ...messages.slice(at + 1)]
    }),
  },
  'a clock': {
    cause: /tool result changed.*clock/,
    change: inMessages(messages =>
      replaced(messages, last(messages, 'tool'), message => ({
        ...message,
        content: `${message['content']} at 2026-11-02`,
      })),
    ),
  },
}

/** Some kinds need something to differ from. */
const prepared = (kind: string, bodies: readonly JsonObject[]): JsonObject[] =>
  kind === 'a clock'
    ? bodies.map(body => ({
        ...body,
        messages: messagesOf(body).map(message =>
          message['role'] === 'tool' ? { ...message, content: `${message['content']} at 2026-11-01` } : message,
        ),
      }))
    : [...bodies]

test.each(Object.keys(kinds))(
  'thirty misses because of %s name the right interaction and the right cause',
  async name => {
    const { cause, change } = kinds[name]!
    for (let seed = 1; seed <= 30; seed++) {
      const random = seeded(seed)
      const bodies = prepared(
        name,
        conversation(random, 6).map(messages => bodyOf(messages)),
      )
      const at = 1 + Math.floor(random() * 5)
      const asked =
        name === 'a clock'
          ? bodyOf(
              replaced(messagesOf(bodies[at]!), last(messagesOf(bodies[at]!), 'tool'), message => ({
                ...message,
                content: `${message['content']}`.replace('11-01', '11-02'),
              })),
            )
          : change(bodies[at]!, random)
      const failure = await missOf(bodies, asked, { played: at })
      const told = `${failure.message}\n${failure.hint}`
      expect(told, `seed ${seed}`).toMatch(cause)
      expect(told, `seed ${seed}`).toMatch(new RegExp(`interaction ${at + 1}\\b`))
      expect(told.split('\n').length).toBeLessThanOrEqual(25)
    }
  },
)

test('what has been played is not played twice', async () => {
  const bodies = conversation(seeded(1), 3).map(messages => bodyOf(messages))
  const failure = await missOf(bodies, bodies[1]!, { played: 2 })
  expect(failure.message).toMatch(/recorded once \(interaction 2\)[\s\S]*already played/)
})

test('the same request of another caller is named as such', async () => {
  const bodies = conversation(seeded(1), 3).map(messages => bodyOf(messages))
  const failure = await missOf(bodies, bodies[1]!, { lane: 'root/transfer_task:1/helper' })
  expect(failure.message).toMatch(/interaction 2 for another caller[\s\S]*lane moved/)
})

test('a run that goes on longer than the recording is told so', async () => {
  const requests = conversation(seeded(1), 4)
  const failure = await missOf(
    requests.slice(0, 3).map(messages => bodyOf(messages)),
    bodyOf(requests[3]!),
    { played: 3 },
  )
  expect(failure.message).toMatch(/more turns than recorded/)
})

test('a changed line is shown as it was and as it is, without the rest', async () => {
  const long = Array.from({ length: 200 }, (_, line) => `line ${line} of a long result`)
  const withResult = (text: string) =>
    bodyOf([
      { role: 'user', content: 'Read.' },
      { role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: 'read', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'c', content: text },
    ])
  const failure = await missOf(
    [withResult(long.join('\n'))],
    withResult(long.join('\n').replace('line 120 of', 'line 120 in')),
  )
  expect(failure.message).toContain('line 121: the result of a tool changed')
  expect(failure.message).toContain('recorded: line 120 of a long result')
  expect(failure.message).toContain('now:      line 120 in a long result')
  expect(failure.message).not.toContain('line 119')
})
