import { basename } from 'node:path'
import type { Caller } from '../../core/border.ts'
import { Failure } from '../../core/errors.ts'
import type { Entry, OpenCassette } from '../file/file.ts'
import { addedCall } from './added.ts'
import type { Cause, Difference } from './cause.ts'
import { differencesTo } from './difference.ts'
import type { Compared, Protocols, Request } from './request.ts'
import type { Shelf } from './shelf.ts'
import { cutAt } from './text.ts'

export type Miss = {
  readonly caller: Caller
  readonly request: Request
  readonly compared: Compared
  readonly cassette: OpenCassette
  readonly shelf: Shelf
  readonly protocols: Protocols
}

/** So many interactions are looked into, and so many letters: a cassette of thousands is explained as fast as one of ten. */
const mostCandidates = 24
const mostLetters = 500_000

/**
 * Why a request has no recorded answer: the nearest interaction, the first thing that differs in the conversation's own
 * terms, the probable cause, and what to do. At most a screen of text.
 */
export const explainMiss = (miss: Miss): Failure => {
  const { caller, request, cassette } = miss
  const byHand = addedByHand(miss)
  const verdict = byHand ?? played(miss) ?? elsewhere(miss) ?? cutOff(miss) ?? nearest(miss) ?? nothingLeft(miss)
  const title = `${basename(cassette.path)} has no answer to ${askedText(request, caller.agent)}.`
  const note = cassette.note === undefined ? [] : [cassette.note]
  const lines = [...[title, ...verdict].slice(0, mostLines).map(cutLine), ...note]
  return new Failure('cassette-miss', lines.join('\n'), {
    hint: byHand ? goOnFrom(cassette.path) : hintFor(cassette.path),
  })
}

/** A screen holds 25, with the title, a note and a hint. */
const mostLines = 20
const longestLine = 200

const cutLine = (line: string): string => cutAt(line, longestLine)

const askedText = (request: Request, agent: string): string =>
  request.method === 'SAY' ? `this message to ${agent || 'the agent'}` : `${callOf(request)} of ${agent || 'the run'}`

const callOf = ({ method, url, operation }: Request): string =>
  operation === undefined ? `${names[method] ?? method} ${url.slice(url.indexOf(':') + 1)}` : 'the model call'

const names: Readonly<Record<string, string>> = {
  CALL: 'the tool call',
  LIST: 'the list of tools of',
  HOOK: 'the hook',
  HALT: 'the stop of the',
  PACK: 'the look at the length,',
  RULE: 'the permission for',
  ASK: 'the question about',
  STOP: 'the interruption by',
  READ: 'the fact',
}

const hintFor = (path: string): string => {
  const fake = basename(path).replace(/\.yaml$/, '')
  const name = fake.replace(/\.yaml\.partial$/, '')
  return `Record it again with --record=${name}, or play back what is known and go on live: --fake ${fake} --record=NEW.`
}

const goOnFrom = (path: string): string =>
  `Make it for real, and record it with what comes of it: --fake ${basename(path).replace(/\.yaml$/, '')} --record=NEW. Then play NEW back.`

/** Nobody has ever made it, so that no other is near it. */
const addedByHand = (miss: Miss): string[] | undefined => {
  const added = addedCall(miss)
  return added
    ? [
        `Interaction ${added.interaction} asks for it${added.isEdited ? ' since it was edited' : ''}, and it was never made.`,
        'Cause: a call was added by hand.',
      ]
    : undefined
}

/** Equal requests, all of which have been answered already. */
const played = ({ shelf, compared, caller, cassette }: Miss): string[] | undefined => {
  const equal = shelf.equalTo(compared).filter(({ lane }) => cassette.modelTrafficOnly || lane === caller.lane)
  if (equal.length === 0) return undefined
  const times = equal.length === 1 ? 'once' : `${equal.length} times`
  return [
    `It was recorded ${times} (interaction ${idsIn(equal)}) and has been answered as often.`,
    'Cause: already played: the run asks more often than the recording did.',
  ]
}

const mostIds = 8

const idsIn = (entries: readonly Entry[]): string => {
  const ids = entries.slice(0, mostIds).map(({ id }) => id)
  return `${ids.join(', ')}${entries.length > mostIds ? ', …' : ''}`
}

/** The same request by another caller. */
const elsewhere = ({ shelf, compared, caller }: Miss): string[] | undefined => {
  const [other] = shelf.equalTo(compared).filter(entry => entry.lane !== caller.lane && !shelf.isTaken(entry))
  if (!other) return undefined
  return [
    `The same was recorded as interaction ${other.id} for another caller.`,
    `  recorded: ${other.lane}`,
    `  now:      ${caller.lane}`,
    'Cause: lane moved: an agent was renamed, or another call delegated to it.',
  ]
}

/** A recording that was cut off has an end where no run has one: of what went on side by side, something is over. */
const cutOff = ({ cassette, shelf, caller, request }: Miss): string[] | undefined => {
  const own = shelf.entries.filter(({ lane }) => lane === caller.lane)
  const isToCome = (entry: Entry): boolean => isOfKind(entry, request) && !shelf.isTaken(entry)
  if (cassette.note === undefined || own.some(isToCome)) return undefined
  const isOver = own.every(entry => shelf.isTaken(entry))
  const told = isOver ? allPlayed(own.length, caller) : `No more of this kind was recorded for ${caller.lane}.`
  return [told, 'Cause: the recording was cut off here.']
}

const isOfKind = ({ method, url }: Entry, request: Request): boolean =>
  method === request.method && (method === 'POST' || url === request.url)

const allPlayed = (count: number, { lane }: Caller): string =>
  count === 0
    ? `Nothing was recorded for ${lane}.`
    : `What was recorded for ${lane} has been played, ${count === 1 ? 'one interaction' : `all ${count} interactions`}.`

const nearest = (miss: Miss): string[] | undefined => {
  const { shelf, request, protocols } = miss
  const differencesFrom = differencesTo({ request, compared: miss.compared }, protocols)
  const compared = candidates(miss).map(entry => ({
    entry,
    differences: differencesFrom({ request: shelf.request(entry.id), compared: shelf.compared(entry.id) }),
  }))
  const [best] = compared.sort(
    (a, b) => distance(a.differences) - distance(b.differences) || taken(miss, a.entry) - taken(miss, b.entry),
  )
  const first = best?.differences[0]
  if (!best || !first) return undefined
  return [
    `The nearest is interaction ${best.entry.id}${shelf.isTaken(best.entry) ? ', which has been played' : ''}.`,
    ...told(first),
    ...best.differences.slice(1).map(({ what }) => `  also: ${what}`),
    `Cause: ${request.method === 'SAY' ? causes.message : causes[first.cause]}${suspicion(first)}`,
  ]
}

const told = ({ what, where, recorded, now }: Difference): string[] => [
  `  ${where === undefined ? what : `${where}: ${what}`}`,
  ...(recorded === undefined ? [] : [`    recorded: ${recorded}`, `    now:      ${now}`]),
]

/** Of the same kind, the caller's own first, those that are still to come before those that are past. */
const candidates = (miss: Miss): Entry[] => {
  const { shelf, request, caller, compared } = miss
  const most = Math.min(mostCandidates, Math.max(4, Math.floor(mostLetters / compared.exact.length)))
  const alike = shelf.entries.filter(entry => isOfKind(entry, request))
  const own = alike.filter(({ lane }) => lane === caller.lane)
  const pool = own.length > 0 ? own : alike
  const waiting = pool.filter(entry => !shelf.isTaken(entry)).slice(0, Math.ceil(most / 2))
  const past = pool.filter(entry => shelf.isTaken(entry)).slice(-Math.ceil(most / 2))
  return [...waiting, ...past]
}

const taken = ({ shelf }: Miss, entry: Entry): number => (shelf.isTaken(entry) ? 1 : 0)

/** A difference late in the conversation is nearer than one at its beginning; a request of another length is far. */
const distance = (differences: readonly Difference[]): number =>
  differences.reduce(
    (sum, { cause, where }) => sum + weights[cause] - Math.min(50, Number(/turn (\d+)/.exec(where ?? '')?.[1] ?? 0)),
    0,
  )

const weights: Readonly<Record<Cause, number>> = {
  parameters: 1,
  instruction: 2,
  tools: 2,
  model: 3,
  'ids-crossed': 60,
  order: 70,
  arguments: 80,
  'tool-result': 100,
  message: 100,
  answer: 110,
  shorter: 150,
  longer: 150,
}

const causes: Readonly<Record<Cause, string>> = {
  model: 'model changed.',
  instruction: 'instruction changed.',
  tools: 'tool list changed.',
  parameters: 'parameters changed.',
  message: 'message changed.',
  answer:
    'an earlier answer of the model is another one: it was edited in the recording, but not here, where it is repeated.',
  'tool-result':
    'tool result changed: a tool ran for real, or its recorded answer was edited, but not here, where it is repeated.',
  order: 'order changed.',
  'ids-crossed': 'ids crossed: the result of one call was sent under the id of another.',
  longer: 'more turns than recorded.',
  shorter: 'fewer turns than recorded: the history was cut, or a turn is missing.',
  arguments: 'the call has other arguments than the recorded one.',
}

/** What a difference smells of, beyond its place. */
const suspicion = ({ recorded = '', now = '' }: Difference): string => {
  const secret = /\$\{secret:([^}]+)\}/.exec(recorded)?.[1]
  if (secret !== undefined && !now.includes(`\${secret:${secret}}`)) {
    return ` Secret unresolved: ${secret} was replaced in the recording and is not known now, so its value cannot be recognised.`
  }
  const moment = /\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d|\b1[6-9]\d{8,11}\b/
  if (moment.test(recorded) && moment.test(now) && recorded.replace(moment, '') === now.replace(moment, '')) {
    return ' A clock was read outside the border: only a date or time differs.'
  }
  return ''
}

const nothingLeft = ({ shelf, caller, request }: Miss): string[] => {
  const lanes = [...new Set(shelf.entries.map(({ lane }) => lane))]
  const own = shelf.entries.filter(({ lane }) => lane === caller.lane)
  const alike = own.filter(({ url }) => url === request.url)
  if (alike.length > 0)
    return [`All ${alike.length} recorded ones have been played.`, 'Cause: more turns than recorded.']
  if (own.length > 0 && own.every(entry => shelf.isTaken(entry)))
    return [allPlayed(own.length, caller), 'Cause: the run goes on where the recording ends.']
  return [
    `Nothing of the kind was recorded for ${caller.lane}.`,
    ...(lanes.length > 0
      ? [`The recording knows these callers: ${lanes.slice(0, 5).join(', ')}${lanes.length > 5 ? ', …' : ''}.`]
      : []),
    'Cause: the run goes another way than the recorded one.',
  ]
}
