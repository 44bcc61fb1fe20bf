import { setTimeout as wait } from 'node:timers/promises'
import type { Border, Reply } from '../../core/border.ts'
import { Failure } from '../../core/errors.ts'

/**
 * How the bytes of a replayed answer arrive: in the recorded pieces, each byte alone, cut where it hurts (inside
 * characters, line ends and fields), or all at once.
 */
export type Cuts = 'recorded' | 'bytes' | 'split' | 'merged'

/** What goes wrong: the connection breaks after so many events, the provider asks to wait, the stream stands still. */
export type Fault =
  | { readonly type: 'cut'; readonly events: number }
  | { readonly type: 'limit'; readonly call: number }
  | { readonly type: 'stall'; readonly milliseconds: number }

export type Delivery = { readonly cuts: Cuts; readonly faults: readonly Fault[] }

/** Another border whose answers arrive in a worse way than they were recorded: each cassette tests the parsers so. */
export const delivering = (inside: Border, { cuts, faults }: Delivery): Border => {
  let calls = 0
  const whole = new Map<string, Reply>()
  return {
    perform: inside.perform,
    async exchange(request, live) {
      calls += 1
      if (faults.some(fault => fault.type === 'limit' && fault.call === calls)) return askedToWait()
      // Who asks again for what broke off gets it whole: a cassette has each answer once.
      const again = `${request.caller.lane} ${JSON.stringify(request.body)}`
      const reply = whole.get(again) ?? (await inside.exchange(request, live))
      if (!faults.some(({ type }) => type === 'cut')) return { ...reply, body: recut(faulty(reply.body, faults), cuts) }
      const isFirst = !whole.delete(again)
      const body = await Array.fromAsync(reply.body)
      if (isFirst) whole.set(again, { ...reply, body: pieces(body) })
      return { ...reply, body: recut(isFirst ? faulty(pieces(body), faults) : pieces(body), cuts) }
    },
  }
}

async function* pieces(body: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* body
}

const askedToWait = (): Reply => ({
  status: 429,
  headers: { 'content-type': 'application/json', 'retry-after': '1' },
  body: (async function* () {
    yield Buffer.from('{"error":{"message":"Too many requests, as --fault asked for.","type":"rate_limit_error"}}')
  })(),
})

async function* recut(body: AsyncIterable<Uint8Array>, cuts: Cuts): AsyncGenerator<Uint8Array> {
  if (cuts === 'recorded') return yield* body
  const pieces: Uint8Array[] = []
  for await (const piece of body) {
    if (cuts === 'bytes') yield* eachOf(piece)
    else pieces.push(piece)
  }
  const whole = Buffer.concat(pieces)
  if (cuts === 'merged' && whole.length > 0) yield whole
  if (cuts === 'split') yield* atBadPlaces(whole)
}

function* eachOf(piece: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < piece.length; at++) yield piece.subarray(at, at + 1)
}

/** Before each line end and behind it, inside `data:`, and inside each character of several bytes. */
function* atBadPlaces(bytes: Buffer): Generator<Uint8Array> {
  let start = 0
  for (let at = 1; at < bytes.length; at++) {
    if (!isBadPlace(bytes, at)) continue
    yield bytes.subarray(start, at)
    start = at
  }
  if (start < bytes.length) yield bytes.subarray(start)
}

const [lineFeed, letterD, firstOfMany] = [0x0a, 0x64, 0xc0]

const isBadPlace = (bytes: Buffer, at: number): boolean => {
  const before = bytes[at - 1] ?? 0
  const isInField = before === letterD && bytes[at - 2] === lineFeed
  return before >= firstOfMany || before === lineFeed || bytes[at] === lineFeed || isInField
}

async function* faulty(body: AsyncIterable<Uint8Array>, faults: readonly Fault[]): AsyncGenerator<Uint8Array> {
  const cut = faults.find(fault => fault.type === 'cut')
  const stall = faults.find(fault => fault.type === 'stall')
  let heard = ''
  for await (const piece of body) {
    if (stall) await wait(stall.milliseconds)
    const before = heard.length
    heard += Buffer.from(piece).toString('latin1')
    const end = cut && endOfEvent(heard, cut.events)
    yield end === undefined ? piece : piece.subarray(0, end - before)
    if (end !== undefined) throw broken()
  }
}

/** Where so many events of a stream are over; nothing where there are fewer. */
const endOfEvent = (text: string, events: number): number | undefined => {
  const end = [...text.matchAll(/\r?\n\r?\n/g)][events - 1]
  return end && end.index + end[0].length
}

const broken = (): Failure =>
  new Failure('stream-broken', 'The connection broke, as --fault asked for.', {
    hint: 'Play it without --fault to hear the whole answer.',
  })
