export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json }

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Objects in lists in objects: more of them, one in the other, than anybody needs, and fewer than a stack holds. */
export const deepest = 200

/** Whether a value is nested deeper. Whoever walks through values walks through them with a stack: they come from outside. */
export const isDeeperThan = (value: Json, most: number): boolean => {
  const open: { readonly item: object; readonly depth: number }[] = isNested(value) ? [{ item: value, depth: 1 }] : []
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.depth > most) return true
    for (const item of Object.values(next.item)) if (isNested(item)) open.push({ item, depth: next.depth + 1 })
  }
  return false
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null
