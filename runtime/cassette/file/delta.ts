import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { type Changing, isSame, setOwn } from './own.ts'

/**
 * What makes one tree of another, in this order. Paths are keys with strokes between (`messages/3/content`); those of
 * `drop` count in the old tree and may end in a range (`messages/2-5`), all others count in the new one.
 */
export type Delta = {
  readonly drop?: readonly string[]
  /** Items before the one at the path. */
  readonly insert?: Readonly<Record<string, readonly Json[]>>
  readonly set?: JsonObject
  readonly append?: Readonly<Record<string, readonly Json[]>>
}

type Changes = {
  drop: string[]
  insert: [string, Json[]][]
  set: [string, Json][]
  append: [string, Json[]][]
  cost: number
}

/** The delta, and about how many letters it takes; nothing where it could not keep the order of keys. */
export const deltaBetween = (base: Json, next: Json): { delta: Delta; cost: number } | undefined => {
  if (isSame(base, next)) return { delta: {}, cost: 0 }
  const changes = changesBetween(base, next, '', '')
  return changes && { delta: deltaOf(changes), cost: changes.cost }
}

const deltaOf = ({ drop, insert, set, append }: Changes): Delta => ({
  ...(drop.length > 0 && { drop }),
  ...(insert.length > 0 && { insert: Object.fromEntries(insert) }),
  ...(set.length > 0 && { set: Object.fromEntries(set) }),
  ...(append.length > 0 && { append: Object.fromEntries(append) }),
})

const none = (): Changes => ({ drop: [], insert: [], set: [], append: [], cost: 0 })

/** About how many letters a value takes. */
export const lengthOf = (value: Json): number => lengthUpTo(value, Number.POSITIVE_INFINITY)

const below = (path: string, key: string | number): string => {
  const name = String(key).replaceAll('~', '~0').replaceAll('/', '~1')
  return path === '' ? name : `${path}/${name}`
}

/** `from` is the path in the old tree, `to` in the new. A key that is empty would make paths unclear. */
const changesBetween = (base: Json, next: Json, from: string, to: string): Changes | undefined => {
  if (Array.isArray(base) && Array.isArray(next)) return listChanges(base, next, from, to)
  if (!isJsonObject(base) || !isJsonObject(next) || '' in base || '' in next) return undefined
  return objectChanges(base, next, from, to)
}

const objectChanges = (base: JsonObject, next: JsonObject, from: string, to: string): Changes | undefined => {
  const keys = Object.keys(next)
  const kept = Object.keys(base).filter(key => Object.hasOwn(next, key))
  if (kept.some((key, at) => keys[at] !== key)) return undefined
  const changes = none()
  for (const key of Object.keys(base)) if (!Object.hasOwn(next, key)) addDrop(changes, below(from, key))
  for (const key of kept) {
    const [before, after] = [base[key] as Json, next[key] as Json]
    if (!isSame(before, after)) add(changes, pairChanges(before, after, below(from, key), below(to, key)))
  }
  for (const key of keys.slice(kept.length)) addSet(changes, below(to, key), next[key] as Json)
  return changes
}

const listChanges = (base: readonly Json[], next: readonly Json[], from: string, to: string): Changes => {
  const changes = none()
  let old = 0
  let at = 0
  while (old < base.length && at < next.length) {
    const item = base[old] as Json
    const other = next[at] as Json
    if (isSame(item, other)) {
      old++
      at++
      continue
    }
    const paired = pairChanges(item, other, below(from, old), below(to, at))
    const isLikely = isLonger(other, paired.cost * 4)
    const again = isLikely ? -1 : base.findIndex((one, index) => index > old && isSame(one, other))
    const later = isLikely || again > 0 ? -1 : next.findIndex((one, index) => index > at && isSame(one, item))
    if (again > 0) addDrop(changes, below(from, rangeOf(old, again)))
    else if (later > 0) addItems(changes, 'insert', below(to, at), next.slice(at, later))
    else add(changes, paired)
    const isPaired = again < 0 && later < 0
    old = isPaired ? old + 1 : Math.max(old, again)
    at = isPaired ? at + 1 : Math.max(at, later)
  }
  if (old < base.length) addDrop(changes, below(from, rangeOf(old, base.length)))
  if (at < next.length) addItems(changes, 'append', to, next.slice(at))
  return changes
}

const rangeOf = (start: number, end: number): string => (end - start === 1 ? `${start}` : `${start}-${end - 1}`)

/** What makes one value of another: changes inside it, or the new one where that takes fewer letters. */
const pairChanges = (base: Json, next: Json, from: string, to: string): Changes => {
  const inside = changesBetween(base, next, from, to)
  if (inside && isLonger(next, inside.cost)) return inside
  const anew = none()
  addSet(anew, to, next)
  return anew
}

/** Whether a value takes more letters than so many; it is not looked at any further than that takes. */
const isLonger = (value: Json, than: number): boolean => lengthUpTo(value, than) > than

const lengthUpTo = (value: Json, most: number): number => {
  if (typeof value === 'string') return value.length + 2
  if (typeof value !== 'object' || value === null) return 4
  let length = 2
  for (const [key, item] of Object.entries(value)) {
    if (length > most) break
    length += (Array.isArray(value) ? 1 : key.length + 4) + lengthUpTo(item as Json, most - length)
  }
  return length
}

const add = (changes: Changes, { drop, insert, set, append, cost }: Changes): void => {
  changes.drop.push(...drop)
  changes.insert.push(...insert)
  changes.set.push(...set)
  changes.append.push(...append)
  changes.cost += cost
}

const addDrop = (changes: Changes, path: string): void => {
  changes.drop.push(path)
  changes.cost += path.length + 8
}

const addSet = (changes: Changes, path: string, value: Json): void => {
  changes.set.push([path, value])
  changes.cost += path.length + lengthOf(value) + 4
}

const addItems = (changes: Changes, kind: 'insert' | 'append', path: string, items: Json[]): void => {
  changes[kind].push([path, items])
  changes.cost += path.length + lengthOf(items) + 4
}

/** The new tree. It shares with the old one what did not change. Throws a RangeError for a path that leads nowhere. */
export const withDelta = (base: Json, { drop = [], insert = {}, set = {}, append = {} }: Delta): Json => {
  const tree = new Copying(base)
  for (const path of drop.toReversed()) dropAt(tree.parentOf(path))
  for (const [path, items] of Object.entries(insert)) {
    const { parent, key } = tree.parentOf(path)
    listOf(parent, path).splice(Number(key), 0, ...items)
  }
  for (const [path, value] of Object.entries(set)) {
    const { parent, key } = tree.parentOf(path)
    setOwn(parent as Changing, key, value)
  }
  for (const [path, items] of Object.entries(append)) listOf(tree.at(path), path).push(...items)
  return tree.root
}

type Container = Changing | Json[]

const dropAt = ({ parent, key }: { parent: Container; key: string }): void => {
  if (!Array.isArray(parent)) delete parent[key]
  else {
    const [first = 0, last = first] = key.split('-').map(Number)
    parent.splice(first, last - first + 1)
  }
}

const listOf = (value: Container, path: string): Json[] => {
  if (!Array.isArray(value)) throw new RangeError(`${path} is no list`)
  return value
}

/** A tree that is copied only where it is changed. */
class Copying {
  readonly #own = new Set<Container>()
  root: Json

  constructor(base: Json) {
    this.root = this.#copied(base, '')
  }

  parentOf(path: string): { parent: Container; key: string } {
    const keys = keysOf(path)
    const key = keys.pop()
    if (key === undefined) throw new RangeError('the whole body cannot be set')
    return { parent: this.#walk(keys, path), key }
  }

  at(path: string): Container {
    return this.#walk(keysOf(path), path)
  }

  #walk(keys: readonly string[], path: string): Container {
    let value = this.root as Container
    for (const key of keys) {
      const child = this.#copied((value as Changing)[key], path)
      setOwn(value as Changing, key, child as Json)
      value = child
    }
    return value
  }

  #copied(value: Json | undefined, path: string): Container & Json {
    if (typeof value !== 'object' || value === null) throw new RangeError(`${path} leads nowhere`)
    if (this.#own.has(value as Container)) return value as Container & Json
    const copy = (Array.isArray(value) ? [...value] : { ...value }) as Container & Json
    this.#own.add(copy)
    return copy
  }
}

const keysOf = (path: string): string[] =>
  path === '' ? [] : path.split('/').map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'))
