import { bundled } from '../team/bundled.ts'
import { type PlayOptions, play, type Stages } from './play.ts'
import type { Terminal } from './terminal.ts'

/** `reprise demo`: the recording of a small team, which needs no key and no network, as a film. */
export const demo = (options: PlayOptions, terminal: Terminal, stages: Stages): Promise<number> =>
  play(bundled('cassettes/team.yaml'), options, terminal, stages)
