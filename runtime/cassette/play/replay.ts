import type { AnswerTo, Ask, Border, Caller, Exchange, Kind, Reply } from '../../core/border.ts'
import type { Interaction } from '../../core/cassette.ts'
import { Failure } from '../../core/errors.ts'
import type { Entry, OpenCassette } from '../file/file.ts'
import { type Finder, type FindOptions, failureOf, finderIn } from '../match/find.ts'
import { type Request, requestOfEffect, requestOfExchange } from '../match/request.ts'
import { protocolsOf } from '../match/slim-body.ts'
import { callOf } from '../match/slim-permissions.ts'
import { type Restorer, restorerOf } from '../redact/restore.ts'
import { readAnswer } from './answer.ts'
import { Activity, endedByOther, endOfTape, isCutOff } from './cut-off.ts'
import { Interruptions } from './interrupted.ts'
import { bytesInProtocol, bytesToPlay, isEdited, type Pace, played, saysOther } from './played.ts'
import { Stops } from './stops.ts'

export type ReplayOptions = FindOptions &
  Pace & {
    /** Something a person should know, as a sentence. */
    readonly onNotice: (text: string) => void
    /** Puts places into what is played; those of the recording for their placeholders where absent. */
    readonly restorer?: Restorer
    /** What was cut off is played as far as it goes, or is as if it had never been asked. */
    readonly cutOff?: 'played' | 'unknown'
    /** Told of each interaction that answers somebody. */
    readonly onPlayed?: (interaction: number, caller: Caller) => void
  }

export type ReplayingBorder = Border & {
  /** Requests that had no answer, each told once, whoever swallowed them. */
  readonly misses: () => readonly Failure[]
  /** Interactions that nobody asked for. */
  readonly unused: () => readonly Entry[]
  /** What was answered when it was recorded, which is used by that; undefined, and no miss, where it was not asked. */
  readonly recorded: <K extends Kind>(kind: K, ask: Ask<K>) => AnswerTo<K> | undefined
  /** When an answer that it gave was recorded, where that was after the rest; nothing for what is none of its answers. */
  readonly timeOf: (answer: object) => { readonly recorded?: string } | undefined
  /** A turn begins. The signal fires where the person called that one off when it was recorded. */
  readonly turn: () => AbortSignal
}

/** The world as a cassette remembers it. Nothing is ever called: what the cassette does not know is a Failure. */
export const replayingBorder = (cassette: OpenCassette, options: ReplayOptions): ReplayingBorder => {
  const protocols = protocolsOf(cassette.header, options.protocols)
  const { restorer = restorerOf(placesOf(cassette)) } = options
  const finder = finderIn(cassette, options)
  const interruptions = new Interruptions(cassette, finder.isTaken)
  const { answer, wholeAnswer, ended, pace, stops } = answering(finder, {
    ...options,
    cassette,
    interruptions,
    restore: restorer.text,
  })
  const { gave, timeOf } = timesOfAnswers()

  return {
    async exchange(request: Exchange): Promise<Reply> {
      const interaction = await answer(request.caller, requestOfExchange(request))
      const { response } = interaction
      const edited = isEdited(interaction, protocols) || (await saysOther(interaction, protocols))
      if (edited) {
        options.onNotice(`Interaction ${interaction.id} was edited: what stands under "said" is played.`)
      }
      const ending = async () => {
        if (isCutOff(interaction)) throw await ended(interaction, request.caller)
        if (response.error) throw failureOf(response.error, restorer.text)
      }
      const bytes =
        (await bytesInProtocol(interaction, request.protocol, { protocols, restorer })) ??
        bytesToPlay(interaction, protocols, restorer, edited)
      const body = played(bytes, { ...pace, chunks: response.chunks, ending })
      return gave({ status: response.status, headers: response.headers ?? {}, body }, interaction)
    },
    async perform<K extends Kind>(kind: K, ask: Ask<K>, live: () => Promise<AnswerTo<K>>): Promise<AnswerTo<K>> {
      const caller = callerOf(ask)
      const request = requestOfEffect(kind, ask)
      if (('turn' in ask || 'late' in ask) && !finder.isWaiting(caller, request)) return null as AnswerTo<K>
      if (kind === 'stop' && !('turn' in ask) && !(await stops.awaited(caller, request.url))) return null as AnswerTo<K>
      if (!isHarmless(kind) && stops.isNear(caller) && !finder.isKnown(caller, request)) await stops.check(caller)
      if (isImplied(cassette, finder, { caller, kind, request })) return { verdict: 'allow' } as AnswerTo<K>
      if (isHarmless(kind) && !finder.isKnown(caller, request)) {
        const isNew = kind === 'fact' && !cassette.modelTrafficOnly
        if (isNew) finder.drifted({ lane: 'root', interaction: 0, what: `the prompt holds a new ${request.url}` })
        if (cassette.modelTrafficOnly || kind !== 'message' || isCommand(ask)) return await live()
      }
      if (kind === 'hook' && options.drift === 'allow' && !finder.isKnown(caller, request)) {
        options.onDrift({ lane: caller.lane, interaction: 0, what: `there are new hooks at ${request.url}` })
        return {} as AnswerTo<K>
      }
      const interaction = await wholeAnswer(caller, request)
      return gave(readAnswer(kind, restorer.json(interaction.response.body ?? null)), interaction)
    },
    recorded(kind, ask) {
      const request = requestOfEffect(kind, ask)
      if (!finder.isKnown(callerOf(ask), request)) return undefined
      const { response } = finder.answer(callerOf(ask), request)
      return response.body === undefined ? undefined : readAnswer(kind, restorer.json(response.body))
    },
    timeOf,
    turn: () => interruptions.turn(),
    misses: finder.misses,
    unused: () => finder.unused().filter(({ method }) => method !== 'STOP' || options.cutOff !== 'unknown'),
  }
}

const placesOf = ({ header: { workingDirectory, home } }: OpenCassette) => ({
  ...(workingDirectory && { workingDirectory }),
  ...(home && { home }),
})

/** Remembers which interaction gave an answer; those that are no objects are forgotten. */
const timesOfAnswers = () => {
  const given = new WeakMap<object, { readonly recorded?: string }>()
  return {
    gave: <Answer>(answer: Answer, { recorded }: Interaction): Answer => {
      if (typeof answer === 'object' && answer) given.set(answer, recorded === undefined ? {} : { recorded })
      return answer
    },
    timeOf: (answer: object) => given.get(answer),
  }
}

/** What becomes of a command is compared when it is said; older recordings do not hold what was typed. */
const isCommand = (ask: Ask<Kind>): boolean => 'content' in ask && ask.name === 'command'

type Answering = Pick<ReplayOptions, 'cutOff' | 'pause' | 'pauseAfter' | 'onPlayed'> & {
  readonly cassette: OpenCassette
  readonly interruptions: Interruptions
  readonly restore: (text: string) => string
}

/** What was recorded for a request, or the Failure that was; and what the end of the recording means for who comes to it. */
const answering = (finder: Finder, options: Answering) => {
  const { cassette, cutOff = 'played', interruptions, restore } = options
  const activity = new Activity()
  const ended = async (interaction: Interaction, caller: Caller): Promise<unknown> => {
    await stops.check(caller)
    const isByOther = cutOff === 'played' && (await activity.isEndedByFailure())
    if (cutOff === 'played' && interruptions.isToCome()) return interruptions.comes()
    return isByOther ? endedByOther() : finder.missed(endOfTape(interaction, cassette.path))
  }
  const stops = new Stops(cassette.entries, finder.isTaken, activity)
  const answer = async (caller: Caller, asked: Request): Promise<Interaction> => {
    activity.asks(caller.lane)
    if (asked.method === 'POST' && stops.isNear(caller) && !finder.isKnown(caller, asked)) await stops.check(caller)
    if (cutOff === 'played' && asked.method !== 'STOP' && interruptions.isOver(caller.lane)) {
      await activity.rest()
      throw interruptions.comes()
    }
    const interaction = finder.answer(caller, asked)
    options.onPlayed?.(interaction.id, caller)
    const { body, error } = interaction.response
    if (isFailed(interaction)) activity.fails(caller.lane)
    // What was stopped was not cut off by the end of the recording.
    const isUnknown = cutOff === 'unknown' && !stops.isNear(caller)
    if (isCutOff(interaction) && (body === undefined || isUnknown)) throw await ended(interaction, caller)
    if (body === undefined && error) throw failureOf(error, restore)
    return interaction
  }
  /** What a call that was cut off had said by then is its answer, once the interruption has come; unless a failure ended it. */
  const wholeAnswer = async (caller: Caller, asked: Request): Promise<Interaction> => {
    const interaction = await answer(caller, asked)
    const reason = isCutOff(interaction) ? await ended(interaction, caller) : undefined
    if (reason instanceof Failure) throw reason
    return interaction
  }
  return { answer, wholeAnswer, ended, pace: paceOf(options, activity), stops }
}

/** The run as a whole asks for facts. */
const callerOf = (ask: Ask<Kind>): Caller => ('caller' in ask ? ask.caller : { agent: '', lane: 'root' })

/** A model call that came to no answer, or anything else that came to none. */
const isFailed = ({ request, response, state }: Interaction): boolean =>
  state === 'failed' || (request.method === 'POST' && state === undefined && response.said === undefined)

/** Whoever pauses is not at rest. */
const paceOf = ({ pause, pauseAfter }: Pace, activity: Activity): Pace => ({
  ...(pause && { pause: () => activity.pauses(pause()) }),
  pauseAfter: async milliseconds => {
    activity.gets()
    if (pauseAfter) await activity.pauses(pauseAfter(milliseconds))
  },
})

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

/** What the user says and calls off, and what a prompt tells of the surroundings: to look at them changes nothing. */
const isHarmless = (kind: Kind): boolean => ['message', 'interruption', 'fact'].includes(kind)
