import type { RecordedResponse } from '../../core/cassette.ts'
import type { Redactor } from '../redact/redact.ts'

/** Bytes as the network brought them, and the milliseconds since those before. */
export type Piece = { readonly bytes: Uint8Array; readonly after: number }

/** A body and its cuts as they are written down: redacted text where the bytes are UTF-8, else base64. */
export const bodyOf = (
  pieces: readonly Piece[],
  redactor: Redactor,
): Pick<RecordedResponse, 'body' | 'encoding' | 'chunks'> => {
  const bytes = wholeOf(pieces)
  const chunks = pieces.map(({ bytes, after }) => `${bytes.length}+${Math.max(0, Math.round(after))}`).join(' ')
  const cuts = pieces.length > 0 ? { chunks } : {}
  const text = bytes.toString('utf8')
  if (!Buffer.from(text, 'utf8').equals(bytes)) {
    return { body: Buffer.from(redactor.bytes(bytes)).toString('base64'), encoding: 'base64', ...cuts }
  }
  return { body: redactor.body(text), ...cuts }
}

/** All bytes that came, as they came. */
export const wholeOf = (pieces: readonly Piece[]): Buffer => Buffer.concat(pieces.map(({ bytes }) => bytes))

/** The bytes of a recorded body; JSON that a person wrote there is printed. */
export const bytesOf = ({ body, encoding }: RecordedResponse): Buffer => {
  if (body === undefined || body === null) return Buffer.alloc(0)
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8')
}

/** A body cut as it was; where it is no longer as long as the cuts say (it was edited), the last piece takes the rest. */
export const piecesOf = (bytes: Uint8Array, chunks: string | undefined): Piece[] => {
  const pieces: Piece[] = []
  let at = 0
  for (const cut of chunks?.split(' ') ?? []) {
    const [size = 0, after = 0] = cut.split('+').map(Number)
    if (!(size > 0) || at >= bytes.length) continue
    pieces.push({ bytes: bytes.subarray(at, at + size), after })
    at += size
  }
  if (at < bytes.length) pieces.push({ bytes: bytes.subarray(at), after: 0 })
  return pieces
}
