import { Failure } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { refuseExpanded, refuseLarge } from './bounds.ts'
import { conflictIn } from './conflict.ts'
import type { Entry } from './file.ts'
import { Heads, headIn } from './places.ts'
import type { Index } from './scan.ts'
import type { Source } from './source.ts'
import { readAny } from './yaml-any.ts'

/** Reads a file at once, however it is laid out. Throws a Failure for what is no cassette. */
export const readWhole = (source: Source): Index => {
  const { interactions, ...header } = documentOf(source)
  if (interactions !== null && !Array.isArray(interactions)) throw noCassette(source, 'it has no list of interactions')
  const items = numbered((interactions ?? []) as JsonObject[], source)
  const torn = isTorn(items, header) ? items.pop() : undefined
  const byId = new Map(items.map(item => [item['id'] as number, item]))
  if (byId.size < items.length) throw noCassette(source, `two interactions have the id ${repeatedId(items)}`)
  const heads = new Heads()
  const item = (id: number) => byId.get(id) as JsonObject
  return {
    header,
    entries: items.map(item => entryIn(item, heads, source)),
    ...(torn && { torn: torn['id'] as number }),
    item,
    asked: item,
  }
}

const noCassette = ({ path }: Source, why: string, cause?: unknown): Failure =>
  new Failure('cassette-file', `${path} cannot be played back: ${why}.`, {
    hint: 'Fix it by hand, or record it again with --record.',
    cause,
  })

const documentOf = (source: Source): JsonObject => {
  const document = parsed(source)
  if (!isJsonObject(document)) throw noCassette(source, 'it is no cassette')
  if (!('interactions' in document)) throw noCassette(source, 'it has no interactions, or was cut off above them')
  return document
}

/** Ours may be of any size: who let them grow knows what they are. */
const isOurs = (source: Source): boolean => /^reprise: /m.test(source.read(0, 65_536).toString())

const parsed = (source: Source): unknown => {
  if (source.size === 0) throw noCassette(source, 'it is empty')
  let text = ''
  try {
    if (!isOurs(source)) refuseLarge(source.size)
    text = source.read(0, source.size).toString()
    const document = readAny(text)
    refuseExpanded(document, source.size)
    return document
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw noCassette(source, conflictIn(text) ?? error.message.split('\n')[0] ?? 'it is no YAML', error)
  }
}

/** Recordings of others have no ids, or repeat them: there it is the place that counts. */
const numbered = (items: readonly JsonObject[], source: Source): JsonObject[] => {
  for (const item of items) if (!isJsonObject(item)) throw noCassette(source, 'an interaction has no fields')
  const ids = new Set(items.map(({ id }) => id))
  if (ids.size === items.length && items.every(({ id }) => Number.isInteger(id))) return [...items]
  if (items.some(item => 'lane' in item || 'state' in item)) return [...items]
  return items.map((item, id) => ({ ...item, id }))
}

const repeatedId = (items: readonly JsonObject[]): unknown =>
  items.find((item, at) => items.findIndex(other => other['id'] === item['id']) < at)?.['id']

const isTorn = (items: readonly JsonObject[], header: JsonObject): boolean => {
  if (!('reprise' in header) || items.length === 0 || 'state' in (items.at(-1) as JsonObject)) return false
  const before = items.at(-2)
  return before === undefined || 'state' in before
}

const entryIn = (item: JsonObject, heads: Heads, source: Source): Entry => {
  const { id, request } = item
  const head = isJsonObject(request) ? headIn(item, request) : undefined
  if (!head) throw noCassette(source, `interaction ${String(id)} has no id, no method or no url`)
  const entry = heads.entryOf(head)
  if (!entry) throw noCassette(source, `interaction ${head.id} extends ${head.extends}, which does not stand above it`)
  return entry
}
