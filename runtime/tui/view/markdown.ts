import type { Inside } from '../state/state.ts'
import { codeRows, type Highlight, isFence } from './code.ts'
import { inline } from './inline.ts'
import type { Line, Row, Span } from './line.ts'
import { isTableLine, tableRows } from './table.ts'

/** For how many columns, whether a text can be a link, and with what colours for code. */
export type Paper = {
  readonly room: number
  readonly hasLinks?: boolean
  readonly highlight?: Highlight | undefined
}

/**
 * Markdown, a line at a time: each complete line outside a table can be drawn before the next has come, so that an
 * answer goes to the scrollback while it is written. `inside` says whether the text begins inside a fence.
 */
export const markdownRows = (text: string, paper: Paper, inside: Partial<Inside> = {}): Row[] => {
  const rows: Row[] = []
  const spell = (line: Line) => (paper.hasLinks ? line : withAddresses(line))
  let around: Inside = { fence: inside.fence, code: inside.code ?? '' }
  for (const piece of piecesOf(text.replace(/\n$/, '').split('\n'), inside.fence)) {
    if (piece.type === 'fence') around = { fence: around.fence === undefined ? piece.lines[0] : undefined, code: '' }
    else if (piece.type === 'code') rows.push(...codeRows(piece.lines, around, paper.highlight))
    else if (piece.type === 'table') rows.push(...tableRows(piece.lines, paper.room, spell))
    else rows.push(...piece.lines.map(blockRow).map(row => ({ ...row, spans: spell(row.spans) })))
  }
  return rows
}

/** Where a link leads stands behind it, unless it is what is written. */
const withAddresses = (line: Line): Line =>
  line.flatMap((span, index) => {
    const { href } = span
    if (href === undefined || line[index + 1]?.href === href) return [span]
    const written = line.reduce((text, one, at) => (at <= index && one.href === href ? text + one.text : text), '')
    return written === href ? [span] : [span, { text: ` (${href})`, dim: true }]
  })

type Piece = { readonly type: 'prose' | 'table' | 'code' | 'fence'; readonly lines: string[] }

const piecesOf = (lines: readonly string[], begun: string | undefined): Piece[] => {
  const pieces: Piece[] = []
  let fence = begun
  for (const line of lines) {
    const isEdge = isFence(line, fence)
    const type = isEdge ? 'fence' : fence !== undefined ? 'code' : isTableLine(line) ? 'table' : 'prose'
    const last = pieces.at(-1)
    if (last?.type === type && !isEdge) last.lines.push(line)
    else pieces.push({ type, lines: [line] })
    if (isEdge) fence = fence === undefined ? line : undefined
  }
  return pieces
}

/** How much of a text that still grows can be drawn for good: all complete lines, but for a table, which is drawn whole. */
export const completeLength = (text: string, fence: string | undefined): number => {
  const end = text.lastIndexOf('\n') + 1
  const pieces = piecesOf(text.slice(0, end).split('\n').slice(0, -1), fence)
  const last = pieces.at(-1)
  return last?.type === 'table' ? end - last.lines.reduce((sum, line) => sum + line.length + 1, 0) : end
}

type Rule = readonly [RegExp, (found: RegExpExecArray) => Row]

const heading = ([, marks = '', text = '']: RegExpExecArray): Row => ({
  spans: inline(text).map(span => ({
    ...span,
    bold: true,
    ...(marks.length === 1 && { underline: true }),
    ...(marks.length <= 2 ? { color: 'heading' as const } : {}),
  })),
})

const item = ([, indent = '', number, box, text = '']: RegExpExecArray): Row => {
  const mark = box === undefined ? (number ?? '•') : box === ' ' ? '☐' : '☑'
  const lead = `${indent}${mark} `
  return { spans: [{ text: lead }, ...inline(text)], hang: [{ text: ' '.repeat(lead.length) }] }
}

/** Quotes may stand in quotes, and hold lists. */
const quote = ([, text = '']: RegExpExecArray): Row => {
  const bar: Span = { text: '│ ', dim: true }
  const { spans, hang = [] } = blockRow(text)
  return { spans: [bar, ...spans.map(span => ({ ...span, italic: true }))], hang: [bar, ...hang] }
}

const blocks: readonly Rule[] = [
  [/^(#{1,6})\s+(.*?)\s*#*$/, heading],
  [/^\s*([-*_])(?:\s*\1){2,}\s*$/, () => ({ spans: [{ text: '────────', dim: true }] })],
  [/^(\s*)(?:[-*+]|(\d+[.)]))\s+(?:\[([ xX])\]\s+)?(.*)$/, item],
  [/^\s*>\s?(.*)$/, quote],
]

const blockRow = (line: string): Row => {
  for (const [pattern, rowOf] of blocks) {
    const found = pattern.exec(line)
    if (found) return rowOf(found)
  }
  return { spans: inline(line) }
}
