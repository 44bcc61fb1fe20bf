import type { JsonObject } from '../../core/json.ts'
import { Refused, refuseDeep, refuseExpanded } from '../file/bounds.ts'
import { readForeignYaml } from '../file/yaml-foreign.ts'
import { type Fields, fieldsOf } from './fields.ts'
import type { Kept } from './kept.ts'

/** A file, unpacked, and what it says as JSON or YAML: one document, several, or none. */
export type Parsed = {
  readonly bytes: Buffer
  readonly text: string
  readonly documents: readonly unknown[]
  /** The fields of the first document. */
  readonly fields: Fields
}

/** The bytes of a file that a recording names, beside it. Throws a Refused for one that is elsewhere, or too large. */
export type Beside = (name: string) => Buffer

export type Read = {
  readonly kept: readonly Kept[]
  /** When it was recorded, if it says so. */
  readonly recorded?: unknown
  /** What the user should know, as a sentence. */
  readonly note?: string | undefined
  /** Of a recording of ours in another coat: what stood above it, and its items instead of `kept`. */
  readonly ours?: { readonly header: JsonObject; readonly items: readonly JsonObject[] }
}

/** A way to keep HTTP traffic in a file. */
export type Format = {
  /** As a user knows it. */
  readonly name: string
  readonly isIt: (parsed: Parsed) => boolean
  readonly read: (parsed: Parsed, beside: Beside) => Read
}

/** A file that is known, and cannot be played back. `why` ends a sentence: it holds … */
export type Unfit = { readonly name: string; readonly isIt: (parsed: Parsed) => boolean; readonly why: string }

/** Nothing is thrown for what is neither JSON nor YAML; a Refused for a bomb. */
export const parsedFrom = (bytes: Buffer): Parsed => {
  const text = bytes.toString().replace(/^\ufeff/, '')
  const documents = documentsIn(text)
  return { bytes, text, documents, fields: fieldsOf(documents[0]) }
}

const documentsIn = (text: string): readonly unknown[] => {
  const isBraced = /^\s*[[{]/.test(text)
  if (isBraced) refuseDeep(text)
  else if (isNoYaml(text)) return []
  try {
    return isBraced ? [jsonOf(text)] : readForeignYaml(text)
  } catch (error) {
    if (error instanceof Refused) throw error
    return []
  }
}

const jsonOf = (text: string): unknown => {
  const value: unknown = JSON.parse(text)
  refuseExpanded(value, text.length)
  return value
}

/** A general parser takes its time with what is something else. */
const isNoYaml = (text: string): boolean =>
  /^(?:httprr trace|STD(?:IN|OUT|ERR): |(?:data|event|id): ?[{\w])|\0/.test(text.slice(0, 4096))
