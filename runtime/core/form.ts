import type { JsonObject } from './json.ts'

/**
 * Something that only a person can tell. `schema` is the JSON Schema of an object whose properties are plain: text,
 * numbers, switches, choices. With `url` he is asked to do something on a page; with neither, to agree.
 */
export type Form = {
  /** Who wants to know, for people. */
  readonly from: string
  /** What it is about, in a few words. */
  readonly title?: string
  readonly message: string
  readonly schema?: JsonObject
  readonly url?: string
}

/** `cancel` is no answer at all: nobody was there, or he went away. */
export type FormAnswer =
  | { readonly action: 'accept'; readonly content?: JsonObject }
  | { readonly action: 'decline' | 'cancel' }

/** Asks the person at hand. */
export type AskForm = (form: Form, signal: AbortSignal) => Promise<FormAnswer>
