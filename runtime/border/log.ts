import type { Border } from '../core/border.ts'
import type { LogEntry } from '../core/log.ts'

/** Who writes down what was asked and what came back; `redact` makes texts fit to be shown. */
export type Log = { readonly tell: (entry: LogEntry) => void; readonly redact: (text: string) => string }

/** Another border, with a look at everything that crosses it: what, and for `debug` its bodies, whole and redacted. */
export const loggingBorder = (outside: Border, { tell, redact }: Log): Border => {
  const log = (level: LogEntry['level'], sign: LogEntry['sign'], lane: string, texts: readonly [string, string?]) => {
    const [what, body] = texts.map(text => (text === undefined ? undefined : redact(text)))
    tell({ level, sign, lane, what: what ?? '', ...(body !== undefined && { body }) })
  }
  return {
    async exchange(request, live) {
      const { lane } = request.caller
      log('info', '→', lane, [`POST ${request.url}`, JSON.stringify(request.body)])
      const reply = await outside.exchange(request, live).catch(error => {
        log('error', '✗', lane, [`${request.operation}: ${error}`])
        throw error
      })
      const level = reply.status < 400 ? 'info' : 'error'
      return {
        ...reply,
        body: heard(reply.body, text => log(level, '←', lane, [`${reply.status} ${request.operation}`, text])),
      }
    },
    async perform(kind, ask, live) {
      const lane = 'caller' in ask ? ask.caller.lane : 'root'
      const answer = await outside.perform(kind, ask, live)
      const name = 'name' in ask ? ` ${ask.name}` : ''
      log('info', '←', lane, [`${kind}${name}`, `${JSON.stringify(ask)} ${JSON.stringify(answer)}`])
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
