import type { Moment } from '../cassette/view/columns.ts'
import type { View } from '../cassette/view/show-one.ts'
import type { Film, Frame } from './tapes/film.ts'

/** What it takes to show a film on a terminal: so whoever shows it knows no command line, and the command no Ink. */
export type Booth = {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly env: Readonly<Record<string, string | undefined>>
  /** The cassette, as the user named it. */
  readonly name: string
  readonly film: Film
  /** The recorded pace times this. */
  readonly speed: number
  /** The interaction at which it stands still to begin with, 0 being the beginning; it plays from there where absent. */
  readonly at?: number
  /** An interaction in full, as plain text of at most so many columns. */
  readonly inspect: (interaction: number, page: { readonly width: number; readonly view: View }) => Promise<string>
  /** A command that sends an interaction again; none where it is no call to a model. */
  readonly curl: (interaction: number) => string | undefined
  /** The line of the cassette's file where an interaction begins, counted from 1. */
  readonly lineOf: (interaction: number) => number
}

/** How somebody left: for good, or to go on live from a moment of the film. */
export type Leaving = { readonly forkAt?: Frame }

/** Shows a film until somebody leaves. */
export type Theater = (booth: Booth) => Promise<Leaving>

/** Two runs, to be shown in columns. */
export type Pairing = Pick<Booth, 'stdin' | 'stdout' | 'env'> & {
  readonly names: readonly [before: string, after: string]
  readonly moments: readonly Moment[]
}

/** Shows two runs side by side until somebody leaves. */
export type Columns = (pairing: Pairing) => Promise<void>
