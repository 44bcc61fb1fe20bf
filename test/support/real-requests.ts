import { isJsonObject, type Json, type JsonObject } from '../../runtime/core/json.ts'
import type { Protocol, WireShape } from '../../runtime/core/protocol.ts'
import { loadAllProtocols } from '../../runtime/models/protocols.ts'
import { type ProtocolId, protocolOf } from './protocol.ts'
import { seeded } from './seeded.ts'
import { recordedCalls, unreadFormats, wildIndex } from './wild.ts'

const protocols = new Map((await loadAllProtocols()).map(protocol => [protocol.id, protocol]))
export const knownProtocol = (id: string): Protocol | undefined => protocols.get(id)

/** A request of real traffic in a protocol that we speak. */
export type Sample = {
  readonly file: string
  readonly url: string
  readonly protocol: ProtocolId
  readonly body: JsonObject
  readonly shape: WireShape
}

/** Each once. */
export const realRequests = (): Sample[] => {
  const bodies = new Map<string, Sample>()
  for (const row of wildIndex().filter(({ format }) => !unreadFormats[format])) {
    for (const call of recordedCalls(row.file)) {
      const protocol = protocolOf(call)
      const shape = protocol && protocols.get(protocol)?.shape
      const { requestBody: body, url } = call
      if (shape && isJsonObject(body)) bodies.set(JSON.stringify(body), { file: row.file, url, protocol, body, shape })
    }
  }
  return [...bodies.values()]
}

/** The names under which the four protocols keep ids that tie calls to results, inside the conversation. */
const idKeys = new Set(['id', 'call_id', 'tool_call_id', 'tool_use_id'])
const conversations = ['messages', 'input', 'contents']
/** What stands below these was written by a model or a tool: an `id` there is a word like any other. */
const foreign = new Set(['input', 'args', 'arguments', 'response', 'content_block', 'action', 'json', 'results'])

const changed = (value: Json, change: (key: string, value: Json) => Json, key = ''): Json => {
  const own = change(key, value)
  if (own !== value) return own
  if (Array.isArray(value)) return value.map(item => changed(item, change, key))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, foreign.has(name) ? item : changed(item, change, name)]),
  )
}

const shuffledKeys = (value: Json, random: () => number): Json => {
  if (Array.isArray(value)) return value.map(item => shuffledKeys(item, random))
  if (!isJsonObject(value)) return value
  const entries = Object.entries(value).map(([key, item]) => ({ key, item, place: random() }))
  entries.sort((a, b) => a.place - b.place)
  return Object.fromEntries(entries.map(({ key, item }) => [key, shuffledKeys(item, random)]))
}

/** The same request under other ids, with its keys in another order, and encoded bytes in the other alphabet. */
export const relabelled = ({ file, body }: Sample): JsonObject => {
  const random = seeded(file.length)
  const names = new Map<string, string>()
  const rename = (key: string, value: Json): Json => {
    if (!idKeys.has(key) || typeof value !== 'string' || isJsonObject(value)) return value
    const name = names.get(value) ?? `renamed_${Math.floor(random() * 1e12)}_${names.size}`
    names.set(value, name)
    return name
  }
  const renamed = Object.fromEntries(
    Object.entries(body).map(([key, value]) => [key, conversations.includes(key) ? changed(value, rename) : value]),
  )
  const respelled = changed(renamed, (key, value) =>
    /^(signature|encrypted_content|thoughtSignature|thought_signature)$/.test(key) && typeof value === 'string'
      ? value.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
      : value,
  )
  return shuffledKeys(respelled, random) as JsonObject
}

/** A value that is no list and no object, and where it stands. */
export type Leaf = { readonly path: readonly string[]; readonly value: Json }

const leaves = (value: Json, path: readonly string[] = []): Leaf[] => {
  if (typeof value !== 'object' || value === null) return [{ path, value }]
  return Object.entries(value).flatMap(([key, item]) => leaves(item as Json, [...path, key]))
}

export const withLeaf = (value: Json, [key, ...rest]: readonly string[], leaf: Json): Json => {
  if (key === undefined) return leaf
  if (Array.isArray(value)) return value.map((item, index) => (`${index}` === key ? withLeaf(item, rest, leaf) : item))
  return { ...(value as JsonObject), [key]: withLeaf((value as JsonObject)[key] as Json, rest, leaf) }
}

export const otherThan = (value: Json): Json => {
  if (typeof value === 'string') return `${value}!`
  if (typeof value === 'number') return value + 1
  return typeof value === 'boolean' ? !value : 'something'
}

const isNamed = (path: readonly string[], pattern: string): boolean => {
  const keys = pattern.split('.')
  return keys.length <= path.length && keys.every((key, index) => key === '*' || key === path[index])
}

/** Places that the shape does not compare as they are: what is left out, and ids, of which only the ties count. */
const isFree = (path: readonly string[], { volatile, markers, ids }: WireShape): boolean =>
  [...volatile, ...markers, ...ids.flatMap(({ defines, refers }) => [defines, refers])].some(pattern =>
    isNamed(path, pattern),
  )

/** The places of a request of which each counts. */
export const comparedLeaves = ({ body, shape }: Sample): Leaf[] =>
  leaves(body).filter(({ path }) => !isFree(path, shape))
