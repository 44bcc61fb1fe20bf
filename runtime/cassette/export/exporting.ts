import type { Interaction } from '../../core/cassette.ts'

export type Exporting = {
  /** The version of Reprise. */
  readonly creator: string
  /** The bytes that a replay gives: the recorded ones, or what was edited, or what stands for them in a slim cassette. */
  readonly played: (interaction: Interaction) => Buffer
}
