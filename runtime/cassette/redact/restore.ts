import { isJsonObject, type Json } from '../../core/json.ts'
import { type Folders, withFolders } from './folders.ts'

/** Puts real places back for placeholders: what a replay shows is what the recording showed. Secrets never come back. */
export const restorerOf = (places: Folders): Restorer => restoring(value => withFolders(value, places))

export type Restorer = { text(text: string): string; json(value: Json): Json }

export const restoring = (text: (text: string) => string): Restorer => ({ text, json: value => restored(value, text) })
const restored = (value: Json, text: (text: string) => string): Json => {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return value.map(item => restored(item, text))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [text(key), restored(item, text)]))
}
