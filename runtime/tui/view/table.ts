import { inline } from './inline.ts'
import { fitted, type Line, lineWidth, type Row } from './line.ts'

/** Whether a line is one of a table. */
export const isTableLine = (line: string): boolean => /^\s*\|.*\|\s*$/.test(line)

const gap = 2
/** A column narrower than this is not read any more: then each row is told as a list. */
const narrowest = 6

/** Cells under each other, the head in bold. What is too wide is broken inside its cell; a table of too many columns is a list. */
export const tableRows = (lines: readonly string[], room: number, spell: (cell: Line) => Line): Row[] => {
  const cells = lines.filter(line => !isRule(line)).map(line => cellsOf(line).map(spell))
  const sides = sidesIn(lines.find(isRule) ?? '')
  const columns = Math.max(0, ...cells.map(row => row.length))
  if (columns === 0) return []
  const natural = Array.from({ length: columns }, (_, at) => Math.max(1, ...cells.map(row => lineWidth(row[at] ?? []))))
  const widths = shrunk(natural, room - gap * (columns - 1))
  if (!widths) return listRows(cells)
  const [head, ...rows] = cells.map((row, index) => gridRows(row, { widths, sides, isHead: index === 0 }))
  return [...(head ?? []), ...(rows.length > 0 ? [ruleRow(widths)] : []), ...rows.flat()]
}

const isRule = (line: string): boolean => /^[\s|:-]+$/.test(line) && line.includes('-')

type Side = 'left' | 'right' | 'center'

/** On which side of its column each cell stands: `---:` to the right, `:---:` in the middle. */
const sidesIn = (rule: string): Side[] =>
  rule
    .trim()
    .slice(1, -1)
    .split('|')
    .map(text => (/-:\s*$/.test(text) ? (/^\s*:/.test(text) ? 'center' : 'right') : 'left'))

const ruleRow = (widths: readonly number[]): Row => ({
  hard: true,
  spans: [{ text: widths.map(width => '─'.repeat(width)).join(' '.repeat(gap)), dim: true }],
})

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

type Grid = { readonly widths: readonly number[]; readonly sides: readonly Side[]; readonly isHead: boolean }

const gridRows = (row: readonly Line[], { widths, sides, isHead }: Grid): Row[] => {
  const parts = widths.map((width, at) => fitted({ spans: row[at] ?? [] }, width))
  const height = Math.max(...parts.map(part => part.length))
  return Array.from({ length: height }, (_, y) => ({
    hard: true,
    spans: widths.flatMap((width, at): Line => {
      const line = (parts[at]?.[y] ?? []).map(span => (isHead ? { ...span, bold: true } : span))
      const [before, after] = around(width - lineWidth(line), sides[at])
      const isLast = at === widths.length - 1
      return [{ text: ' '.repeat(before) }, ...line, { text: ' '.repeat(isLast ? 0 : after + gap) }]
    }),
  }))
}

/** How much of the room that is left over stands before, and how much behind. */
const around = (left: number, side: Side = 'left'): readonly [number, number] => {
  if (side === 'left') return [0, left]
  const before = side === 'right' ? left : Math.floor(left / 2)
  return [before, left - before]
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
