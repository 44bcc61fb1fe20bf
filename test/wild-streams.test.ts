import { describe, expect, test } from 'vitest'
import type { Protocol } from '../runtime/core/protocol.ts'
import { loadAllProtocols } from '../runtime/models/protocols.ts'
import { awkward } from './support/awkward.ts'
import { decoded, replyOf, saidIn } from './support/decoded.ts'
import { type ProtocolId, protocolOf } from './support/protocol.ts'
import { heardIn } from './support/wild/heard.ts'
import { type RecordedCall, recordedCalls, unreadFormats, wildFolder, wildIndex } from './support/wild.ts'

type Recorded = {
  readonly name: string
  readonly id: ProtocolId
  readonly protocol: Protocol
  readonly call: RecordedCall
}

const protocols = new Map((await loadAllProtocols()).map(protocol => [protocol.id, protocol]))

/** Every recorded call in one of our protocols. */
const recordings: readonly Recorded[] = wildIndex()
  .filter(({ format }) => !unreadFormats[format])
  .flatMap(({ file }) => recordedCalls(file).map((call, index) => ({ name: `${file} ${index + 1}`, call })))
  .flatMap(({ name, call }) => {
    const id = protocolOf(call)
    const protocol = protocols.get(id ?? '')
    return id && protocol ? [{ name, id, protocol, call }] : []
  })

const named = (all: readonly Recorded[]) => all.map(recorded => [recorded.name, recorded] as const)

const isSuccess = ({ call: { status } }: Recorded): boolean => status >= 200 && status < 300
const answers = recordings.filter(isSuccess)
const refusals = recordings.filter(recorded => !isSuccess(recorded))

const decodedFrom = ({ protocol, call }: Recorded, body: Uint8Array | Iterable<Uint8Array> = call.responseBody) =>
  decoded(protocol, replyOf(body, call.status, call.headers))

// The recordings lie beside the project, in a folder that a clone of the project alone does not have.
describe.skipIf(!wildFolder)('real streams of other projects', () => {
  test('speak all four protocols', () => {
    expect(new Set(answers.map(({ id }) => id))).toEqual(
      new Set(['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini']),
    )
    expect(answers.length).toBeGreaterThan(650)
  })

  test.for(named(answers))('%s says what is in it, whole', async ([, recorded]) => {
    const heard = heardIn(recorded.id, recorded.call.responseBody)
    const answer = await decodedFrom(recorded)
    if (heard.error) expect(answer.failure?.code).toMatch(/^(model-request|content-filter)$/)
    else expect(answer.failure?.code).toBe(heard.ended ? undefined : 'stream-broken')
    expect(answer.finish === undefined).toBe(heard.error || !heard.ended)
    if (!answer.finish) return
    const { text, calls, input = 0, output = 0 } = heard
    expect(saidIn(answer)).toEqual({ text, calls, input, output })
    expect(answer.finish.usage.reasoning).toBeLessThanOrEqual(answer.finish.usage.output)
  })

  test.for(named(answers))('%s shows in pieces what it says in the end', async ([, recorded]) => {
    const { events, parts, failure } = await decodedFrom(recorded)
    if (failure) return
    const shown = (type: 'text-delta' | 'reasoning-delta') =>
      events.map(event => (event.type === type ? event.text : '')).join('')
    const said = (type: 'text' | 'reasoning') => parts.map(part => (part.type === type ? part.text : '')).join('')
    expect(shown('text-delta')).toBe(said('text'))
    expect(shown('reasoning-delta')).toBe(said('reasoning'))
    const ids = parts.flatMap(part => (part.type === 'tool-call' ? [part.id] : []))
    expect(new Set(ids).size).toBe(ids.length)
    for (const event of events) if (event.type === 'tool-input-delta') expect(ids).toContain(event.id)
  })

  test.for(named(answers))('%s says the same however it is cut', async ([, recorded]) => {
    const whole = await decodedFrom(recorded)
    for (const [how, cut] of Object.entries(awkward)) {
      const { events, failure } = await decodedFrom(recorded, cut(recorded.call.responseBody))
      expect({ how, events, failure: failure?.message }).toEqual({
        how,
        events: whole.events,
        failure: whole.failure?.message,
      })
    }
  })

  test.for(named(answers))('%s never ends early in silence', async ([, recorded]) => {
    const { responseBody: body } = recorded.call
    const whole = await decodedFrom(recorded)
    for (const share of [0.2, 0.5, 0.8, 0.95]) {
      const { parts, failure } = await decodedFrom(recorded, body.subarray(0, Math.floor(body.length * share)))
      if (failure) expect(failure.code).toBe(whole.failure?.code === failure.code ? failure.code : 'stream-broken')
      else expect(parts).toEqual(whole.parts)
    }
  })

  test('a refusal becomes the failure that its status and its words mean', async () => {
    const codes = await Promise.all(
      refusals.map(async recorded => {
        const { failure, events } = await decodedFrom(recorded)
        expect(events).toEqual([])
        return `${recorded.call.status} ${failure?.code}`
      }),
    )
    const counts: Record<string, number> = {}
    for (const code of codes.sort()) counts[code] = (counts[code] ?? 0) + 1
    expect(counts).toMatchInlineSnapshot(`
      {
        "400 model-auth": 3,
        "400 model-request": 5,
        "401 model-auth": 10,
        "403 content-filter": 1,
        "403 model-auth": 1,
        "404 model-not-found": 9,
        "422 model-request": 1,
        "429 rate-limited": 2,
        "500 model-unavailable": 1,
        "503 model-unavailable": 1,
      }
    `)
  })

  test('a refusal never repeats a key', async () => {
    for (const recorded of refusals) {
      const { failure } = await decodedFrom(recorded)
      expect(failure?.message, recorded.name).not.toMatch(/\b(sk|gsk|xai|AIza)[-_]?[\w*-]{8,}/)
    }
  })
})
