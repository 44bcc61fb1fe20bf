import type { Json, JsonObject } from '../../core/json.ts'
import type { Request } from './request.ts'

/** Whether two requests are equal to the letter, but for the order of keys: then they are equal however they are compared. */
export const isSame = (one: Request, other: Request): boolean =>
  one.method === other.method &&
  one.provider === other.provider &&
  one.protocol === other.protocol &&
  one.operation === other.operation &&
  (one.provider !== undefined || one.url === other.url) &&
  isEqual(one.body, other.body)

const isEqual = (one: Json | undefined, other: Json | undefined): boolean => {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) && one.length === other.length && one.every((item, index) => isEqual(item, other[index]))
    )
  }
  if (Array.isArray(other)) return false
  return areEqualObjects(one as JsonObject, other as JsonObject)
}

const areEqualObjects = (one: JsonObject, other: JsonObject): boolean => {
  const keys = Object.keys(one)
  return (
    keys.length === Object.keys(other).length &&
    keys.every(key => Object.hasOwn(other, key) && isEqual(one[key], other[key]))
  )
}
