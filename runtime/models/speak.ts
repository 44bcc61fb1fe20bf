import { isJsonObject, type Json, type JsonObject } from '../core/json.ts'

/** Arguments as the text that a model writes; what was no JSON object was kept as it was written. */
export const argumentsIn = (input: Json): string => (typeof input === 'string' ? input : JSON.stringify(input))

/** Arguments where a protocol has a place for an object only. */
export const inputIn = (input: Json): JsonObject => (isJsonObject(input) ? input : {})
