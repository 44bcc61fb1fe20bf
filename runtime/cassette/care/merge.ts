import { isDeepStrictEqual } from 'node:util'
import type { CassetteHeader, Interaction } from '../../core/cassette.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { OpenCassette } from '../file/file.ts'
import { canonical, canonicalText } from '../match/canonical.ts'
import { digest } from '../match/digest.ts'
import { comparedOf, type Protocols } from '../match/request.ts'

/** A part of a merged list: what is clear, or two versions of which a person must choose. */
export type Merged<Of> = { readonly clear: Of } | { readonly ours: readonly Of[]; readonly theirs: readonly Of[] }

/** A cassette that was made of two, before it is written. */
export type Merge = {
  readonly header: readonly Merged<JsonObject>[]
  readonly interactions: readonly Merged<Interaction>[]
  readonly conflicts: number
}

/** Three versions of something, where it is there. */
type Three<Of> = { readonly base?: Of; readonly ours?: Of; readonly theirs?: Of }

/**
 * Two versions of a cassette that come from one, interaction by interaction: each is known by its lane and by what was
 * asked, ids aside, so that branches that recorded different things do not conflict. What only one side changed is
 * taken from it; the bytes of the wire alone are no change.
 */
export const mergeOf = (
  base: OpenCassette | undefined,
  ours: OpenCassette,
  theirs: OpenCassette,
  protocols: Protocols,
): Merge => {
  const versions = {
    base: base ? keyed(base, protocols) : new Map<string, Interaction>(),
    ours: keyed(ours, protocols),
    theirs: keyed(theirs, protocols),
  }
  const header = mergedHeader({ ...(base && { base: base.header }), ours: ours.header, theirs: theirs.header })
  const merged = orderOf(versions.ours, versions.theirs).flatMap(key =>
    mergedOf(threeOf(versions, key), { same: isSameInteraction }),
  )
  const interactions = joined(merged)
  return { header, interactions, conflicts: [...header, ...interactions].filter(part => 'ours' in part).length }
}

type Keyed = ReadonlyMap<string, Interaction>

const keyed = (cassette: OpenCassette, protocols: Protocols): Map<string, Interaction> => {
  const counts = new Map<string, number>()
  const found = new Map<string, Interaction>()
  for (const { id } of cassette.entries) {
    const interaction = cassette.load(id)
    const key = digest(`${interaction.lane} ${comparedOf(interaction.request, protocols).exact}`)
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    found.set(`${key} ${count}`, interaction)
  }
  return found
}

/** Ours in their order, and what only they have behind what stands before it there. */
const orderOf = (ours: Keyed, theirs: Keyed): string[] => {
  const order = [...ours.keys()]
  const places = new Map(order.map((key, index) => [key, index]))
  const added = new Map<number, string[]>()
  let before = -1
  for (const key of theirs.keys()) {
    const place = places.get(key)
    if (place !== undefined) before = place
    else added.set(before, [...(added.get(before) ?? []), key])
  }
  return [...(added.get(-1) ?? []), ...order.flatMap((key, index) => [key, ...(added.get(index) ?? [])])]
}

const threeOf = <Of>(
  { base, ours, theirs }: Record<'base' | 'ours' | 'theirs', ReadonlyMap<string, Of>>,
  key: string,
): Three<Of> => {
  const [one, two, three] = [base.get(key), ours.get(key), theirs.get(key)]
  return { ...(one && { base: one }), ...(two && { ours: two }), ...(three && { theirs: three }) }
}

type Same<Of> = (one: Of, other: Of) => boolean

/** None where it was taken out. */
const mergedOf = <Of>({ base, ours, theirs }: Three<Of>, { same }: { same: Same<Of> }): Merged<Of>[] => {
  const alike = (one: Of | undefined, other: Of | undefined): boolean =>
    one === undefined || other === undefined ? one === other : same(one, other)
  const clear = (version: Of | undefined): Merged<Of>[] => (version === undefined ? [] : [{ clear: version }])
  if (alike(ours, theirs)) return clear(alike(ours, base) ? (theirs ?? ours) : ours)
  if (alike(ours, base)) return clear(theirs)
  if (alike(theirs, base)) return clear(ours)
  return [{ ours: ours === undefined ? [] : [ours], theirs: theirs === undefined ? [] : [theirs] }]
}

/** What was asked is equal where this is asked; what came back is told by its words where there are any. */
const isSameInteraction: Same<Interaction> = (one, other) => meaning(one) === meaning(other)

const meaning = ({ agent, request, response, state }: Interaction): string => {
  const { status, said, body, error } = response
  const answer = said ?? body ?? null
  return canonicalText([
    agent,
    request.url,
    status,
    canonical(answer, undefined),
    (error ?? null) as Json,
    state ?? null,
  ])
}

/** Conflicts side by side are one: a person decides over them together. */
const joined = <Of>(parts: readonly Merged<Of>[]): Merged<Of>[] => {
  const told: Merged<Of>[] = []
  for (const part of parts) {
    const last = told.at(-1)
    if ('ours' in part && last && 'ours' in last) {
      told[told.length - 1] = { ours: [...last.ours, ...part.ours], theirs: [...last.theirs, ...part.theirs] }
    } else told.push(part)
  }
  return told
}

/** Fields of which one version is as good as the other: ours is taken where both changed. */
const either = ['reprise', 'workingDirectory', 'home']

const mergedHeader = ({ base, ours, theirs }: Three<CassetteHeader>): Merged<JsonObject>[] => {
  const [one, two, three] = [base ?? {}, ours ?? {}, theirs ?? {}] as [JsonObject, JsonObject, JsonObject]
  return [...new Set([...Object.keys(two), ...Object.keys(three)])].flatMap(key => {
    const field = (of: JsonObject): JsonObject | undefined => (key in of ? { [key]: of[key] as Json } : undefined)
    const versions = { base: field(one), ours: field(two), theirs: field(three) }
    if (key === 'recorded') return [{ clear: later(two, three) }]
    const merged = mergedOf<JsonObject>(versions as Three<JsonObject>, { same: isDeepStrictEqual })
    return merged.map(part =>
      'ours' in part && either.includes(key) ? { clear: { ...part.theirs[0], ...part.ours[0] } } : part,
    )
  })
}

/** ISO 8601 sorts as time does. */
const later = (one: JsonObject, other: JsonObject): JsonObject => ({
  recorded:
    [one, other]
      .map(({ recorded }) => String(recorded ?? ''))
      .toSorted()
      .at(-1) ?? '',
})
