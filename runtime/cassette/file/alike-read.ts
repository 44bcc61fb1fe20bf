import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { broughtBy, filledIn, frameOf, patternOf, type Step } from './alike.ts'
import type { Entry } from './file.ts'
import { unfolded } from './marks.ts'

/** The items of a cassette, as they are written. */
export type Items = { readonly entries: readonly Entry[]; readonly item: (id: number) => JsonObject }

/**
 * An item whose request goes on as an earlier one did, written out. Throws a RangeError where what came in between is
 * not what that one needs.
 */
export const writtenOut = (item: JsonObject, items: Items): JsonObject => {
  const { request } = item
  if (!isJsonObject(request) || typeof request['like'] !== 'number') return item
  const { like, ids, ...rest } = request
  const model = items.item(like)
  if (!isJsonObject(model['request']) || !isJsonObject(model['request']['append']))
    throw new RangeError(`${like} adds nothing`)
  const { tree } = patternOf(unfoldedIn(model['request']['append']), frameFor(model, items))
  const first = typeof ids === 'number' ? { first: ids } : {}
  return { ...item, request: { ...rest, append: filledIn({ tree, ...first }, frameFor(item, items)) } }
}

const unfoldedIn = (append: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(append).map(([path, value]) => [path, unfolded(value)]))

const frameFor = (item: JsonObject, { entries, item: read }: Items) => {
  const id = item['id'] as number
  const base = isJsonObject(item['request']) ? item['request']['extends'] : undefined
  if (typeof base !== 'number') throw new RangeError(`${id} extends nothing`)
  const between = entries.filter(entry => entry.id >= base && entry.id < id)
  const steps = between.map(entry => stepOf(entry, read(entry.id)))
  return frameOf(base, { id, lane: laneOf(item) }, steps)
}

const laneOf = ({ lane }: JsonObject): string => (typeof lane === 'string' ? lane : 'root')

const stepOf = ({ id, lane, method }: Entry, { request, response }: JsonObject): Step => {
  const written = broughtBy(method, Object(request), Object(response))
  return { id, lane, method, brought: written === undefined ? undefined : unfolded(written) }
}
