import { expect, test } from 'vitest'
import { type ReplayOptions, replayingBorder } from '../runtime/cassette/play/replay.ts'
import type { Exchange } from '../runtime/core/border.ts'
import type { Drift } from '../runtime/core/cassette.ts'
import { Failure } from '../runtime/core/errors.ts'
import type { JsonObject } from '../runtime/core/json.ts'
import { cassetteOf, noRedactor } from './support/memory-cassette.ts'
import {
  comparedLeaves,
  knownProtocol,
  otherThan,
  realRequests,
  relabelled,
  type Sample,
  withLeaf,
} from './support/real-requests.ts'
import { seeded } from './support/seeded.ts'
import { wildFolder } from './support/wild.ts'

const exchangeOf = ({ protocol, url }: Sample, body: JsonObject): Exchange => ({
  caller: { agent: 'root', lane: 'root' },
  protocol,
  provider: 'somebody',
  operation: new URL(url, 'http://unknown').pathname,
  url,
  body,
})

const never = () => Promise.reject(new Error('a replay asks nobody'))

type Outcome = { readonly answered: boolean; readonly drifts: readonly Drift[]; readonly failure?: Failure }

/** What a replay of the one request answers to another. */
const askedOf = async (sample: Sample, body: JsonObject, drift: ReplayOptions['drift']): Promise<Outcome> => {
  const drifts: Drift[] = []
  const border = replayingBorder(cassetteOf([exchangeOf(sample, sample.body)], knownProtocol), {
    protocols: knownProtocol,
    redactor: noRedactor,
    drift,
    onDrift: told => drifts.push(told),
    onNotice: () => undefined,
  })
  try {
    await border.exchange(exchangeOf(sample, body), never)
    return { answered: true, drifts }
  } catch (failure) {
    if (!(failure instanceof Failure) || border.misses().length !== 1) throw failure
    return { answered: false, drifts, failure }
  }
}

test.skipIf(!wildFolder)(
  'what is asked under other ids, in another order and spelling, is answered without a word',
  async () => {
    for (const sample of realRequests()) {
      const outcome = await askedOf(sample, relabelled(sample), 'allow')
      expect(outcome, sample.file).toEqual({ answered: true, drifts: [] })
    }
  },
)

const named = /change|model is|turns|order|crossed|another/

/** What is not as promised when this is asked in place of the recorded request. */
const wrongWith = async (sample: Sample, body: JsonObject): Promise<string | undefined> => {
  const { failure } = await askedOf(sample, body, 'refuse')
  if (failure?.code !== 'cassette-miss' && failure?.code !== 'cassette-drift') return 'it is answered'
  if (`${failure.message}\n${failure.hint}`.split('\n').length > 25) return 'it is told in more than 25 lines'
  const free = await askedOf(sample, body, 'allow')
  if (free.drifts.length !== (free.answered ? 1 : 0)) return 'it is answered without a word'
  const told = free.drifts[0]?.what ?? free.failure?.message ?? ''
  return named.test(told) ? undefined : `it is not said what differs: ${told}`
}

test.skipIf(!wildFolder)('ten thousand changes of a single field are answered by none, or told as drift', async () => {
  const pool = realRequests().filter(({ body }) => JSON.stringify(body).length < 200_000)
  const random = seeded(11)
  for (let tried = 0; tried < 10_000; ) {
    const sample = pool[Math.floor(random() * pool.length)]!
    const places = comparedLeaves(sample)
    for (let count = 0; count < 20; count++, tried++) {
      const { path, value } = places[Math.floor(random() * places.length)]!
      const body = withLeaf(sample.body, path, otherThan(value)) as JsonObject
      const wrong = await wrongWith(sample, body)
      if (wrong !== undefined) expect.unreachable(`${sample.file} ${path.join('.')}: ${wrong}`)
    }
  }
})
