import { expect, test } from 'vitest'
import { replayingBorder } from '../runtime/cassette/play/replay.ts'
import type { Exchange } from '../runtime/core/border.ts'
import { Failure } from '../runtime/core/errors.ts'
import type { Message } from '../runtime/core/message.ts'
import type { Protocol } from '../runtime/core/protocol.ts'
import { anthropicMessages } from '../runtime/models/anthropic-messages.ts'
import { gemini } from '../runtime/models/gemini.ts'
import { openaiChat } from '../runtime/models/openai-chat.ts'
import { openaiResponses } from '../runtime/models/openai-responses.ts'
import { type Asked, assistant, call, now, readFile, results, sent, user } from './support/asked.ts'
import { cassetteOf, noRedactor } from './support/memory-cassette.ts'
import { seeded } from './support/seeded.ts'

const protocols = [openaiChat, openaiResponses, anthropicMessages, gemini]
const known = (id: string) => protocols.find(protocol => protocol.id === id)

const words = ['file', 'count', 'sea', 'salt', 'river', 'stone', 'north', 'paper', 'light', 'glass', 'clock']
const sentence = (random: () => number): string =>
  Array.from({ length: 5 + Math.floor(random() * 6) }, () => words[Math.floor(random() * words.length)]).join(' ')

/** What is said in one turn after the other: the model reads two files at once, a third time it speaks. */
type Talk = Asked & { readonly system: string[]; readonly messages: Message[] }

const rounds = 5

const conversation = (random: () => number): Talk[] => {
  const messages: Message[] = [user(sentence(random))]
  const talks: Talk[] = []
  for (let round = 0; round < rounds; round++) {
    talks.push({
      system: ['Be careful.', sentence(random)],
      messages: [...messages],
      tools: [readFile, now],
      model: 'm-1',
    })
    const system = talks[0]?.system ?? []
    talks[round] = { ...(talks[round] as Talk), system }
    messages.push(
      assistant(
        { type: 'text', text: sentence(random) },
        call(`a${round}`, 'read_file', { path: sentence(random) }),
        call(`b${round}`, 'now', { zone: sentence(random) }),
      ),
      results(
        [`a${round}`, 'read_file', `${sentence(random)}\nat 2026-11-01`],
        [`b${round}`, 'now', `${sentence(random)} \${secret:TOKEN}`],
      ),
    )
  }
  return talks
}

const exchangeOf = (protocol: Protocol, talk: Talk): Exchange => ({
  caller: { agent: 'root', lane: 'root' },
  protocol: protocol.id,
  provider: 'somebody',
  operation: protocol.operation(talk.model ?? ''),
  url: `https://somebody.example${protocol.operation(talk.model ?? '')}`,
  body: sent(protocol, talk),
})

const never = () => Promise.reject(new Error('a replay asks nobody'))

/** What is told when this is asked after so many of the recorded turns. */
const toldAt = async (protocol: Protocol, talks: readonly Talk[], played: number, asked: Talk): Promise<string> => {
  const border = replayingBorder(
    cassetteOf(
      talks.map(talk => exchangeOf(protocol, talk)),
      known,
    ),
    {
      protocols: known,
      redactor: noRedactor,
      drift: 'refuse',
      onDrift: () => undefined,
      onNotice: () => undefined,
    },
  )
  for (const talk of talks.slice(0, played)) await border.exchange(exchangeOf(protocol, talk), never)
  const failure = await border.exchange(exchangeOf(protocol, asked), never).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(failure instanceof Failure)) throw failure ?? new Error('the request was answered')
  return `${failure.message}\n${failure.hint}`
}

const edited = (talk: Talk, role: Message['role'], change: (message: Message) => Message): Talk => {
  const at = talk.messages.findLastIndex(message => message.role === role)
  return { ...talk, messages: talk.messages.map((message, index) => (index === at ? change(message) : message)) }
}

const inResults = (talk: Talk, change: (texts: readonly string[]) => readonly string[]): Talk =>
  edited(talk, 'tool', message => {
    if (message.role !== 'tool') return message
    const texts = change(
      message.results.map(({ content }) => content.map(part => (part.type === 'text' ? part.text : '')).join('')),
    )
    return results(...message.results.map(({ callId, name }, index) => [callId, name, texts[index] ?? ''] as const))
  })

const withRoundsSwapped = (talk: Talk): Talk => {
  const [first, ...rest] = talk.messages
  const pairs = Array.from({ length: rest.length / 2 }, (_, index) => rest.slice(index * 2, index * 2 + 2))
  const last = pairs.length - 1
  const swapped = pairs.map((pair, index) =>
    index === last ? pairs[last - 1] : index === last - 1 ? pairs[last] : pair,
  )
  return { ...talk, messages: [first, ...swapped.flat()] as Message[] }
}

type Kind = { readonly cause: RegExp; readonly change: (talk: Talk, random: () => number) => Talk }

const kinds: Readonly<Record<string, Kind>> = {
  'another instruction': {
    cause: /instruction changed/,
    change: (talk, random) => ({ ...talk, system: ['Be careful.', sentence(random)] }),
  },
  'a new tool': {
    cause: /tool list changed: write_file new/,
    change: talk => ({ ...talk, tools: [readFile, now, { ...now, name: 'write_file' }] }),
  },
  'a tool described otherwise': {
    cause: /tool list changed: now described otherwise.*Tells the hour/,
    change: talk => ({ ...talk, tools: [readFile, { ...now, description: 'Tells the hour.' }] }),
  },
  'another model': { cause: /model is m-2 and was m-1/, change: talk => ({ ...talk, model: 'm-2' }) },
  'another temperature': {
    cause: /parameters changed: .*temperature/i,
    change: talk => ({ ...talk, settings: { temperature: 0.3 } }),
  },
  'another message': {
    cause: /message changed/,
    change: (talk, random) => edited(talk, 'user', () => user(`${sentence(random)}!`)),
  },
  'another result': {
    cause: /tool result changed/,
    change: (talk, random) => inResults(talk, ([one = '']) => [one, `${sentence(random)}!`]),
  },
  'another answer before': {
    cause: /earlier answer/,
    change: (talk, random) =>
      edited(talk, 'assistant', message =>
        message.role === 'assistant'
          ? { ...message, content: [{ type: 'text', text: `${sentence(random)}!` }, ...message.content.slice(1)] }
          : message,
      ),
  },
  'another call before': {
    cause: /earlier answer/,
    change: (talk, random) =>
      edited(talk, 'assistant', message =>
        message.role === 'assistant'
          ? {
              ...message,
              content: message.content.map(part =>
                part.type === 'tool-call' && part.name === 'now'
                  ? { ...part, input: { zone: `${sentence(random)}!` } }
                  : part,
              ),
            }
          : message,
      ),
  },
  'results that changed places': {
    cause: /ids crossed/,
    change: talk => inResults(talk, texts => [...texts].reverse()),
  },
  'another order': { cause: /order changed/, change: withRoundsSwapped },
  'a history cut short': {
    cause: /already played/,
    change: talk => ({ ...talk, messages: talk.messages.slice(0, -2) }),
  },
  'a clock': {
    cause: /tool result changed.*clock/,
    change: talk => inResults(talk, ([one = '', two = '']) => [one.replace('11-01', '11-02'), two]),
  },
  'a secret that is not known now': {
    cause: /Secret unresolved: TOKEN/,
    change: talk => inResults(talk, ([one = '', two = '']) => [one, two.replace(/\$\{.*/, 'abcdef0123')]),
  },
}

const tries = 8

test.each(protocols.flatMap(protocol => Object.keys(kinds).map(kind => [protocol.id, kind] as const)))(
  '%s: %s is named, with the interaction that it would have been',
  async (id, name) => {
    const protocol = known(id) as Protocol
    const { cause, change } = kinds[name] as Kind
    for (let seed = 1; seed <= tries; seed++) {
      const random = seeded(seed)
      const talks = conversation(random)
      const at = 2 + Math.floor(random() * (rounds - 2))
      const told = await toldAt(protocol, talks, at, change(talks[at] as Talk, random))
      expect(told, `seed ${seed}`).toMatch(cause)
      if (name !== 'a history cut short') expect(told, `seed ${seed}`).toMatch(new RegExp(`interaction ${at + 1}\\b`))
      expect(told.split('\n').length).toBeLessThanOrEqual(25)
    }
  },
)
