import { deepest, isDeeperThan, isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { WireShape } from '../../core/protocol.ts'

/** How a place in a body is compared; a place that no shape names is compared as it is. */
export type Rule =
  | { readonly kind: 'opaque' | 'json' }
  | { readonly kind: 'left-out'; readonly where?: Condition }
  | { readonly kind: 'defines' | 'refers'; readonly role: number }
type Condition = { readonly key: string; readonly value: string }

/** The rules of a shape as a tree, so that a body is walked once whatever the number of paths. */
export type Places = { readonly rules: Rule[]; readonly children: Map<string, Places> }

const nowhere: Places = { rules: [], children: new Map() }
const compiled = new WeakMap<WireShape, Places>()

/**
 * A body as it is compared: ids renamed by role and occurrence (`id 0.2` is the second of the first kind), what is
 * volatile left out, JSON in strings parsed, encoded bytes in one spelling, keys sorted. Equal trees are equal requests.
 */
export const canonical = (body: Json, shape: WireShape | undefined): Json => {
  const ids = new Ids()
  return walk(body, shape ? [placesOf(shape)] : [], ids) ?? null
}

/** The text of a canonical tree. */
export const canonicalText = (tree: Json): string => JSON.stringify(tree)

/** The rules of a shape, as a tree. */
export const placesOf = (shape: WireShape): Places => {
  const known = compiled.get(shape)
  if (known) return known
  const root: Places = { rules: [], children: new Map() }
  const add = (path: string, rule: Rule) => {
    let place = root
    for (const key of path.split('.')) {
      const next = place.children.get(key) ?? { rules: [], children: new Map() }
      place.children.set(key, next)
      place = next
    }
    place.rules.push(rule)
  }
  const leaveOut = (path: string) => {
    const [, bare = path, key, value = ''] = /^(.*)\[(\w+)=(\w*)\]$/.exec(path) ?? []
    add(bare, { kind: 'left-out', ...(key !== undefined && { where: { key, value } }) })
  }
  // First: what is left out is neither an id nor bytes.
  for (const path of [...shape.volatile, ...shape.markers]) leaveOut(path)
  for (const [role, { defines, refers }] of shape.ids.entries()) {
    if (defines !== refers) add(defines, { kind: 'defines', role })
    add(refers, { kind: 'refers', role })
  }
  for (const path of shape.opaque) add(path, { kind: 'opaque' })
  for (const path of shape.jsonText) add(path, { kind: 'json' })
  compiled.set(shape, root)
  return root
}

/** Names in place of ids, in the order in which they are met. Ids come back in later answers, so the last one counts. */
export class Ids {
  readonly #names = new Map<string, string>()
  readonly #counts: number[] = []
  readonly #name: (role: number, count: number) => string

  constructor(name = (role: number, count: number) => `id ${role}.${count}`) {
    this.#name = name
  }

  define(role: number, id: string): string {
    const count = (this.#counts[role] ?? 0) + 1
    this.#counts[role] = count
    const name = this.#name(role, count)
    this.#names.set(`${role} ${id}`, name)
    return name
  }

  /** An id that nobody has defined is defined by its first mention. */
  refer(role: number, id: string): string {
    return this.#names.get(`${role} ${id}`) ?? this.define(role, id)
  }
}

/** Nothing for what is not compared. Keys are walked sorted, so that numbering does not hang on their order. */
const walk = (value: Json, places: readonly Places[], ids: Ids): Json | undefined => {
  for (const { rules } of places) {
    for (const rule of rules) {
      if (isLeftOut(value, rule)) return undefined
      if (typeof value === 'string' && rule.kind !== 'left-out') return leaf(value, rule, ids)
    }
  }
  if (Array.isArray(value)) return list(value, places, ids)
  if (!isJsonObject(value)) return value
  return object(value, places, ids)
}

const list = (value: readonly Json[], places: readonly Places[], ids: Ids): Json[] => {
  const kept: Json[] = []
  for (const [index, item] of value.entries()) {
    const walked = walk(item, below(places, `${index}`), ids)
    if (walked !== undefined) kept.push(walked)
  }
  return kept
}

const object = (value: JsonObject, places: readonly Places[], ids: Ids): JsonObject => {
  const sorted: Record<string, Json> = Object.create(null)
  for (const key of Object.keys(value).sort()) {
    const item = walk(value[key] as Json, below(places, key), ids)
    if (item !== undefined) sorted[key] = item
  }
  return sorted
}

/** The places of a child. */
export const below = (places: readonly Places[], key: string): readonly Places[] => {
  if (places.length === 0) return places
  const found: Places[] = []
  for (const { children } of places) {
    const named = children.get(key)
    const any = children.get('*')
    if (named) found.push(named)
    if (any) found.push(any)
  }
  return found.length > 0 ? found : none
}
const none: readonly Places[] = [nowhere]

const leaf = (value: string, rule: Rule, ids: Ids): Json => {
  switch (rule.kind) {
    case 'defines':
      return ids.define(rule.role, value)
    case 'refers':
      return ids.refer(rule.role, value)
    case 'opaque':
      return `bytes ${bytesIn(value)}`
    case 'json':
      return parsed(value)
    default:
      return value
  }
}

/** Whether a rule leaves out this value: a marker, what is drawn anew each time, or what is not compared here. */
export const isLeftOut = (value: Json, rule: Rule): boolean => {
  if (rule.kind !== 'left-out') return false
  const { where } = rule
  return where === undefined || (isJsonObject(value) && String(value[where.key]) === where.value)
}

/** One spelling for all that decode to the same bytes: url-safe or not, padded or not. What is no base64 stays. */
const bytesIn = (text: string): string => {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return text
  return text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')
}

const parsed = (text: string): Json => {
  try {
    const value = JSON.parse(text) as Json
    return isDeeperThan(value, deepest) ? text : { json: walk(value, [], new Ids()) ?? null }
  } catch {
    return text
  }
}
