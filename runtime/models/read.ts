import { deepest, isDeeperThan, isJsonObject, type Json, type JsonObject } from '../core/json.ts'

/** The elements of a list; none of anything else. */
export const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])

/** The objects in a list; none of anything else. */
export const objectsIn = (value: Json | undefined): readonly JsonObject[] => listOf(value).filter(isJsonObject)

/** An object, or an empty one. */
export const objectOf = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {})

/** A string, or an empty one. */
export const stringOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** JSON in a string, parsed; the string itself where it is none, or nested too deep. */
export const jsonIn = (value: Json | undefined): Json => {
  if (typeof value !== 'string') return value ?? null
  try {
    const parsed = JSON.parse(value) as Json
    return isDeeperThan(parsed, deepest) ? value : parsed
  } catch {
    return value
  }
}

/** A number, or 0. */
export const numberOf = (value: Json | undefined): number => (typeof value === 'number' ? value : 0)
