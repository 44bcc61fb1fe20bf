import { isJsonObject, type Json, type JsonObject } from '../../runtime/core/json.ts'

/** What a `$ref` leads to inside the document; nothing where it leads elsewhere, or nowhere. */
export const referenced = (root: JsonObject, reference: string): Json | undefined => {
  if (reference === '#') return root
  if (!reference.startsWith('#/')) return undefined
  let found: Json | undefined = root
  for (const step of reference.slice(2).split('/')) {
    const key = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~')
    const inside: Json | undefined = found
    if (Array.isArray(inside)) found = inside[Number(key)]
    else found = inside !== undefined && isJsonObject(inside) && Object.hasOwn(inside, key) ? inside[key] : undefined
  }
  return found
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
