import type { Json } from '../core/json.ts'

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
