import { expect, test } from 'vitest'
import { Failure, type FailureCode, failures } from '../runtime/core/errors.ts'
import { noUsage } from '../runtime/core/message.ts'
import type { Model, ModelEvent, ModelRequest } from '../runtime/core/model.ts'
import { fallingBack, retrying } from '../runtime/models/compose.ts'
import { user } from './support/asked.ts'
import { type Step, scriptedModel } from './support/scripted-model.ts'

const never = new AbortController().signal

const requestIn = (lane = 'root'): ModelRequest => ({
  caller: { agent: 'root', lane },
  system: [],
  stable: 0,
  messages: [user('Hi')],
  tools: [],
})

const failing = (code: FailureCode, retryAfter?: number): Step => ({
  failure: new Failure(code, `It was ${code}.`, retryAfter === undefined ? {} : { retryAfter }),
})

/** Patience that only writes down how long it was asked for. */
const patience = () => {
  const waits: number[] = []
  return { waits, sleep: async (milliseconds: number) => void waits.push(milliseconds) }
}

/** What one call came to, in short: events by name or words, and the failure at the end. */
const told = async (model: Model, signal = never, request = requestIn()): Promise<string[]> => {
  const lines: string[] = []
  try {
    for await (const event of model(request, signal)) lines.push(brief(event))
  } catch (error) {
    lines.push(error instanceof Failure ? `failed: ${error.code}` : `threw: ${error}`)
  }
  return lines
}

const brief = (event: ModelEvent): string => {
  if (event.type === 'text-delta') return `"${event.text}"`
  if (event.type === 'retry') return `retry ${event.attempt} after ${event.waited}: ${event.reason}`
  return event.type
}

test('what passes by itself is asked again, each time after twice the wait', async () => {
  using script = scriptedModel([failing('model-unavailable'), failing('stream-broken'), failing('rate-limited'), 'Hi.'])
  const { waits, sleep } = patience()
  expect(await told(retrying(script.model, { attempts: 4, sleep }))).toEqual([
    'retry 1 after 500: It was model-unavailable.',
    'retry 2 after 1000: It was stream-broken.',
    'retry 3 after 2000: It was rate-limited.',
    '"Hi."',
    'part',
    'finish',
  ])
  expect(waits).toEqual([500, 1000, 2000])
})

test('after the last attempt the failure is told as it is', async () => {
  using script = scriptedModel([failing('model-unavailable'), failing('model-unavailable')])
  const { waits, sleep } = patience()
  expect(await told(retrying(script.model, { attempts: 2, sleep }))).toEqual([
    'retry 1 after 500: It was model-unavailable.',
    'failed: model-unavailable',
  ])
  expect(waits).toEqual([500])
})

const final = (Object.keys(failures) as FailureCode[]).filter(
  code => !['model-unavailable', 'stream-broken', 'rate-limited'].includes(code),
)

test.for(final)('%s is not asked again', async code => {
  using script = scriptedModel([failing(code)])
  const { waits, sleep } = patience()
  expect(await told(retrying(script.model, { attempts: 3, sleep }))).toEqual([`failed: ${code}`])
  expect(waits).toEqual([])
})

test('a bug is not asked again either', async () => {
  let asked = 0
  const broken: Model = async function* () {
    asked++
    yield* []
    throw new RangeError('a bug')
  }
  expect(await told(retrying(broken, { attempts: 3, sleep: patience().sleep }))).toEqual(['threw: RangeError: a bug'])
  expect(asked).toBe(1)
})

test('the provider says how long to wait', async () => {
  using script = scriptedModel([failing('rate-limited', 7000), failing('model-unavailable', 20), 'Hi.'])
  const { waits, sleep } = patience()
  await told(retrying(script.model, { attempts: 3, sleep }))
  expect(waits).toEqual([7000, 20])
})

test('whoever is to wait for more than a minute is told instead', async () => {
  using script = scriptedModel([failing('rate-limited', 60_001)])
  const { waits, sleep } = patience()
  expect(await told(retrying(script.model, { attempts: 3, sleep }))).toEqual(['failed: rate-limited'])
  expect(waits).toEqual([])
})

test('a wait is interrupted at once', async () => {
  using script = scriptedModel([failing('rate-limited', 50_000)])
  const controller = new AbortController()
  const sleep = (_milliseconds: number, signal: AbortSignal) =>
    new Promise<void>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
      controller.abort(new Error('Ctrl-C'))
    })
  expect(await told(retrying(script.model, { attempts: 3, sleep }), controller.signal)).toEqual([
    'retry 1 after 50000: It was rate-limited.',
    'threw: Error: Ctrl-C',
  ])
})

test('a failure that came of an interrupt is not asked again', async () => {
  const controller = new AbortController()
  const cut: Model = async function* () {
    yield { type: 'text-delta', text: 'H' }
    controller.abort()
    throw new Failure('stream-broken', 'It broke.')
  }
  const { waits, sleep } = patience()
  expect(await told(retrying(cut, { attempts: 3, sleep }), controller.signal)).toEqual(['"H"', 'failed: stream-broken'])
  expect(waits).toEqual([])
})

/** Says these events, then fails; says `Hi.` when asked again. */
const breakingAfter = (...events: ModelEvent[]): Model => {
  let asked = 0
  return async function* () {
    asked++
    if (asked === 1) {
      yield* events
      throw new Failure('stream-broken', 'It broke.')
    }
    yield { type: 'text-delta', text: 'Hi.' }
    yield { type: 'part', part: { type: 'text', text: 'Hi.' } }
    yield { type: 'finish', stop: 'end', usage: noUsage }
  }
}

test('words that broke off are said anew, and the event between tells so', async () => {
  const model = retrying(breakingAfter({ type: 'text-delta', text: 'H' }), { attempts: 3, sleep: patience().sleep })
  expect(await told(model)).toEqual(['"H"', 'retry 1 after 500: It broke.', '"Hi."', 'part', 'finish'])
})

test('what is complete is in memory, and not said twice', async () => {
  const part: ModelEvent = { type: 'part', part: { type: 'text', text: 'Hi.' } }
  const model = retrying(breakingAfter(part), { attempts: 3, sleep: patience().sleep })
  expect(await told(model)).toEqual(['part', 'failed: stream-broken'])
})

const minute = { cooldown: 60_000, clock: async () => 0 }

const named = (name: string, model: Model) => ({ name, model })

test('the next model takes over, and the event between says which', async () => {
  using first = scriptedModel([failing('model-unavailable')])
  using second = scriptedModel([failing('model-not-found')])
  using third = scriptedModel(['Hi.'])
  const models = [named('a/1', first.model), named('b/2', second.model), named('c/3', third.model)]
  expect(await told(fallingBack(models, minute))).toEqual([
    'retry 1 after 0: It was model-unavailable. b/2 takes over.',
    'retry 2 after 0: It was model-not-found. c/3 takes over.',
    '"Hi."',
    'part',
    'finish',
  ])
})

test('when all have failed, the last failure is told', async () => {
  using first = scriptedModel([failing('rate-limited')])
  using second = scriptedModel([failing('model-auth')])
  const models = [named('a/1', first.model), named('b/2', second.model)]
  expect(await told(fallingBack(models, minute))).toEqual([
    'retry 1 after 0: It was rate-limited. b/2 takes over.',
    'failed: model-auth',
  ])
})

test.for(['missing-key', 'config', 'cassette-miss', 'cassette-drift', 'interrupted'] as const)(
  'no model takes over after %s',
  async code => {
    using first = scriptedModel([failing(code)])
    using second = scriptedModel([])
    const models = [named('a/1', first.model), named('b/2', second.model)]
    expect(await told(fallingBack(models, minute))).toEqual([`failed: ${code}`])
  },
)

test('no model takes over in the middle of what is kept', async () => {
  const part: ModelEvent = { type: 'part', part: { type: 'text', text: 'Hi.' } }
  using second = scriptedModel([])
  const models = [named('a/1', breakingAfter(part)), named('b/2', second.model)]
  expect(await told(fallingBack(models, minute))).toEqual(['part', 'failed: stream-broken'])
})

/** Reads to `finish` and leaves, as the loop does. */
const answered = async (model: Model, lane?: string): Promise<string> => {
  let text = ''
  for await (const event of model(requestIn(lane), never)) {
    if (event.type === 'text-delta') text += event.text
    if (event.type === 'finish') return text
  }
  throw new Error('no end')
}

test('a model that stood in for one that was refused is asked first until the cooldown is over', async () => {
  using first = scriptedModel([failing('rate-limited'), 'first', 'first'])
  using second = scriptedModel(['second', 'second'])
  let now = 1000
  const options = { cooldown: 60_000, clock: async () => now }
  const model = fallingBack([named('a/1', first.model), named('b/2', second.model)], options)
  expect(await answered(model)).toBe('second')
  now += 59_999
  expect(await answered(model)).toBe('second')
  now += 1
  expect(await answered(model)).toBe('first')
  expect(await answered(model)).toBe('first')
})

test('a hiccup of the first model does not make it wait', async () => {
  using first = scriptedModel([failing('model-unavailable'), 'first'])
  using second = scriptedModel(['second'])
  const model = fallingBack([named('a/1', first.model), named('b/2', second.model)], minute)
  expect(await answered(model)).toBe('second')
  expect(await answered(model)).toBe('first')
})

test('in the cooldown the first model is still asked when its deputy fails', async () => {
  using first = scriptedModel([failing('rate-limited'), 'first'])
  using second = scriptedModel(['second', failing('model-unavailable')])
  const model = fallingBack([named('a/1', first.model), named('b/2', second.model)], minute)
  expect(await answered(model)).toBe('second')
  expect(await answered(model)).toBe('first')
})

test('agents side by side have cooldowns of their own', async () => {
  using first = scriptedModel([failing('rate-limited'), 'first'])
  using second = scriptedModel(['second'])
  const model = fallingBack([named('a/1', first.model), named('b/2', second.model)], minute)
  expect(await answered(model, 'root/transfer_task:1/a')).toBe('second')
  expect(await answered(model, 'root/transfer_task:2/a')).toBe('first')
})

test('the clock is asked only where a cooldown depends on it', async () => {
  using first = scriptedModel(['first', failing('rate-limited')])
  using second = scriptedModel(['second', 'second'])
  let asked = 0
  const options = { cooldown: 60_000, clock: async () => ++asked }
  const model = fallingBack([named('a/1', first.model), named('b/2', second.model)], options)
  await answered(model)
  expect(asked).toBe(0)
  await answered(model)
  expect(asked).toBe(1)
  await answered(model)
  expect(asked).toBe(2)
})
