import { longestMessage, tooLargeText } from './limits.ts'

/** Sees what comes through, and the end; `failure` where it was no good end. */
export type Watcher = {
  readonly piece: (bytes: Uint8Array) => void
  readonly ended: (failure: unknown) => void
}

/** A message that is larger than any that can be used. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge'
  constructor() {
    super(tooLargeText)
  }
}

/** The same response, with a body that breaks off where one message of it is too large. */
export const bounded = (response: Response, watcher: Watcher): Response => {
  const { body, status, statusText, headers } = response
  if (!body || [101, 204, 205, 304].includes(status)) return response
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') ?? false
  const pieces = watched(body, { isStream, watcher })
  return new Response(ReadableStream.from(pieces), { status, statusText, headers })
}

async function* watched(
  body: AsyncIterable<Uint8Array>,
  { isStream, watcher }: { isStream: boolean; watcher: Watcher },
): AsyncGenerator<Uint8Array> {
  let size = 0
  let failure: unknown = new Error('left')
  try {
    for await (const piece of body) {
      watcher.piece(piece)
      const end = isStream ? endOfEvent(piece) : -1
      size = end < 0 ? size + piece.length : piece.length - end
      if (size > longestMessage) throw new TooLarge()
      yield piece
    }
    failure = undefined
  } catch (error) {
    failure = error
    throw error
  } finally {
    watcher.ended(failure)
  }
}

/** Where the last event in these bytes ends, by the empty line behind it; -1 where none does. */
const endOfEvent = (piece: Uint8Array): number => {
  const text = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
  return Math.max(text.lastIndexOf('\n\n'), text.lastIndexOf('\r\n\r\n'), text.lastIndexOf('\r\r'))
}
