import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Entry } from './file.ts'
import { Items, tryAny, tryOurs } from './items.ts'
import { placesOf, startOfItems, wholePlaces } from './places.ts'
import type { Source } from './source.ts'

/** A cassette of which every item can be found, in the order of the file. */
export type Index = {
  readonly header: JsonObject
  readonly entries: readonly Entry[]
  /** The id of a last item that is not whole. */
  readonly torn?: number | 'unread'
  /** Of a recording in a format of others: its name, when it was made, and what the user should know of it. */
  readonly format?: string
  readonly recorded?: string
  readonly note?: string
  readonly item: (id: number) => JsonObject
  /** At least what was asked, of an item: its request, and what stands above it. */
  readonly asked: (id: number) => JsonObject
}

/**
 * Looks through the bytes for the lines at which items begin, and reads the first few lines of each. Nothing for a file
 * that is not laid out as ours are: that has to be read whole.
 */
export const scan = (source: Source): Index | undefined => {
  const start = startOfItems(source)
  if (start === undefined) return undefined
  const header = headerOf(source.read(0, start.header).toString())
  if (!header) return undefined
  const places = placesOf(source, start.items)
  const { whole, torn: rest } = wholePlaces(source, places, 'reprise' in header)
  const items = new Items(source, whole)
  const entries = items.entries()
  if (!entries) return undefined
  const isCut = rest !== undefined || (places.length === 0 && source.size > start.items)
  const torn = typeof rest === 'object' ? rest.head?.id : undefined
  return {
    header,
    entries,
    ...(isCut && { torn: torn ?? 'unread' }),
    item: id => items.item(id),
    asked: id => items.asked(id),
  }
}

const headerOf = (text: string): JsonObject | undefined => {
  const header = tryOurs(text.replace(/^(?:#.*\n)+/, '')) ?? tryAny(text)
  return isJsonObject(header) ? header : undefined
}
