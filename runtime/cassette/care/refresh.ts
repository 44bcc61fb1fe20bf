import type { Interaction } from '../../core/cassette.ts'
import { Failure } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { Entry, OpenCassette } from '../file/file.ts'
import { canonical, canonicalText } from '../match/canonical.ts'
import { comparedOf, conversationOf, type Protocols } from '../match/request.ts'
import { protocolsOf } from '../match/slim-body.ts'
import { readSaid } from '../play/said.ts'

/** What is to be recorded anew: whatever one of the first three names, if it was recorded more than `olderThan` days ago. */
export type Stale = {
  /** As `provider/model`, or the model alone. */
  readonly model?: string
  readonly tool?: string
  readonly agent?: string
  readonly olderThan?: number
}

const day = 86_400_000

/**
 * The interactions that are to be recorded anew; none where all are young enough. Throws a Failure for a name
 * that the recording does not know.
 */
export const staleIn = (
  cassette: OpenCassette,
  stale: Stale,
  { protocols, now }: { protocols: Protocols; now: Date },
): ReadonlySet<number> => {
  const { model, tool, agent, olderThan } = stale
  const { recorded: first } = cassette.header
  const isOld = ({ id }: Entry): boolean => {
    if (olderThan === undefined) return true
    const { recorded = first } = cassette.load(id)
    return (now.getTime() - new Date(recorded).getTime()) / day > olderThan
  }
  const isAll = model === undefined && tool === undefined && agent === undefined
  const known = { model: new Set<string>(), tool: new Set<string>(), agent: new Set<string>() }
  const ids = cassette.entries.flatMap(entry => {
    const names = namesOf(entry, cassette, protocols)
    for (const kind of kinds) for (const name of names[kind]) known[kind].add(name)
    const isMeant = isAll ? isLive(entry) : kinds.some(kind => isNamed(stale[kind], names[kind], kind))
    return isMeant && isOld(entry) ? [entry.id] : []
  })
  for (const kind of kinds) checkKnown(kind, stale[kind], known[kind], cassette)
  return new Set(ids)
}

const kinds = ['model', 'tool', 'agent'] as const
type Kind = (typeof kinds)[number]

/** What may answer otherwise today, and what was said to it: messages and facts of the prompt stay. */
const isLive = ({ method }: Entry): boolean => ['POST', 'CALL', 'HOOK', 'RULE', 'ASK'].includes(method)

const namesOf = (
  entry: Entry,
  { load }: OpenCassette,
  protocols: Protocols,
): Readonly<Record<Kind, readonly string[]>> => {
  if (!isLive(entry)) return { model: [], tool: [], agent: [] }
  const { agent, request } = load(entry.id)
  const model = entry.method === 'POST' ? conversationOf(request, protocols)?.model : undefined
  return {
    model: model === undefined ? [] : [`${request.provider}/${model}`],
    tool: entry.method === 'POST' ? [] : [entry.url.slice(entry.url.indexOf(':') + 1)],
    agent: [agent],
  }
}

/** A model may be named without its provider. */
const isNamed = (wanted: string | undefined, names: readonly string[], kind: Kind): boolean =>
  wanted !== undefined && names.some(name => name === wanted || (kind === 'model' && name.endsWith(`/${wanted}`)))

const checkKnown = (
  kind: Kind,
  wanted: string | undefined,
  known: ReadonlySet<string>,
  { path }: OpenCassette,
): void => {
  if (wanted === undefined || isNamed(wanted, [...known], kind)) return
  throw new Failure('usage', `There is no ${kind} ${wanted} in ${path}.`, {
    hint: known.size === 0 ? `There are no ${kind}s in it.` : `There are: ${[...known].sort().join(', ')}.`,
  })
}

/** An interaction of a new recording, and whether the old one has it already. */
export type Refreshed = { readonly interaction: Interaction; readonly isNew: boolean }

/**
 * The interactions of a recording that played back an old one where it could: what was asked and answered as before is as
 * it was, with the old cuts and times of its bytes.
 */
export function* refreshed(now: OpenCassette, old: OpenCassette, protocols: Protocols): Generator<Refreshed> {
  const ways = protocolsOf(old.header, protocols)
  const nameOf = ({ lane, request }: Interaction): string => `${lane} ${comparedOf(request, ways).digests.exact}`
  const waiting = new Map<string, number[]>()
  for (const { id } of old.entries) {
    const name = nameOf(old.load(id))
    waiting.set(name, [...(waiting.get(name) ?? []), id])
  }
  for (const { id } of now.entries) {
    const interaction = now.load(id)
    const alike = waiting.get(nameOf(interaction)) ?? []
    const at = alike.findIndex(one => isSameAnswer(old.load(one), interaction))
    const [before] = at === -1 ? [] : alike.splice(at, 1)
    if (before === undefined) {
      yield { interaction, isNew: true }
      continue
    }
    const { response, recorded } = old.load(before)
    yield {
      interaction: { ...timeless(interaction), response, ...(recorded !== undefined && { recorded }) },
      isNew: false,
    }
  }
}

/** Without a time of its own: it is as old as the rest. */
export const timeless = ({ recorded: _, ...interaction }: Interaction): Interaction => interaction

/** Whether all that may answer otherwise today was asked anew. */
export const isAllOf = ({ entries }: OpenCassette, stale: ReadonlySet<number>): boolean =>
  entries.every(entry => !isLive(entry) || stale.has(entry.id))

/** What was said is all that a slim recording has. */
const isSameAnswer = ({ response: old }: Interaction, { response: now }: Interaction): boolean => {
  if (old.body === undefined && old.said !== undefined && now.said !== undefined) {
    return toldIn(old.said) === toldIn(now.said)
  }
  return JSON.stringify(old.body ?? null) === JSON.stringify(now.body ?? null)
}

const toldIn = (said: Json): string => canonicalText(canonical(readSaid(said) as unknown as Json, undefined))
