import type { AnswerTo, Ask, Border, Caller, Exchange, Kind, Reply } from '../core/border.ts'
import type { Failure } from '../core/errors.ts'
import { readAnswer } from './answer.ts'
import type { Entry, OpenCassette } from './file.ts'
import { endOfTape, type Finder, type FindOptions, failureOf, finderIn } from './find.ts'
import { bytesToPlay, isEdited, type Pace, played } from './played.ts'
import { restorerOf } from './redact.ts'
import { type Request, requestOfEffect, requestOfExchange } from './request.ts'
import { protocolsOf } from './slim-body.ts'
import { callOf } from './slim-permissions.ts'

export type ReplayOptions = FindOptions &
  Pace & {
    /** Something a person should know, as a sentence. */
    readonly onNotice: (text: string) => void
  }

export type ReplayingBorder = Border & {
  /** Requests that had no answer, each told once, whoever swallowed them. */
  readonly misses: () => readonly Failure[]
  /** Interactions that nobody asked for. */
  readonly unused: () => readonly Entry[]
  /** What was answered when it was recorded, which is used by that; undefined, and no miss, where it was not asked. */
  readonly recorded: <K extends Kind>(kind: K, ask: Ask<K>) => AnswerTo<K> | undefined
}

/** The world as a cassette remembers it. Nothing is ever called: what the cassette does not know is a Failure. */
export const replayingBorder = (cassette: OpenCassette, options: ReplayOptions): ReplayingBorder => {
  const protocols = protocolsOf(cassette.header, options.protocols)
  const { workingDirectory, home } = cassette.header
  const restorer = restorerOf({ ...(workingDirectory && { workingDirectory }), ...(home && { home }) })
  const finder = finderIn(cassette, options, restorer.text)

  return {
    async exchange(request: Exchange): Promise<Reply> {
      const interaction = finder.answer(request.caller, requestOfExchange(request))
      const { response, state } = interaction
      if (isEdited(interaction, protocols)) {
        options.onNotice(`Interaction ${interaction.id} was edited: what stands under "said" is played.`)
      }
      const ending = () => {
        if (state === 'interrupted') throw finder.missed(endOfTape(interaction, cassette.path))
        if (response.error) throw failureOf(response.error, restorer.text)
      }
      const bytes = bytesToPlay(interaction, protocols, restorer)
      const body = played(bytes, { ...options, chunks: response.chunks, ending })
      return { status: response.status, headers: response.headers ?? {}, body }
    },
    async perform<K extends Kind>(kind: K, ask: Ask<K>, live: () => Promise<AnswerTo<K>>): Promise<AnswerTo<K>> {
      const caller = 'caller' in ask ? ask.caller : { agent: '', lane: 'root' }
      const request = requestOfEffect(kind, ask)
      if ('turn' in ask && !finder.isWaiting(caller, request)) return null as AnswerTo<K>
      if (isImplied(cassette, finder, { caller, kind, request })) return { verdict: 'allow' } as AnswerTo<K>
      if (isHarmless(kind) && !finder.isKnown(caller, request)) {
        if (cassette.modelTrafficOnly) return await live()
        if (kind === 'fact' && options.drift === 'allow') {
          options.onDrift({ lane: 'root', interaction: 0, what: `the prompt holds a new ${request.url}` })
          return await live()
        }
      }
      const { response } = finder.answer(caller, request)
      return readAnswer(kind, restorer.json(response.body ?? null))
    },
    recorded(kind, ask) {
      const caller = 'caller' in ask ? ask.caller : { agent: '', lane: 'root' }
      const request = requestOfEffect(kind, ask)
      if (!finder.isKnown(caller, request)) return undefined
      return readAnswer(kind, restorer.json(finder.answer(caller, request).response.body ?? null))
    },
    misses: finder.misses,
    unused: finder.unused,
  }
}

/** A slim recording does not say that a call was allowed where it says what came of it. */
const isImplied = (
  { header }: OpenCassette,
  finder: Finder,
  { caller, kind, request }: { caller: Caller; kind: Kind; request: Request },
): boolean =>
  header.slim === true &&
  kind === 'permission' &&
  !finder.isWaiting(caller, request) &&
  finder.isWaiting(caller, callOf(request))

/** What the user says, and what a prompt tells of the surroundings: to look at them changes nothing. */
const isHarmless = (kind: Kind): boolean => kind === 'message' || kind === 'fact'
