/** What stands in a file of others: any of it may be missing, or be something else. */
export type Fields = { readonly [key: string]: unknown }

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

/** The fields of a map; of anything else, none. */
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})

export const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** A text as it is, bytes as the text that they are; nothing for anything else. */
export const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value
  return value instanceof Uint8Array ? Buffer.from(value).toString() : undefined
}

/** A map that has all of these keys. */
export const has = (value: unknown, ...keys: readonly string[]): value is Fields =>
  isFields(value) && keys.every(key => Object.hasOwn(value, key))
