import { colourStyle, plainStyle } from '../cassette/view/layout.ts'
import type { Page } from '../cassette/view/show.ts'
import type { Terminal } from './terminal.ts'

const narrowest = 40

/** How pages are printed here: as wide as the terminal, with colours only for a person who wants them. */
export const pageFor = ({ stdout, env }: Terminal): Page => ({
  style: stdout.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb' ? colourStyle : plainStyle,
  width: Math.max(narrowest, (stdout.isTTY && stdout.columns) || 80),
})

/** One JSON document, indented; what a terminal could take for a command is written as its code. */
export const jsonPage = (value: unknown): string =>
  `${JSON.stringify(value, null, 2).replace(/[\x7f-\x9f]/g, letter => `\\u00${letter.charCodeAt(0).toString(16)}`)}\n`
