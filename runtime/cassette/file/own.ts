import type { Json, JsonObject } from '../../core/json.ts'

export type Changing = { [key: string]: Json }

/** Sets a key as an object's own. Plainly set, one of the name `__proto__` would be taken for the object's kind. */
export const setOwn = (object: Changing, key: string, value: Json): void => {
  if (key !== '__proto__') object[key] = value
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
}

/** Whether two values are the same to the last detail: order of keys and the sign of zero count too. */
export const isSame = (one: Json, other: Json): boolean => {
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const keys = Object.keys(one)
  const others = Object.keys(other)
  return (
    keys.length === others.length &&
    keys.every(
      (key, at) => key === others[at] && isSame((one as Changing)[key] as Json, (other as Changing)[key] as Json),
    )
  )
}

/** The same object where nothing in it changes: most trees hold no mark, and a copy of each would be waste. */
export const mapped = <Value extends JsonObject | readonly Json[]>(
  value: Value,
  change: (item: Json) => Json,
): JsonObject | Value => {
  if (Array.isArray(value)) {
    const items = value.map(change)
    return items.every((item, at) => item === value[at]) ? value : (items as readonly Json[] as Value)
  }
  const entries = Object.entries(value as JsonObject).map(([key, item]) => [key, change(item)] as const)
  if (entries.every(([key, item]) => item === (value as JsonObject)[key])) return value
  const copy: Changing = {}
  for (const [key, item] of entries) setOwn(copy, key, item)
  return copy
}

/** A value as JSON has it: what code left undefined is not there, and numbers that are none are null. */
export const plainJson = (value: Json | undefined): Json => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'object' || value === null) return value ?? null
  if (Array.isArray(value) || Object.values(value).every(item => item !== undefined)) return mapped(value, plainJson)
  const kept = Object.entries(value).filter(([, item]) => item !== undefined)
  return mapped(Object.fromEntries(kept), plainJson)
}
