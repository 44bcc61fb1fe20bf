import fc from 'fast-check'
import { expect, test } from 'vitest'
import { comparedOf, keyOf, requestOfExchange } from '../runtime/cassette/match/request.ts'
import { replayingBorder } from '../runtime/cassette/play/replay.ts'
import { saidIn } from '../runtime/cassette/play/said.ts'
import type { Exchange } from '../runtime/core/border.ts'
import type { Drift, Interaction } from '../runtime/core/cassette.ts'
import { Failure } from '../runtime/core/errors.ts'
import type { Json, JsonObject } from '../runtime/core/json.ts'
import type { AssistantPart, Message } from '../runtime/core/message.ts'
import type { Protocol } from '../runtime/core/protocol.ts'
import { anthropicMessages } from '../runtime/models/anthropic-messages.ts'
import { gemini } from '../runtime/models/gemini.ts'
import { openaiChat } from '../runtime/models/openai-chat.ts'
import { openaiResponses } from '../runtime/models/openai-responses.ts'
import { assistant, now, readFile, results, sent, user } from './support/asked.ts'
import { noRedactor, tapeOf } from './support/memory-cassette.ts'

const protocols = [openaiChat, openaiResponses, anthropicMessages, gemini]
const known = (id: string) => protocols.find(protocol => protocol.id === id)

/** What is said in one turn: by the user or by a tool, then by the model, and what a person makes of that afterwards. */
type Turn = { readonly asked: string; readonly text: string; readonly calls: boolean; readonly edited?: string }

const exchangeOf = (protocol: Protocol, messages: readonly Message[]): Exchange => ({
  caller: { agent: 'root', lane: 'root' },
  protocol: protocol.id,
  provider: 'somebody',
  operation: protocol.operation('m-1'),
  url: `https://somebody.example${protocol.operation('m-1')}`,
  body: sent(protocol, { system: ['Be careful.'], tools: [readFile, now], messages: [...messages] }),
})

type Heard = { readonly message: Message; readonly calls: readonly string[]; readonly text: string }

const heardIn = async (protocol: Protocol, body: AsyncIterable<Uint8Array>): Promise<Heard> => {
  const parts: AssistantPart[] = []
  for await (const event of protocol.decode({ status: 200, headers: {}, body })) {
    if (event.type === 'part') parts.push(event.part)
  }
  const calls = parts.flatMap(part => (part.type === 'tool-call' ? [part.id] : []))
  const text = parts.map(part => (part.type === 'text' ? part.text : '')).join('')
  return { message: assistant(...parts), calls, text }
}

/** A whole conversation, each turn asked of `answer`, which is told what is sent. */
const talk = async (
  protocol: Protocol,
  turns: readonly Turn[],
  answer: (exchange: Exchange, turn: Turn) => Promise<AsyncIterable<Uint8Array>>,
): Promise<string[]> => {
  const messages: Message[] = []
  const texts: string[] = []
  let calls: readonly string[] = []
  for (const turn of turns) {
    messages.push(
      calls.length > 0 ? results(...calls.map(id => [id, 'read_file', turn.asked] as const)) : user(turn.asked),
    )
    const heard = await heardIn(protocol, await answer(exchangeOf(protocol, messages), turn))
    messages.push(heard.message)
    texts.push(heard.text)
    calls = heard.calls
  }
  return texts
}

const bytes = async function* (text: string) {
  yield Buffer.from(text)
}

/** What a recorder writes down of it. */
const recorded = async (protocol: Protocol, turns: readonly Turn[]): Promise<Interaction[]> => {
  const interactions: Interaction[] = []
  await talk(protocol, turns, async (exchange, { text, calls }) => {
    const asked = calls ? { calls: [['read_file', { path: text }]] as const } : {}
    const body = protocol.speak({ text, ...asked, stop: calls ? 'tool-calls' : 'end', usage: { input: 3, output: 4 } })
    const request = requestOfExchange(exchange)
    const said = (await saidIn({ status: 200, body }, protocol)) as Json
    const key = keyOf(comparedOf(request, known), said)
    const response = { status: 200, said, body }
    interactions.push({ id: interactions.length + 1, lane: 'root', agent: 'root', request, response, key })
    return bytes(body)
  })
  return interactions
}

/** The answers of a replay in which a person has changed some of them, and what was told. */
const replayed = async (protocol: Protocol, turns: readonly Turn[], tape: readonly Interaction[]) => {
  const drifts: Drift[] = []
  const notices: string[] = []
  const edited = tape.map((interaction, at): Interaction => {
    const text = turns[at]?.edited
    if (text === undefined) return interaction
    const said = { ...(interaction.response.said as JsonObject), text }
    return { ...interaction, response: { ...interaction.response, said } }
  })
  const border = replayingBorder(tapeOf(edited), {
    protocols: known,
    redactor: noRedactor,
    drift: 'allow',
    onDrift: drift => drifts.push(drift),
    onNotice: text => notices.push(text),
  })
  const never = () => Promise.reject(new Error('a replay asks nobody'))
  const texts = await talk(protocol, turns, async exchange => (await border.exchange(exchange, never)).body)
  return { texts, drifts, notices, misses: border.misses() }
}

const words = fc.stringMatching(/^[a-zäλ]{1,8}( [a-z0-9]{1,8}){0,4}$/)
const conversations = fc.array(
  fc.record({ asked: words, text: words, calls: fc.boolean(), edited: fc.option(words, { nil: undefined }) }),
  { minLength: 2, maxLength: 7 },
) as fc.Arbitrary<Turn[]>

const isEdited = ({ text, edited }: Turn): boolean => edited !== undefined && edited !== text

test.each(protocols.map(protocol => [protocol.id, protocol] as const))(
  '%s: whatever answers a person changes, the conversation goes on as it was recorded',
  async (_, protocol) => {
    await fc.assert(
      fc.asyncProperty(conversations, async turns => {
        const { texts, drifts, notices, misses } = await replayed(protocol, turns, await recorded(protocol, turns))
        expect(texts).toEqual(turns.map(({ text, edited }) => edited ?? text))
        expect(misses).toEqual([])
        expect(notices).toHaveLength(turns.filter(isEdited).length)
        const isRepeated = turns.slice(0, -1).some(isEdited)
        expect(drifts.length > 0).toBe(isRepeated)
        for (const { what, edited } of drifts) {
          expect(edited).toBe(true)
          expect(what).toContain('an answer that was edited is repeated')
        }
      }),
      { numRuns: 60 },
    )
  },
)

test.each(protocols.map(protocol => [protocol.id, protocol] as const))(
  '%s: what else is said otherwise is answered by nobody, whatever was changed before',
  async (_, protocol) => {
    await fc.assert(
      fc.asyncProperty(conversations, fc.nat(), async (turns, random) => {
        const at = random % turns.length
        const other = turns.map((turn, index) => (index === at ? { ...turn, asked: `not ${turn.asked}` } : turn))
        const outcome = await replayed(protocol, other, await recorded(protocol, turns)).catch(error => error)
        expect(outcome).toBeInstanceOf(Failure)
        expect(outcome).toMatchObject({ code: 'cassette-miss' })
      }),
      { numRuns: 60 },
    )
  },
)
