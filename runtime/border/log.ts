import type { Border } from '../core/border.ts'

/** What was asked and what came back, a line each; `redact` makes it fit to be shown. */
export type Log = { readonly line: (text: string) => void; readonly redact: (text: string) => string }

/** Another border, with a look at everything that crosses it. Bodies are logged whole, redacted. */
export const loggingBorder = (outside: Border, { line, redact }: Log): Border => {
  const tell = (sign: '→' | '←' | '✗', caller: string, text: string) => line(redact(`${sign} ${caller} ${text}`))
  return {
    async exchange(request, live) {
      const { lane } = request.caller
      tell('→', lane, `POST ${request.url} ${JSON.stringify(request.body)}`)
      const reply = await outside.exchange(request, live).catch(error => {
        tell('✗', lane, `${request.operation}: ${error}`)
        throw error
      })
      return {
        ...reply,
        body: heard(reply.body, text => tell('←', lane, `${reply.status} ${request.operation} ${text}`)),
      }
    },
    async perform(kind, ask, live) {
      const lane = 'caller' in ask ? ask.caller.lane : 'root'
      const answer = await outside.perform(kind, ask, live)
      tell('←', lane, `${kind} ${JSON.stringify(ask)} ${JSON.stringify(answer)}`)
      return answer
    },
  }
}

/** Passes every piece on as it comes, and the whole text to `done`, also when the reader leaves early. */
async function* heard(body: AsyncIterable<Uint8Array>, done: (text: string) => void): AsyncGenerator<Uint8Array> {
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of body) {
      pieces.push(piece)
      yield piece
    }
  } finally {
    done(Buffer.concat(pieces).toString())
  }
}
