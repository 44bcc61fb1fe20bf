import type { Interaction } from '../../core/cassette.ts'
import type { Json } from '../../core/json.ts'
import { bytesOf, piecesOf } from '../file/body.ts'
import { comparedOf, digestOfSaid, digestsIn, isKeyOf, type Protocols } from '../match/request.ts'
import type { Restorer } from '../redact/restore.ts'
import { readSaid, saidIn } from './said.ts'

/** How the bytes of a replay are timed; at once where neither is given. */
export type Pace = {
  /** Waits before each line of a stream. */
  readonly pause?: () => Promise<void>
  /** Waits before a piece that came so many milliseconds after the one before. */
  readonly pauseAfter?: (milliseconds: number) => Promise<void>
}

/**
 * Bytes in another protocol that say what was said, none of an answer that broke off; nothing where the recorded protocol
 * is spoken now, or the answer was an error.
 */
export const bytesInProtocol = async (
  { request, response }: Interaction,
  protocol: string,
  { protocols, restorer }: { readonly protocols: Protocols; readonly restorer: Restorer },
): Promise<Buffer | undefined> => {
  const recorded = request.protocol === undefined ? undefined : protocols(request.protocol)
  const now = protocols(protocol)
  if (!recorded || !now || recorded.id === now.id || response.status >= 300) return undefined
  const said = response.said ?? (await saidIn(response, recorded))
  return said === undefined ? Buffer.alloc(0) : Buffer.from(now.speak(readSaid(restorer.json(said))))
}

/** The recorded bytes; or bytes that say what stands under `said`, where there are none, or where that was edited. */
export const bytesToPlay = (
  interaction: Interaction,
  protocols: Protocols,
  restorer: Restorer,
  edited = isEdited(interaction, protocols),
): Buffer => {
  const { request, response } = interaction
  const { said, body, encoding } = response
  const protocol = request.protocol === undefined ? undefined : protocols(request.protocol)
  if (said !== undefined && protocol && (body === undefined || edited)) {
    return Buffer.from(protocol.speak(readSaid(restorer.json(said))))
  }
  return typeof body === 'string' && encoding === undefined ? Buffer.from(restorer.text(body)) : bytesOf(response)
}

/**
 * Whether a person has changed what was said since it was recorded. A key that does not fit its own request either was
 * made in another way, by another version, and says nothing of that.
 */
export const isEdited = ({ request, response, key }: Interaction, protocols: Protocols): boolean => {
  const { said, body } = response
  if (said === undefined || body === undefined || key === undefined) return false
  const digests = digestsIn(key)
  if (digests.said === undefined || digests.said === digestOfSaid(said)) return false
  return isKeyOf(key, comparedOf(request, protocols))
}

/**
 * The same where there is no key that fits, because the request was edited too, or somebody took the keys out: whether
 * the bytes say something else.
 */
export const saysOther = async ({ request, response, key }: Interaction, protocols: Protocols): Promise<boolean> => {
  const { said, body } = response
  if (said === undefined || body === undefined || digestsIn(key ?? '').said === digestOfSaid(said)) return false
  const heard = await saidIn(response, request.protocol === undefined ? undefined : protocols(request.protocol))
  return heard !== undefined && digestOfSaid(wordsOf(heard)) !== digestOfSaid(wordsOf(said))
}

const wordsOf = (said: Json): Json => {
  const { text = null, calls = null } = readSaid(said)
  return { text, calls: calls as Json }
}

/** The bytes in the pieces in which they came, or line by line; then `ending`, which throws where they broke off. */
export async function* played(
  bytes: Buffer,
  {
    chunks,
    pause,
    pauseAfter,
    ending,
  }: Pace & { readonly chunks: string | undefined; readonly ending: () => Promise<void> },
): AsyncGenerator<Uint8Array> {
  if (pause) yield* slowly(bytes, pause)
  else {
    for (const piece of piecesOf(bytes, chunks)) {
      await pauseAfter?.(piece.after)
      yield piece.bytes
    }
  }
  await ending()
}

async function* slowly(bytes: Buffer, pause: () => Promise<void>): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf('\n', start) + 1 || bytes.length
    await pause()
    yield bytes.subarray(start, end)
    start = end
  }
}
