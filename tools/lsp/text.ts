import type { Position, TextEdit } from 'vscode-languageserver-protocol/node'

/** Lines as the protocol counts them: each with its end, which is one of three. */
const lineEnd = /\r\n|\n|\r/g

/** Where each line of a text begins. */
export const lineStarts = (text: string): readonly number[] => [
  0,
  ...Array.from(text.matchAll(lineEnd), match => match.index + match[0].length),
]

/** A line of a text, counted from 0, without its end; empty where there is none. */
export const lineOf = (text: string, starts: readonly number[], line: number): string => {
  const start = starts[line]
  return start === undefined ? '' : text.slice(start, starts[line + 1]).replace(/[\r\n]+$/, '')
}

const offsetOf = (text: string, starts: readonly number[], { line, character }: Position): number => {
  const start = starts[line]
  if (start === undefined) return text.length
  return start + Math.min(character, lineOf(text, starts, line).length)
}

/** Thrown where edits contradict each other. */
export class Overlapping extends Error {
  override readonly name = 'Overlapping'
}

/** A text after all of these edits, whose places are those of the text before. Throws `Overlapping`. */
export const withEdits = (text: string, edits: readonly TextEdit[]): string => {
  const starts = lineStarts(text)
  const places = edits
    .map(({ range, newText }) => ({
      from: offsetOf(text, starts, range.start),
      to: offsetOf(text, starts, range.end),
      newText,
    }))
    // What is put in at one place stays in the order in which it came.
    .sort((one, other) => one.from - other.from || one.to - other.to)
  let at = 0
  let result = ''
  for (const { from, to, newText } of places) {
    if (from < at || to < from) throw new Overlapping('the edits overlap')
    result += text.slice(at, from) + newText
    at = to
  }
  return result + text.slice(at)
}

/** How a text is indented, as servers want to be told; four blanks where nothing is. */
export const indentationOf = (text: string): { readonly tabSize: number; readonly insertSpaces: boolean } => {
  const tabs = text.match(/^\t+\S/gm)?.length ?? 0
  const widths = Array.from(text.matchAll(/^( +)(?![* ])\S/gm), ([, blanks = '']) => blanks.length)
  if (tabs > widths.length) return { tabSize: 4, insertSpaces: false }
  const size = [8, 4, 2].find(size => widths.length > 0 && widths.every(width => width % size === 0))
  return { tabSize: size ?? (widths.length > 0 ? 2 : 4), insertSpaces: true }
}
