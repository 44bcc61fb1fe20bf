import { graphemes, widthOf } from '../../core/width.ts'
import type { Color } from './theme.ts'

/** A piece of a line in one style; what is in no style takes the terminal's own colours. `href` is where a link leads. */
export type Span = {
  readonly text: string
  readonly color?: Color
  readonly href?: string
  readonly bold?: boolean
  readonly dim?: boolean
  readonly italic?: boolean
  readonly underline?: boolean
  readonly strike?: boolean
  readonly inverse?: boolean
}
export type Line = readonly Span[]

/** A line before it is fitted: its rows after the first begin with `hang`; a `hard` one is cut anywhere, as code is. */
export type Row = { readonly spans: Line; readonly hang?: Line; readonly hard?: boolean }

export const lineWidth = (line: Line): number => line.reduce((sum, { text }) => sum + widthOf(text), 0)

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const sequences = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])/g

/**
 * Text of others as it may stand on a screen: without colours and cursor movements, and without the marks that turn the
 * direction of writing, by which one command can be made to look like another.
 */
export const harmless = (text: string): string =>
  text
    .replace(sequences, '')
    .replace(/\r\n?/g, '\n')
    .replace(/\t/g, '    ')
    .replace(/(?!\n)\p{Control}/gu, '')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '\ufffd')

/** What a command has written as it stands when it is over: progress bars as they were drawn last. */
export const settled = (text: string): string =>
  text
    .split('\n')
    .map(line => {
      const end = line.replace(/\r+$/, '')
      return end.slice(end.lastIndexOf('\r') + 1)
    })
    .join('\n')

/** The line in rows of at most `width` columns, broken between words where there are any. */
export const fitted = ({ spans, hang = [], hard = false }: Row, width: number): Line[] => {
  const rows: Span[][] = [[]]
  let used = 0
  const add = (span: Span, columns: number) => {
    const row = rows.at(-1)
    const last = row?.at(-1)
    if (last && sameStyle(last, span)) row?.splice(-1, 1, { ...last, text: last.text + span.text })
    else row?.push(span)
    used += columns
  }
  const breakRow = () => {
    rows.push([...hang])
    used = lineWidth(hang)
  }
  for (const span of spans) {
    for (const text of hard ? graphemes(span.text) : (span.text.match(/\s+|\S+/g) ?? [])) {
      const columns = widthOf(text)
      if (used + columns <= width) add({ ...span, text }, columns)
      else if (/^\s+$/.test(text) && !hard) breakRow()
      else if (columns <= width - lineWidth(hang)) {
        breakRow()
        add({ ...span, text }, columns)
      } else {
        // An address begins on a row of its own; what is written without blanks between words goes on where it stands.
        if (!hard && used > lineWidth(hang) && columns === text.length) breakRow()
        for (const one of graphemes(text)) {
          if (used + widthOf(one) > width && used > lineWidth(hang)) breakRow()
          add({ ...span, text: one }, widthOf(one))
        }
      }
    }
  }
  return rows
}

const sameStyle = ({ text: _, ...a }: Span, { text: __, ...b }: Span): boolean =>
  JSON.stringify(a) === JSON.stringify(b)

/** The line cut to `width` columns, with `…` where something is missing. */
export const cut = (line: Line, width: number): Line => {
  if (lineWidth(line) <= width) return line
  const [row = []] = fitted({ spans: line, hard: true }, Math.max(1, width - 1))
  return [...row, { text: '…' }]
}
