import type { CassetteHeader } from '../../core/cassette.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Protocol, WireShape } from '../../core/protocol.ts'
import { type Changing, setOwn } from '../file/own.ts'
import { below, Ids, isLeftOut, type Places, placesOf } from './canonical.ts'
import type { Protocols } from './request.ts'

const known = new WeakMap<Protocol, Protocol>()

/** The same protocols, of which a request is compared by what a slim recording still holds of it. */
export const slimProtocols =
  (protocols: Protocols): Protocols =>
  id => {
    const protocol = protocols(id)
    return protocol && (known.get(protocol) ?? remembered(protocol))
  }

/** The protocols by which the requests of a recording are compared. */
export const protocolsOf = ({ slim }: CassetteHeader, protocols: Protocols): Protocols =>
  slim ? slimProtocols(protocols) : protocols

const remembered = (protocol: Protocol): Protocol => {
  const { shape } = protocol
  const slim = { ...protocol, shape: { ...shape, volatile: [...shape.volatile, ...shape.unsaid] } }
  known.set(protocol, slim)
  return slim
}

/**
 * A body without what is not compared, its ids counted (`call_1`) instead of drawn: the same in each recording of the
 * same run. `shape` is that of a slim protocol. Slimming twice is slimming once.
 */
export const slimBody = (body: Json, shape: WireShape): Json => {
  const ids = new Ids((role, count) => (role === 0 ? `call_${count}` : `id_${role}_${count}`))
  return walk(body, [placesOf(shape)], ids) ?? null
}

const walk = (value: Json, places: readonly Places[], ids: Ids): Json | undefined => {
  const rules = places.flatMap(({ rules }) => rules)
  if (rules.some(rule => isLeftOut(value, rule))) return undefined
  const id = rules.find(({ kind }) => kind === 'defines' || kind === 'refers')
  if (typeof value === 'string' && id && 'role' in id) {
    return id.kind === 'defines' ? ids.define(id.role, value) : ids.refer(id.role, value)
  }
  if (Array.isArray(value)) {
    return value
      .map((item, index) => walk(item, below(places, `${index}`), ids))
      .filter(item => item !== undefined) as Json[]
  }
  return isJsonObject(value) ? object(value, places, ids) : value
}

/** Keys are walked in the order in which they are compared, and written in their own. */
const object = (value: JsonObject, places: readonly Places[], ids: Ids): JsonObject => {
  const walked = new Map<string, Json | undefined>()
  for (const key of Object.keys(value).sort()) walked.set(key, walk(value[key] as Json, below(places, key), ids))
  const kept: Changing = {}
  for (const key of Object.keys(value)) {
    const item = walked.get(key)
    if (item !== undefined) setOwn(kept, key, item)
  }
  return kept
}
