import type { Interaction } from '../../core/cassette.ts'

type Asked = Pick<Interaction, 'id' | 'lane'>

/**
 * The order in which a recording is kept, whatever was over first: each lane in the order in which it asked, and what a
 * lane set going before what it asked next. Lanes side by side stand one after the other by their names, so that two
 * recordings of a run differ only where the run did.
 */
export const arranged = (interactions: readonly Asked[]): number[] => {
  const lanes = new Map<string, Asked[]>()
  for (const one of interactions.toSorted((a, b) => a.id - b.id)) {
    const items = lanes.get(one.lane) ?? []
    items.push(one)
    lanes.set(one.lane, items)
  }
  const tops = [...lanes.keys()].filter(lane => parentOf(lane, lanes) === undefined)
  return tops.sort(byName).flatMap(lane => idsOf(lane, childrenIn(lanes), lanes))
}

type Lanes = ReadonlyMap<string, readonly Asked[]>

const parentOf = (lane: string, lanes: Lanes): string | undefined => {
  for (let end = lane.lastIndexOf('/'); end > 0; end = lane.lastIndexOf('/', end - 1)) {
    if (lanes.has(lane.slice(0, end))) return lane.slice(0, end)
  }
  return undefined
}

const childrenIn = (lanes: Lanes): ReadonlyMap<string, readonly string[]> => {
  const children = new Map<string, string[]>()
  for (const lane of [...lanes.keys()].sort(byName)) {
    const parent = parentOf(lane, lanes)
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), lane])
  }
  return children
}

/** `transfer_task:2` before `transfer_task:10`. */
const byName = (one: string, other: string): number => {
  const numbers = (lane: string) => lane.replace(/\d+/g, digits => digits.padStart(9, '0'))
  return numbers(one) < numbers(other) ? -1 : 1
}

const idsOf = (lane: string, children: ReadonlyMap<string, readonly string[]>, lanes: Lanes): number[] => {
  const ids: number[] = []
  const waiting = [...(children.get(lane) ?? [])]
  for (const { id } of lanes.get(lane) ?? []) {
    const begun = waiting.filter(child => (lanes.get(child)?.[0]?.id ?? 0) < id)
    for (const child of begun) {
      ids.push(...idsOf(child, children, lanes))
      waiting.splice(waiting.indexOf(child), 1)
    }
    ids.push(id)
  }
  return [...ids, ...waiting.flatMap(child => idsOf(child, children, lanes))]
}
