import { graphemes } from '../../../core/width.ts'

/** A grapheme, where it begins in UTF-16 units, and what it is to a motion by words. */
export type Cell = { readonly at: number; readonly text: string; readonly kind: Kind }

/** Spaces and ends of lines; letters of most scripts; all else by what it is, since some scripts put no space between words. */
export type Kind = 'blank' | 'word' | 'sign' | 'han' | 'hiragana' | 'katakana' | 'picture'

const kinds: readonly (readonly [RegExp, Kind])[] = [
  [/^\s/u, 'blank'],
  [/^[\p{Extended_Pictographic}\p{Regional_Indicator}\u{10f000}-\u{10fffd}]/u, 'picture'],
  [/^\p{Script=Han}/u, 'han'],
  [/^\p{Script=Hiragana}/u, 'hiragana'],
  [/^[\p{Script=Katakana}ー]/u, 'katakana'],
  [/^[\p{L}\p{N}\p{M}_]/u, 'word'],
]

const kindOf = (grapheme: string): Kind => kinds.find(([pattern]) => pattern.test(grapheme))?.[1] ?? 'sign'

export const cellsOf = (text: string): Cell[] => {
  let at = 0
  return graphemes(text).map(grapheme => {
    const cell = { at, text: grapheme, kind: kindOf(grapheme) }
    at += grapheme.length
    return cell
  })
}

/** The place of the cell that holds this position; one behind the last at the end of the text. */
export const indexAt = (cells: readonly Cell[], at: number): number => {
  const index = cells.findIndex(cell => cell.at + cell.text.length > at)
  return index < 0 ? cells.length : index
}

/** Where the cell of that place begins; the end of the text for what is behind the last. */
export const placeOf = (cells: readonly Cell[], index: number): number => {
  const last = cells.at(-1)
  return cells[Math.max(0, index)]?.at ?? (last ? last.at + last.text.length : 0)
}

export const lineStart = (text: string, at: number): number => (at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1)

export const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

/** Where the first grapheme of the line that is no space begins; the last where all are. */
export const firstWord = (text: string, at: number): number => {
  const start = lineStart(text, at)
  const line = text.slice(start, lineEnd(text, start))
  return onto(text, start + (/^\s*/.exec(line)?.[0].length ?? 0))
}

/** The grapheme that begins at or around a position, and where the next begins. */
export const graphemeAt = (text: string, at: number): { readonly start: number; readonly end: number } => {
  const first = lineStart(text, at)
  const cells = cellsOf(text.slice(first, lineEnd(text, at)))
  const cell = cells[indexAt(cells, at - first)]
  return cell ? { start: first + cell.at, end: first + cell.at + cell.text.length } : { start: at, end: at }
}

/** Outside of inserting, the cursor stands on a grapheme of a line, unless the line has none. */
export const onto = (text: string, at: number): number => {
  const place = Math.min(Math.max(0, at), text.length)
  const start = lineStart(text, place)
  const end = lineEnd(text, place)
  return graphemeAt(text, place >= end && end > start ? end - 1 : place).start
}

/** Positions of `count` lines from the one at this position on. */
export const linesFrom = (text: string, at: number, count: number): { readonly from: number; readonly to: number } => {
  let to = lineEnd(text, at)
  for (let line = 1; line < count && to < text.length; line++) to = lineEnd(text, to + 1)
  return { from: lineStart(text, at), to }
}
