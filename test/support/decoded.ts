import type { Reply } from '../../runtime/core/border.ts'
import { Failure } from '../../runtime/core/errors.ts'
import { type AssistantPart, textOf } from '../../runtime/core/message.ts'
import type { ModelEvent } from '../../runtime/core/model.ts'
import type { Protocol } from '../../runtime/core/protocol.ts'

/** Bytes as they arrive: each element is what one read gives. */
export async function* arriving(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks
}

/** A reply whose body is one text, or arrives in just these pieces. */
export const replyOf = (body: string | Uint8Array | Iterable<Uint8Array>, status = 200, headers = {}): Reply => ({
  status,
  headers,
  body: arriving(typeof body === 'string' ? [Buffer.from(body)] : body instanceof Uint8Array ? [body] : body),
})

/** What an answer came to: its events, or the Failure that it is. Anything else that is thrown is a bug, and thrown on. */
export type Decoded = {
  readonly events: readonly ModelEvent[]
  readonly parts: readonly AssistantPart[]
  readonly finish: Extract<ModelEvent, { type: 'finish' }> | undefined
  readonly failure: Failure | undefined
}

export const decoded = async (protocol: Protocol, reply: Reply): Promise<Decoded> => {
  const events: ModelEvent[] = []
  let failure: Failure | undefined
  try {
    for await (const event of protocol.decode(reply)) events.push(event)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    failure = error
  }
  return {
    events,
    parts: events.flatMap(event => (event.type === 'part' ? [event.part] : [])),
    finish: events.find(event => event.type === 'finish'),
    failure,
  }
}

/** What was said, in the words of `heardIn`. */
export const saidIn = ({ parts, finish }: Decoded) => ({
  text: textOf(parts),
  calls: parts.flatMap(part =>
    part.type === 'tool-call' ? [{ name: part.name, input: part.invalid ?? part.input }] : [],
  ),
  input: finish && finish.usage.input + finish.usage.cacheRead + finish.usage.cacheWrite,
  output: finish?.usage.output,
})
