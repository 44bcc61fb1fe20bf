import type { AnswerTo, Ask, Border, Caller, Exchange, Kind, Reply } from '../../core/border.ts'
import type { Interaction, RecordedResponse } from '../../core/cassette.ts'
import { Failure } from '../../core/errors.ts'
import { bodyOf, type Piece, wholeOf } from '../file/body.ts'
import type { CassetteWriter } from '../file/file.ts'
import { bounded } from '../match/bounded.ts'
import {
  comparedOf,
  keyOf,
  type Protocols,
  type Request,
  requestOfEffect,
  requestOfExchange,
} from '../match/request.ts'
import type { Redactor } from '../redact/redact.ts'
import { writtenAnswer } from './answer.ts'
import { keptHeaders } from './kept-headers.ts'
import { saidIn } from './said.ts'

export type RecordOptions = {
  readonly redactor: Redactor
  readonly protocols: Protocols
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number
  /** When an answer was recorded, in ISO 8601, where that was not when the recording began. */
  readonly timeOf?: (answer: object) => string | undefined
}

/** What is known of a crossing when it begins. */
type Begun = { readonly id: number; readonly lane: string; readonly agent: string; readonly request: Request }

type Timed = Pick<Interaction, 'recorded'>

/**
 * Another border, written down as it is crossed. Every crossing is on disk when it is finished, redacted before; the
 * bytes of a stream go on at once and are written at its end. A crossing that failed or was cut off is written as such.
 */
export const recordingBorder = (outside: Border, writer: CassetteWriter, options: RecordOptions): Border => {
  let asked = 0
  const begin = (caller: Caller, request: Request): Begun => {
    asked += 1
    return { id: asked, lane: caller.lane, agent: caller.agent, request }
  }
  const end = (begun: Begun & Timed, response: RecordedResponse, state?: Interaction['state']): void => {
    // Not before the answer is passed on: nobody waits for what is only written down.
    const request = redacted(begun.request, options.redactor)
    const key = keyOf(comparedOf(request, options.protocols), response.said)
    writer.append({ ...begun, request, response, ...(state && { state }), key })
  }
  const timed = (begun: Begun, answer: unknown): Begun & Timed => {
    const recorded = typeof answer === 'object' && answer ? options.timeOf?.(answer) : undefined
    return { ...begun, ...(recorded !== undefined && { recorded }) }
  }
  const failed = (begun: Begun & Timed, error: unknown, response: RecordedResponse = { status: 0 }): void => {
    if (error instanceof Failure && isOurs(error)) return
    const state = error instanceof Failure ? 'failed' : 'interrupted'
    end(begun, { ...response, ...errorOf(error, options.redactor) }, state)
  }

  return {
    async exchange(request, live) {
      const begun = begin(request.caller, requestOfExchange(request))
      const reply = await outside.exchange(request, live).catch((error: unknown) => {
        failed(begun, error)
        throw error
      })
      const known = timed(begun, reply)
      return recordedReply(reply, {
        ...options,
        request,
        failed: (error, response) => failed(known, error, response),
        end: (response, state) => end(known, response, state),
      })
    },
    async perform<K extends Kind>(kind: K, ask: Ask<K>, live: () => Promise<AnswerTo<K>>) {
      const start = () => begin('caller' in ask ? ask.caller : nobody, requestOfEffect(kind, ask))
      // A look that finds nothing new is no event: it gets its number when it has found something.
      const isLook = 'turn' in ask || 'late' in ask || kind === 'stop'
      const begun = isLook ? undefined : start()
      const answer = await outside.perform(kind, ask, live).catch((error: unknown) => {
        failed(begun ?? start(), error)
        throw error
      })
      if (!begun && answer === null) return answer
      const body = bounded(writtenAnswer(kind, answer), `The answer to ${requestOfEffect(kind, ask).url}`)
      end(timed(begun ?? start(), answer), { status: 200, body: options.redactor.json(body) }, stateOf(answer))
      return answer
    },
  }
}

/** A tool that was called off may have had something to say; it has come to no end all the same. */
const stateOf = (answer: AnswerTo<Kind>): Interaction['state'] =>
  typeof answer === 'object' && answer !== null && 'error' in answer && answer.error === 'interrupted'
    ? 'interrupted'
    : undefined

/** Facts are asked for by the run as a whole. */
const nobody: Caller = { agent: '', lane: 'root' }

/** A recording that has no answer, under an extending border: it is no event of the world. */
const isOurs = ({ code }: Failure): boolean => code === 'cassette-miss' || code === 'cassette-drift'

const redacted = (request: Request, redactor: Redactor): Request => ({
  ...request,
  url: redactor.text(request.url),
  ...(request.operation !== undefined && { operation: redactor.text(request.operation) }),
  body: redactor.json(request.body),
})

const errorOf = (error: unknown, redactor: Redactor): Pick<RecordedResponse, 'error'> => {
  if (!(error instanceof Failure)) return {}
  const { code, message, hint } = error
  return { error: { code, message: redactor.text(message), ...(hint !== undefined && { hint: redactor.text(hint) }) } }
}

type Ending = RecordOptions & {
  readonly request: Exchange
  readonly end: (response: RecordedResponse, state?: Interaction['state']) => void
  readonly failed: (error: unknown, response: RecordedResponse) => void
}

/** The reply as it is, and a copy of its bytes for the cassette when it is at its end, whichever end that is. */
const recordedReply = (reply: Reply, ending: Ending): Reply => ({ ...reply, body: heard(reply, ending) })

async function* heard(reply: Reply, ending: Ending): AsyncGenerator<Uint8Array> {
  const { clock, end, failed } = ending
  const pieces: Piece[] = []
  let before = clock()
  let isOver = false
  try {
    for await (const bytes of reply.body) {
      const now = clock()
      pieces.push({ bytes, after: now - before })
      before = now
      yield bytes
    }
    isOver = true
    end(await withSaid(reply, pieces, ending))
  } catch (error) {
    if (isOver) throw error
    isOver = true
    failed(error, responseOf(reply, pieces, ending))
    throw error
  } finally {
    // The reader has left: with the protocol's last word said there was nothing more to hear.
    if (!isOver) {
      const heardAll = await withSaid(reply, pieces, ending)
      end(heardAll, heardAll.said === undefined ? 'interrupted' : undefined)
    }
  }
}

/** What was said is read from the bytes as they came: in redacted ones a path may stand in slices. */
const withSaid = async (reply: Reply, pieces: readonly Piece[], ending: Ending): Promise<RecordedResponse> => {
  const { redactor, protocols, request } = ending
  const response = responseOf(reply, pieces, ending)
  const asItCame = { status: reply.status, body: wholeOf(pieces).toString('base64'), encoding: 'base64' } as const
  const said = await saidIn(asItCame, protocols(request.protocol))
  if (said === undefined) return response
  const { status, headers, ...rest } = response
  return { status, ...(headers && { headers }), said: redactor.json(said), ...rest }
}

const responseOf = (
  { status, headers }: Reply,
  pieces: readonly Piece[],
  { redactor }: RecordOptions,
): RecordedResponse => {
  return { status, ...keptHeaders(headers), ...bodyOf(pieces, redactor) }
}
