import type { CassetteHeader, Interaction } from '../../core/cassette.ts'

/** Whose a URL is, what is called there, and in which protocol. */
export type Origin = { readonly provider: string; readonly operation: string; readonly protocol: string }

/** What a look through the file knows of an interaction without reading it. */
export type Entry = {
  readonly id: number
  readonly lane: string
  readonly method: string
  readonly url: string
  readonly key?: string
}

export type OpenCassette = {
  readonly path: string
  /** Of a recording of others: made up from what is there, with `reprise: foreign`. */
  readonly header: CassetteHeader
  /** In whose format it is, where that is not ours. */
  readonly format?: string
  /** Recordings of HTTP traffic alone hold no tool calls. */
  readonly modelTrafficOnly: boolean
  /** What the user should know, as a sentence: that a torn end was left out, or that a newer recording lies beside. */
  readonly note?: string
  /** In the order in which they were asked for, which is that of their ids. */
  readonly entries: readonly Entry[]
  /** The whole interaction, read from the file when it is asked for. Throws a Failure where a hand left it unreadable. */
  readonly load: (id: number) => Interaction
}

export type CassetteWriter = {
  readonly path: string
  /** On disk when it returns: a process that is killed right after has lost nothing. Throws a Failure on a full disk. */
  readonly append: (interaction: Interaction) => void
  /**
   * Puts the recording in its place. That of a run that failed never replaces an older one, and one that holds nothing
   * but a refused key is not kept at all: `note` says so, and `path` is where it is.
   */
  readonly close: (
    failure: unknown,
  ) => Promise<{ readonly path: string; readonly kept: boolean; readonly note?: string }>
}

export { createCassette } from './create.ts'
export { openCassette } from './open.ts'
export { resolveCassette } from './resolve.ts'
