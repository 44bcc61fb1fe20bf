import type { Border, Fetch, Reply } from '../core/border.ts'
import { Failure } from '../core/errors.ts'

/** The world as it is. `fetch` is the process's own. */
export const liveBorder = (fetch: Fetch): Border => ({
  exchange: async (_request, live) => replyOf(await live(fetch)),
  perform: (_kind, _ask, live) => live(),
})

const replyOf = ({ status, headers, body }: Response): Reply => ({
  status,
  headers: Object.fromEntries(headers),
  body: body ? whole(body) : nothing(),
})

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** A connection that breaks is an expected failure; a request that we cancelled ourselves is none. */
async function* whole(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new Failure('stream-broken', 'The connection to the provider broke before its answer was complete.', {
      hint: 'Try again; if it breaks at the same place every time, a proxy may cut long answers.',
      cause: error,
    })
  }
}
