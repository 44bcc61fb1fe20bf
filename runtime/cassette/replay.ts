import type { AnswerTo, Ask, Border, Caller, Exchange, Kind, Reply } from '../core/border.ts'
import type { Drift, Interaction } from '../core/cassette.ts'
import { Failure, type FailureCode, failures } from '../core/errors.ts'
import type { Json } from '../core/json.ts'
import { readAnswer } from './answer.ts'
import { bytesOf, piecesOf } from './body.ts'
import { type Difference, differencesBetween } from './difference.ts'
import { explainMiss } from './explain.ts'
import type { Entry, OpenCassette } from './file.ts'
import { type Redactor, restorerOf } from './redact.ts'
import {
  comparedOf,
  digestOfSaid,
  digestsIn,
  type Protocols,
  type Request,
  requestOfEffect,
  requestOfExchange,
} from './request.ts'
import { readSaid } from './said.ts'
import { type Found, Shelf } from './shelf.ts'
import { clipped } from './text.ts'

export type ReplayOptions = {
  readonly protocols: Protocols
  /** Of the present run: what is asked now is compared as it would have been written down. */
  readonly redactor: Redactor
  /** Whether an answer to the same words under other instructions, tools or parameters is given, and reported. */
  readonly drift: 'allow' | 'refuse'
  readonly onDrift: (drift: Drift) => void
  /** Something a person should know, as a sentence. */
  readonly onNotice: (text: string) => void
  /** Waits before each line of a stream; all at once where absent. */
  readonly pause?: () => Promise<void>
}

export type ReplayingBorder = Border & {
  /** Requests that had no answer, each told once, whoever swallowed them. */
  readonly misses: () => readonly Failure[]
  /** Interactions that nobody asked for. */
  readonly unused: () => readonly Entry[]
}

/** The world as a cassette remembers it. Nothing is ever called: what the cassette does not know is a Failure. */
export const replayingBorder = (cassette: OpenCassette, options: ReplayOptions): ReplayingBorder => {
  const shelf = new Shelf(cassette, options.protocols)
  const { workingDirectory, home } = cassette.header
  const restorer = restorerOf({ ...(workingDirectory && { workingDirectory }), ...(home && { home }) })
  const misses: Failure[] = []
  const missed = (failure: Failure): Failure => {
    misses.push(failure)
    return failure
  }

  const answer = (caller: Caller, asked: Request): Interaction => {
    const request = redacted(asked, options.redactor)
    const compared = comparedOf(request, options.protocols)
    const found = shelf.find(caller.lane, compared)
    if (!found) throw missed(explainMiss({ caller, request, compared, cassette, shelf, protocols: options.protocols }))
    if (found.by === 'conversation') report(caller, request, found)
    shelf.take(found)
    const { response, state } = found.interaction
    const cutOff = state === 'interrupted'
    if (cutOff && response.body === undefined) throw missed(endOfTape(found.interaction, cassette.path))
    if (response.error && response.body === undefined) throw failureOf(response.error)
    return found.interaction
  }

  const report = (caller: Caller, request: Request, { interaction }: Found): void => {
    const differences = differencesBetween(interaction.request, request, options.protocols)
    const what = differences.map(drifted).join('; ') || 'it is written otherwise'
    const drift = { lane: caller.lane, interaction: interaction.id, what }
    if (options.drift === 'refuse') throw missed(refusal(drift, cassette.path))
    options.onDrift(drift)
  }

  const isKnown = (caller: Caller, asked: Request): boolean =>
    shelf.find(caller.lane, comparedOf(redacted(asked, options.redactor), options.protocols)) !== undefined

  const newFact = async <Result>({ url }: Request, live: () => Promise<Result>): Promise<Result> => {
    options.onDrift({ lane: 'root', interaction: 0, what: `the prompt holds a new ${url}` })
    return await live()
  }

  return {
    async exchange(request: Exchange): Promise<Reply> {
      const interaction = answer(request.caller, requestOfExchange(request))
      const { response, state } = interaction
      const ending = () => {
        if (state === 'interrupted') throw missed(endOfTape(interaction, cassette.path))
        if (response.error) throw failureOf(response.error)
      }
      const { said, body: wire } = response
      if (said !== undefined && wire !== undefined && isEdited(said, interaction.key)) {
        options.onNotice(`Interaction ${interaction.id} was edited: what stands under "said" is played.`)
      }
      const bytes = spokenBytes(interaction, options.protocols, restorer)
      const body = streamed(bytes, { chunks: response.chunks, pause: options.pause, ending })
      return { status: response.status, headers: response.headers ?? {}, body }
    },
    async perform<K extends Kind>(kind: K, ask: Ask<K>, live: () => Promise<AnswerTo<K>>): Promise<AnswerTo<K>> {
      const caller = 'caller' in ask ? ask.caller : { agent: '', lane: 'root' }
      const request = requestOfEffect(kind, ask)
      if (isHarmless(kind) && !isKnown(caller, request)) {
        if (cassette.modelTrafficOnly) return await live()
        if (kind === 'fact' && options.drift === 'allow') return await newFact(request, live)
      }
      const { response } = answer(caller, request)
      return readAnswer(kind, restorer.json(response.body ?? null))
    },
    misses: () => misses,
    unused: () => shelf.unused(),
  }
}

/** What the user says, and what a prompt tells of the surroundings: to look at them changes nothing. */
const isHarmless = (kind: Kind): boolean => kind === 'message' || kind === 'fact'

const redacted = (request: Request, redactor: Redactor): Request => ({
  ...request,
  url: redactor.text(request.url),
  ...(request.operation !== undefined && { operation: redactor.text(request.operation) }),
  body: redactor.json(request.body),
})

type Restorer = ReturnType<typeof restorerOf>

/** The recorded bytes; or bytes that say what stands under `said`, where there are none, or where that was edited. */
const spokenBytes = ({ request, response, key }: Interaction, protocols: Protocols, restorer: Restorer): Buffer => {
  const { said, body, encoding } = response
  const protocol = request.protocol === undefined ? undefined : protocols(request.protocol)
  if (said !== undefined && protocol && (body === undefined || isEdited(said, key))) {
    return Buffer.from(protocol.speak(readSaid(restorer.json(said))))
  }
  return typeof body === 'string' && encoding === undefined ? Buffer.from(restorer.text(body)) : bytesOf(response)
}

const isEdited = (said: Json, key: string | undefined): boolean => {
  const recorded = key === undefined ? undefined : digestsIn(key).said
  return recorded !== undefined && recorded !== digestOfSaid(said)
}

/** The bytes in the pieces in which they came, or line by line with a pause before each; then the error that broke them off. */
async function* streamed(
  bytes: Buffer,
  { chunks, pause, ending }: { chunks: string | undefined; pause: ReplayOptions['pause']; ending: () => void },
): AsyncGenerator<Uint8Array> {
  if (pause) yield* slowly(bytes, pause)
  else for (const piece of piecesOf(bytes, chunks)) yield piece.bytes
  ending()
}

async function* slowly(bytes: Buffer, pause: () => Promise<void>): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf('\n', start) + 1 || bytes.length
    await pause()
    yield bytes.subarray(start, end)
    start = end
  }
}

const failureOf = ({ code, message, hint }: NonNullable<Interaction['response']['error']>): Failure =>
  new Failure(
    code in failures ? (code as FailureCode) : 'model-unavailable',
    message,
    hint === undefined ? {} : { hint },
  )

/** In one line: a person who changes a prompt wants to see that only that differs. */
const drifted = ({ what, where, recorded, now }: Difference): string => {
  if (where === undefined || recorded === undefined) return what
  return `${what}, ${where}: ${JSON.stringify(clipped(recorded, 60))} is now ${JSON.stringify(clipped(now, 60))}`
}

const refusal = ({ what, interaction }: Drift, path: string): Failure =>
  new Failure('cassette-drift', `The run differs from interaction ${interaction} of ${path}: ${what}.`, {
    hint: 'Record it anew with --record, or let such differences pass with --no-strict.',
  })

const endOfTape = ({ id, request }: Interaction, path: string): Failure =>
  new Failure(
    'cassette-miss',
    `The recording ${path} ends here: interaction ${id} (${request.method} ${request.url}) was cut off.`,
    {
      hint: 'Go on from here for real, and record both: add --record=NAME.',
    },
  )
