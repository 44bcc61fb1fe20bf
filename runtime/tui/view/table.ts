import { inline } from './inline.ts'
import { fitted, type Line, lineWidth, type Row } from './line.ts'

/** Whether a line is one of a table. */
export const isTableLine = (line: string): boolean => /^\s*\|.*\|\s*$/.test(line)

const gap = 2
/** A column narrower than this is not read any more: then each row is told as a list. */
const narrowest = 6

/** Cells under each other, the head in bold. What is too wide is broken inside its cell; a table of too many columns is a list. */
export const tableRows = (lines: readonly string[], room: number, spell: (cell: Line) => Line): Row[] => {
  const cells = lines.filter(line => !/^[\s|:-]+$/.test(line)).map(line => cellsOf(line).map(spell))
  const columns = Math.max(0, ...cells.map(row => row.length))
  if (columns === 0) return []
  const natural = Array.from({ length: columns }, (_, at) => Math.max(1, ...cells.map(row => lineWidth(row[at] ?? []))))
  const widths = shrunk(natural, room - gap * (columns - 1))
  return widths ? cells.flatMap((row, index) => gridRows(row, widths, index === 0)) : listRows(cells)
}

const cellsOf = (line: string): Line[] =>
  line
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map(cell => inline(cell.trim()))

/** Takes from the widest until all fit; nothing where they cannot. */
const shrunk = (natural: readonly number[], room: number): number[] | undefined => {
  const widths = [...natural]
  for (let sum = widths.reduce((a, b) => a + b, 0); sum > room; sum--) {
    const widest = widths.indexOf(Math.max(...widths))
    const width = widths[widest] ?? 0
    if (width <= narrowest) return undefined
    widths[widest] = width - 1
  }
  return widths
}

const gridRows = (row: readonly Line[], widths: readonly number[], isHead: boolean): Row[] => {
  const parts = widths.map((width, at) => fitted({ spans: row[at] ?? [] }, width))
  const height = Math.max(...parts.map(part => part.length))
  return Array.from({ length: height }, (_, y) => ({
    hard: true,
    spans: widths.flatMap((width, at): Line => {
      const line = (parts[at]?.[y] ?? []).map(span => (isHead ? { ...span, bold: true } : span))
      const isLast = at === widths.length - 1
      return isLast ? line : [...line, { text: ' '.repeat(width - lineWidth(line) + gap) }]
    }),
  }))
}

const listRows = ([head = [], ...rows]: readonly (readonly Line[])[]): Row[] =>
  rows.flatMap(row =>
    row.map(
      (cell, at): Row => ({
        spans: [
          { text: at === 0 ? '• ' : '  ' },
          ...(head[at] ?? []).map(span => ({ ...span, bold: true })),
          { text: ': ' },
          ...cell,
        ],
        hang: [{ text: '    ' }],
      }),
    ),
  )
