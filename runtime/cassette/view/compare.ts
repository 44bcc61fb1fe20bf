import type { Json } from '../../core/json.ts'
import { paired } from './align.ts'
import { type Asked, askedIn, isMoment } from './asked.ts'
import { promptTokens, type Spent } from './spent.ts'
import type { Call, Effect, Lane, Reading, Transcript, Turn } from './transcript.ts'
import { callText, contentText, effectText, readable, silence } from './words.ts'

/** One thing in which two runs differ. Where only one of them has it, the other's text is absent. */
export type Change = {
  /** Whose conversation, and which turn of it. */
  readonly place: string
  readonly what:
    | 'message'
    | 'instruction'
    | 'tools'
    | 'parameters'
    | 'model'
    | 'thought'
    | 'said'
    | 'called'
    | 'answered'
    | 'problem'
    | 'turn'
  /** What it belongs to: the name of a tool, or who spoke. */
  readonly of?: string
  readonly before?: Version
  readonly after?: Version
}
export type Version = { readonly id: number; readonly text: string }

/** Two runs side by side, in the order in which they are told; the first change is where they part. */
export type Comparison = {
  readonly changes: readonly Change[]
  readonly spent: { readonly before: Spent; readonly after: Spent }
  /** Whether nothing differs but time, and how many tokens came from a cache. */
  readonly alike: boolean
}

type Side = { readonly transcript: Transcript; readonly asked: (turn: Turn) => Asked }
type Sides = { readonly before: Side; readonly after: Side; readonly told: Set<string> }

/** Compares by lane and turn: what models were asked with, what they said and called, what tools answered. */
export const comparisonOf = (before: Transcript, after: Transcript, reading: Reading): Comparison => {
  const sides: Sides = {
    before: { transcript: before, asked: askedIn(before, reading) },
    after: { transcript: after, asked: askedIn(after, reading) },
    told: new Set(),
  }
  const changes = [...itemChanges(before.lanes, after.lanes, { sides, lane: '' })]
  const spent = { before: before.spent, after: after.spent }
  return { changes, spent, alike: changes.length === 0 && isSameSpent(spent.before, spent.after) }
}

/** How much of a prompt came from a cache changes from hour to hour. */
const isSameSpent = (one: Spent, other: Spent): boolean =>
  promptTokens(one.usage) === promptTokens(other.usage) && one.usage.output === other.usage.output

type Item = Turn | Effect | Lane
type Changes = Generator<Change, void, void>
type Within = { readonly sides: Sides; readonly lane: string }

function* itemChanges(before: readonly Item[], after: readonly Item[], { sides, lane }: Within): Changes {
  let turn = 0
  for (const pair of paired(before, after, sameItem, likeItem)) {
    const one = pair.before === undefined ? undefined : before[pair.before]
    const other = pair.after === undefined ? undefined : after[pair.after]
    if ((other ?? one)?.type === 'turn') turn += 1
    const place = placeOf(other ?? one, lane, turn)
    if (one?.type === 'lane' || other?.type === 'lane') yield* laneChanges(asLane(one), asLane(other), sides)
    else if (one?.type === 'turn' && other?.type === 'turn') yield* turnChanges(one, other, { sides, place })
    else if (one?.type === 'effect' && other?.type === 'effect') yield* effectChanges(one, other, place)
    else yield alone(one, other, place)
  }
}

const asLane = (item: Item | undefined): Lane | undefined => (item?.type === 'lane' ? item : undefined)

const placeOf = (item: Item | undefined, lane: string, turn: number): string =>
  item?.type === 'turn'
    ? `${lane}, turn ${turn}`
    : turn === 0
      ? `${lane}, at the beginning`
      : `${lane}, after turn ${turn}`

const sameItem = (item: Item): string => {
  if (item.type === 'lane') return `lane ${item.agents.join()}`
  if (item.type === 'turn')
    return JSON.stringify(['turn', item.said?.text, item.calls.map(callText), item.stop, item.problem])
  const { kind, name, asked, answer, problem } = item
  return JSON.stringify([kind, name, asked, isMoment(item) ? null : answer, problem])
}

const likeItem = (item: Item): string => (item.type === 'effect' ? `${item.kind} ${item.name}` : item.type)

const sameCall = (call: Call): string => callText(call)
const likeCall = ({ name }: Call): string => name

/** What only one of the two runs has. */
const alone = (one: Item | undefined, other: Item | undefined, place: string): Change => {
  const item = other ?? one
  return {
    place,
    ...(item?.type === 'effect' ? kindOf(item) : { what: 'turn' as const }),
    ...versions(one && wholeOf(one), other && wholeOf(other)),
  }
}

const kindOf = ({ kind, name }: Effect): Pick<Change, 'what' | 'of'> =>
  kind === 'message' ? { what: 'message' } : { what: 'answered', of: `${kind} ${name}` }

const versions = (before: Version | undefined, after: Version | undefined): Pick<Change, 'before' | 'after'> => ({
  ...(before && { before }),
  ...(after && { after }),
})

const wholeOf = (item: Item): Version => {
  if (item.type === 'lane') return { id: 0, text: item.lane }
  if (item.type === 'effect') return { id: item.id, text: effectText(item) }
  return {
    id: item.id,
    text: [saidText(item), ...item.calls.map(call => `→ ${callText(call)}`)].filter(Boolean).join('\n'),
  }
}

const saidText = ({ said, calls, problem }: Turn): string =>
  said?.text ?? (calls.length > 0 ? '' : (problem ?? silence({ ...(said && { said }) })))

function* laneChanges(before: Lane | undefined, after: Lane | undefined, sides: Sides): Changes {
  const lane = (after ?? before)?.lane ?? ''
  yield* itemChanges(before?.items ?? [], after?.items ?? [], { sides, lane })
}

type At = { readonly sides: Sides; readonly place: string }

function* turnChanges(before: Turn, after: Turn, { sides, place }: At): Changes {
  yield* askedChanges(before, after, { sides, place })
  const change = textChange(before.id, after.id, place)
  yield* change('problem', before.problem ?? '', after.problem ?? '')
  yield* change('thought', before.said?.reasoning ?? '', after.said?.reasoning ?? '')
  yield* change('said', saidText(before), saidText(after))
  if (saidText(before) === saidText(after) && before.calls.length === after.calls.length) {
    yield* change('said', `(${before.stop})`, `(${after.stop})`)
  }
  yield* callChanges(before, after, { sides, place })
}

const textChange = (one: number, other: number, place: string) =>
  function* (what: Change['what'], before: string, after: string, of?: string): Changes {
    if (before === after) return
    const versions = { before: { id: one, text: before }, after: { id: other, text: after } }
    yield { place, what, ...(of !== undefined && { of }), ...versions }
  }

/** The same instruction stands in each request of an agent: it is told where it is first met. */
function* askedChanges(before: Turn, after: Turn, { sides, place }: At): Changes {
  const one = sides.before.asked(before)
  const other = sides.after.asked(after)
  const change = textChange(before.id, after.id, place)
  const found = [
    ...change('model', before.model, after.model),
    ...change('instruction', one.instruction, other.instruction),
    ...change('tools', one.tools, other.tools),
    ...change('parameters', one.parameters, other.parameters),
  ]
  for (const changed of found) {
    const key = JSON.stringify([after.agent, changed.what, changed.before?.text, changed.after?.text])
    if (!sides.told.has(key)) yield changed
    sides.told.add(key)
  }
}

function* callChanges(before: Turn, after: Turn, { sides, place }: At): Changes {
  for (const pair of paired(before.calls, after.calls, sameCall, likeCall)) {
    const one = pair.before === undefined ? undefined : before.calls[pair.before]
    const other = pair.after === undefined ? undefined : after.calls[pair.after]
    if (!one || !other || sameCall(one) !== sameCall(other)) {
      const of = (other ?? one)?.name ?? ''
      yield { place, what: 'called', of, ...versions(asked(one, before.id), asked(other, after.id)) }
    }
    if (one && other) yield* cameOf(one, other, { place, before, after })
    if (one?.lane || other?.lane) yield* laneChanges(one?.lane, other?.lane, sides)
  }
}

const asked = (call: Call | undefined, id: number): Version | undefined =>
  call && { id, text: readable(call.input as Json) }

/** What the rules, the person and the tool said to a call. */
function* cameOf(
  before: Call,
  after: Call,
  { place, before: one, after: other }: { place: string; before: Turn; after: Turn },
): Changes {
  for (const step of ['permission', 'question', 'result'] as const) {
    const was = before[step]
    const is = after[step]
    const change = textChange(was?.id ?? one.id, is?.id ?? other.id, place)
    yield* change(
      'answered',
      answerText(was),
      answerText(is),
      step === 'result' ? after.name : `${after.name}: ${step}`,
    )
  }
}

const answerText = (effect: Effect | undefined): string => {
  if (!effect) return ''
  const text = effect.kind === 'tool' ? contentText(effect.answer) : effectText(effect)
  return effect.problem === undefined ? text : `(${effect.problem}) ${text}`
}

function* effectChanges(before: Effect, after: Effect, place: string): Changes {
  if (sameItem(before) === sameItem(after)) return
  yield { place, ...kindOf(after), before: wholeOf(before), after: wholeOf(after) }
}
