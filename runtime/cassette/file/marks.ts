import { Failure } from '../../core/errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { mapped } from './own.ts'

/**
 * Two things that a tree shows better than they are. `json-text` stands for a text that is the JSON of what is below it
 * (arguments of a call, which some protocols send in a string), `deep-json` for a value too deep for most parsers of
 * YAML, as text. An object that really has such a key, and no other, gets a stroke behind it.
 */
const jsonText = 'json-text'
const deepJson = 'deep-json'
const marked = /^(?:json-text|deep-json)'*$/

/** General parsers stop at 100, and a body begins some levels down. */
const deepest = 60
/** A shorter text is as easy to read between quotes. */
const shortest = 64

/** A value as it is written. `isKnown` says which texts stand elsewhere already and are better left whole. */
export const folded = (value: Json, isKnown?: (text: string) => boolean, depth = 0): Json => {
  if (typeof value === 'string') return (isKnown && !isKnown(value) && foldedText(value, isKnown, depth)) || value
  if (typeof value !== 'object' || value === null) return value
  if (depth >= deepest) return { [deepJson]: exactJson(value) }
  const below = mapped(value, item => folded(item, isKnown, depth + 1))
  const [key] = Object.keys(below)
  return isMarked(below) && key !== undefined ? { [`${key}'`]: below[key] as Json } : below
}

/** The way back. Fails on text that is no JSON, as a slip of a hand would leave it. */
export const unfolded = (value: Json): Json => {
  if (typeof value !== 'object' || value === null) return value
  const below = mapped(value, unfolded)
  const [key] = Object.keys(below)
  if (!isMarked(below) || key === undefined) return below
  if (key === jsonText) return JSON.stringify(below[key])
  return key === deepJson ? parsedDeep(below[key] as Json) : { [key.slice(0, -1)]: below[key] as Json }
}

const isMarked = (value: Json): value is JsonObject => {
  if (!isJsonObject(value)) return false
  const [key, ...others] = Object.keys(value)
  return key !== undefined && others.length === 0 && marked.test(key)
}

const foldedText = (text: string, isKnown: (text: string) => boolean, depth: number): Json | undefined => {
  if (text.length < shortest || !/^[[{]/.test(text)) return undefined
  try {
    const value = JSON.parse(text) as Json
    return JSON.stringify(value) === text ? { [jsonText]: folded(value, isKnown, depth + 1) } : undefined
  } catch {
    return undefined
  }
}

const parsedDeep = (text: Json): Json => {
  try {
    return JSON.parse(text as string) as Json
  } catch {
    throw new Failure('cassette-file', `Below ${deepJson} stands no JSON.`)
  }
}

/** JSON in which minus zero is not zero. */
const exactJson = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(exactJson).join(',')}]`
  if (!isJsonObject(value)) return Object.is(value, -0) ? '-0' : JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}:${exactJson(item)}`)
    .join(',')}}`
}
