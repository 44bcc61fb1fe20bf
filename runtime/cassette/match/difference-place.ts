import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Difference } from './cause.ts'
import { aroundDifference, cutAt, firstDifferentLine } from './text.ts'

/** Where two bodies part, as a path of keys, and what stands there. */
export type Place = { readonly path: readonly string[]; readonly recorded: string; readonly now: string }

/** The first place in which two bodies differ; they must. */
export const firstPlace = (before: Json | undefined, after: Json | undefined, path: readonly string[]): Place => {
  const key = keysOf(before, after).find(key => !isDeepStrictEqual(at(before, key), at(after, key)))
  if (key !== undefined) return firstPlace(at(before, key), at(after, key), [...path, key])
  const { recorded, now } = firstDifferentLine(shown(before), shown(after))
  return { path, recorded, now }
}

/** None where the two are not of one kind. */
const keysOf = (before: Json | undefined, after: Json | undefined): string[] => {
  const areLists = Array.isArray(before) && Array.isArray(after)
  if (!areLists && !(isObject(before) && isObject(after))) return []
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
}

const isObject = (value: Json | undefined): value is JsonObject => value !== undefined && isJsonObject(value)

const at = (value: Json | undefined, key: string): Json | undefined => (value as JsonObject)[key]

const shown = (value: Json | undefined): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '(nothing)')

/** What differs in what is no conversation. */
export const argumentsDifference = (before: Json, after: Json): Difference => {
  const { path, recorded, now } = firstPlace(before, after, [])
  const what = path.length > 0 ? `${path.join('.')} changed` : 'what was asked changed'
  return { cause: 'arguments', what, recorded, now }
}

const mostNames = 4

/** What differs in a model call beside the conversation: its parameters, or what no conversation tells of a turn. */
export const parameterDifference = (before: Json, after: Json): Difference[] => {
  if (!isJsonObject(before) || !isJsonObject(after)) return [argumentsDifference(before, after)]
  const changed = keysOf(before, after).filter(key => !isDeepStrictEqual(before[key], after[key]))
  const words = changed.slice(0, mostNames).map(key => valueChange(before, after, key))
  return [{ cause: 'parameters', what: `parameters changed: ${words.join(', ')}` }]
}

const valueChange = (before: JsonObject, after: JsonObject, key: string): string => {
  const text = (value: Json | undefined) => aroundDifference('', shown(value), 40).now
  const name = cutAt(key, 40)
  if (!(key in before)) return `${name} is ${text(after[key])} and was not set`
  if (!(key in after)) return `${name} is not set and was ${text(before[key])}`
  const { path, ...texts } = firstPlace(before[key], after[key], [key])
  const { recorded, now } = aroundDifference(texts.recorded, texts.now, 40)
  return `${path.join('.')} is ${now} and was ${recorded}`
}
