import type { Caller } from '../../core/border.ts'
import type { Drift, Interaction } from '../../core/cassette.ts'
import { Failure, type FailureCode, failures } from '../../core/errors.ts'
import type { Entry, OpenCassette } from '../file/file.ts'
import type { Redactor } from '../redact/redact.ts'
import type { Cause, Difference } from './cause.ts'
import { differencesBetween } from './difference.ts'
import { explainMiss } from './explain.ts'
import type { Protocols, Request } from './request.ts'
import { type Found, Shelf } from './shelf.ts'
import { protocolsOf } from './slim-body.ts'
import { aroundDifference, cutAt } from './text.ts'

export type FindOptions = {
  readonly protocols: Protocols
  /** Of the present run: what is asked now is compared as it would have been written down. */
  readonly redactor: Redactor
  /** Whether an answer to the same words under other instructions, tools or parameters is given, and reported. */
  readonly drift: 'allow' | 'refuse'
  /** The same for answers that a person has changed in the recording, where they are repeated; like `drift` where absent. */
  readonly edits?: 'allow' | 'refuse'
  readonly onDrift: (drift: Drift) => void
  /** For what others recorded, or older versions: finds credentials, and knows no places. Made when it is needed. */
  readonly cleaner?: () => Redactor
}

/** What is recorded for a request, or the reason why nothing is. */
export type Finder = {
  /** The interaction that answers the request, which is taken by that. Throws a Failure where none does. */
  readonly answer: (caller: Caller, asked: Request) => Interaction
  readonly isKnown: (caller: Caller, asked: Request) => boolean
  /** Whether the same is still to come for this caller. It is cheap where nothing of the kind is. */
  readonly isWaiting: (caller: Caller, asked: Request) => boolean
  /** A failure that the run must not survive, whoever swallows it. */
  readonly missed: (failure: Failure) => Failure
  /** Reports a difference, or throws it where none is let pass. */
  readonly drifted: (drift: Drift) => void
  readonly misses: () => readonly Failure[]
  readonly isTaken: (entry: Entry) => boolean
  readonly unused: () => readonly Entry[]
}

/** Looks requests up in a cassette, each interaction once. */
export const finderIn = (cassette: OpenCassette, options: FindOptions): Finder => {
  const { redactor } = options
  const protocols = protocolsOf(cassette.header, options.protocols)
  let cleaner: Redactor | undefined
  const shelf = new Shelf(cassette, protocols, request => {
    cleaner ??= options.cleaner?.() ?? redactor
    return { ...request, body: cleaner.json(request.body) }
  })
  const rare = cassette.entries.filter(({ method }) => rareMethods.includes(method))
  const misses: Failure[] = []
  const missed = (failure: Failure): Failure => {
    misses.push(failure)
    return failure
  }
  const drifted = (drift: Drift): void => {
    const { edits = options.drift } = options
    if ((drift.edited ? edits : options.drift) === 'refuse') throw missed(refusal(drift, cassette.path))
    options.onDrift(drift)
  }
  const report = (caller: Caller, request: Request, found: Found): void => {
    // As it is compared: what others or older versions wrote down otherwise is no difference.
    const recorded = { ...found.interaction, request: shelf.request(found.interaction.id) }
    drifted(driftOf(caller, request, { ...found, interaction: recorded }, found.read ?? protocols))
  }
  const isKnown = (caller: Caller, asked: Request): boolean =>
    (shelf.next(caller.lane, asked) ?? shelf.find(caller.lane, redacted(asked, redactor))) !== undefined
  return {
    answer(caller, asked) {
      const next = shelf.next(caller.lane, asked)
      const request = next ? asked : redacted(asked, redactor)
      const found = next ?? shelf.find(caller.lane, request)
      if (!found) {
        const compared = shelf.comparedNow(request)
        throw missed(explainMiss({ caller, request, compared, cassette, shelf, protocols }))
      }
      if (found.by !== 'exact') report(caller, request, found)
      shelf.take(found)
      shelf.edits.gave(caller.lane, found.interaction.id, request)
      return found.interaction
    },
    isKnown,
    isWaiting: (caller, asked) =>
      (!rareMethods.includes(asked.method) ||
        rare.some(entry => isLike(entry, caller, asked) && !shelf.isTaken(entry))) &&
      isKnown(caller, asked),
    missed,
    drifted,
    misses: () => misses,
    isTaken: entry => shelf.isTaken(entry),
    unused: () => shelf.unused(),
  }
}

/** Asked for in vain more often than not. */
const rareMethods: readonly string[] = ['LIST', 'RULE', 'HALT', 'PACK', 'HEAR', 'SET']

const isLike = ({ lane, method, url }: Entry, caller: Caller, asked: Request): boolean =>
  lane === caller.lane && method === asked.method && url === asked.url

const redacted = (request: Request, redactor: Redactor): Request => ({
  ...request,
  url: redactor.text(request.url),
  ...(request.operation !== undefined && { operation: redactor.text(request.operation) }),
  body: redactor.json(request.body),
})

const driftOf = (caller: Caller, request: Request, { interaction, by }: Found, protocols: Protocols): Drift => {
  const differences = differencesBetween(interaction.request, request, protocols)
  // With changed instructions it is drift as well.
  const isEdit = by === 'edit' && differences.every(({ cause }) => edits[cause] !== undefined)
  const told = by === 'edit' ? differences.map(repeated) : differences
  const what = told.map(one => cutAt(inOneLine(one), longest)).join('; ') || 'it is written otherwise'
  return { lane: caller.lane, interaction: interaction.id, what, ...(isEdit && { edited: true }) }
}

/** What a person changed where it was said stands elsewhere as it was. */
const repeated = (difference: Difference): Difference => ({
  ...difference,
  what: edits[difference.cause] ?? difference.what,
})
const edits: Readonly<Partial<Record<Cause, string>>> = {
  answer: 'an answer that was edited is repeated',
  'tool-result': 'a result that was edited is repeated',
}

/** Letters of what is told of one thing that differs. */
const longest = 240

/** In one line: a person who changes a prompt wants to see that only that differs. */
const inOneLine = ({ what, where, recorded, now }: Difference): string => {
  if (where === undefined || recorded === undefined) return what
  const texts = aroundDifference(recorded, now, 60)
  return `${what}, ${where}: ${JSON.stringify(texts.recorded)} is now ${JSON.stringify(texts.now)}`
}

const refusal = ({ what, interaction }: Drift, path: string): Failure =>
  new Failure('cassette-drift', `The run differs from ${placeIn(interaction, path)}: ${what}.`, {
    hint: 'Record it again with --record, or let such differences pass with --no-strict.',
  })

const placeIn = (interaction: number, path: string): string =>
  interaction === 0 ? path : `interaction ${interaction} of ${path}`

/** A failure as it was recorded. */
export const failureOf = (
  { code, message, hint }: NonNullable<Interaction['response']['error']>,
  restore: (text: string) => string,
): Failure =>
  new Failure(
    code in failures ? (code as FailureCode) : 'model-unavailable',
    restore(message),
    hint === undefined ? {} : { hint: restore(hint) },
  )
