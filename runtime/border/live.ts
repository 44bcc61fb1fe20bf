import type { Border, Fetch, Reply } from '../core/border.ts'

/** The world as it is. `fetch` is the process's own. */
export const liveBorder = (fetch: Fetch): Border => ({
  exchange: async (_request, live) => replyOf(await live(fetch)),
  perform: (_kind, _ask, live) => live(),
})

const replyOf = ({ status, headers, body }: Response): Reply => ({
  status,
  headers: Object.fromEntries(headers),
  body: body ?? nothing(),
})

async function* nothing(): AsyncGenerator<Uint8Array> {}
