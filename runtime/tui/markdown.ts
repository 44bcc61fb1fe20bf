import { type Line, lineWidth, type Row, type Span } from './line.ts'

/**
 * Markdown, a line at a time: each complete line outside a table can be drawn before the next has come, so that an
 * answer goes to the scrollback while it is written. `isCode` says whether the text begins inside a fence.
 */
export const markdownRows = (text: string, isCode = false): Row[] => {
  const rows: Row[] = []
  let table: string[] = []
  let inFence = isCode
  const endTable = () => {
    rows.push(...tableRows(table))
    table = []
  }
  for (const line of text.replace(/\n$/, '').split('\n')) {
    if (!inFence && isTableLine(line)) {
      table.push(line)
      continue
    }
    endTable()
    if (fence.test(line)) inFence = !inFence
    else rows.push(inFence ? codeRow(line) : blockRow(line))
  }
  endTable()
  return rows
}

const fence = /^\s*(```|~~~)/
const isTableLine = (line: string): boolean => /^\s*\|.*\|\s*$/.test(line)

/** Whether what follows the text stands inside a fence. */
export const endsInCode = (text: string, isCode: boolean): boolean =>
  text.split('\n').reduce((inside, line) => (fence.test(line) ? !inside : inside), isCode)

/** How much of a text that still grows can be drawn for good: all complete lines, but for a table, which is drawn whole. */
export const completeLength = (text: string, isCode: boolean): number => {
  const end = text.lastIndexOf('\n') + 1
  if (isCode) return end
  const lines = text.slice(0, end).split('\n').slice(0, -1)
  const first = lines.findLastIndex(line => !isTableLine(line)) + 1
  return lines.slice(0, first).reduce((sum, line) => sum + line.length + 1, 0)
}

const codeRow = (line: string): Row => ({
  spans: [{ text: `  ${line}`, color: 'cyan' }],
  hang: [{ text: '  ' }],
  hard: true,
})

type Rule = readonly [RegExp, (found: RegExpExecArray) => Row]

const blocks: readonly Rule[] = [
  [/^(#{1,6})\s+(.*?)\s*#*$/, ([, , text = '']) => ({ spans: inline(text).map(span => ({ ...span, bold: true })) })],
  [/^\s*([-*_])(?:\s*\1){2,}\s*$/, () => ({ spans: [{ text: '────────', dim: true }] })],
  [
    /^(\s*)(?:[-*+]|(\d+[.)]))\s+(?:\[([ xX])\]\s+)?(.*)$/,
    ([, indent = '', number, box, text = '']) => {
      const mark = box === undefined ? (number ?? '•') : box === ' ' ? '☐' : '☑'
      const lead = `${indent}${mark} `
      return { spans: [{ text: lead }, ...inline(text)], hang: [{ text: ' '.repeat(lead.length) }] }
    },
  ],
  [
    /^\s*>\s?(.*)$/,
    ([, text = '']) => {
      const bar: Span = { text: '│ ', dim: true }
      return { spans: [bar, ...inline(text).map(span => ({ ...span, italic: true }))], hang: [bar] }
    },
  ],
]

const blockRow = (line: string): Row => {
  for (const [pattern, rowOf] of blocks) {
    const found = pattern.exec(line)
    if (found) return rowOf(found)
  }
  return { spans: inline(line) }
}

type Style = Omit<Span, 'text'>

const inlines: readonly (readonly [RegExp, (found: RegExpExecArray, style: Style) => Line])[] = [
  [/^(`+)(.+?)\1(?!`)/, ([, , text = ''], style) => [{ ...style, text, color: 'cyan' }]],
  [/^(\*\*|__)(?=\S)(.+?)\1/, ([, , text = ''], style) => inline(text, { ...style, bold: true })],
  [/^~~(?=\S)(.+?)~~/, ([, text = ''], style) => inline(text, { ...style, strike: true })],
  [/^\*(?=[^\s*])(.+?)\*(?!\*)/, ([, text = ''], style) => inline(text, { ...style, italic: true })],
  [/^\b_(?=[^\s_])(.+?)_(?!\w)/, ([, text = ''], style) => inline(text, { ...style, italic: true })],
  [
    /^!?\[([^\]]*)\]\(([^)\s]+)[^)]*\)/,
    ([, text = '', url = ''], style) => [
      ...inline(text || url, { ...style, underline: true }),
      ...(text === url || text === '' ? [] : [{ ...style, text: ` (${url})`, dim: true }]),
    ],
  ],
  [/^<(https?:[^>\s]+)>/, ([, url = ''], style) => [{ ...style, text: url, underline: true }]],
  [/^\\([\\`*_{}[\]()#+\-.!|~>])/, ([, text = ''], style) => [{ ...style, text }]],
]

/** The spans of a line of prose. */
const inline = (text: string, style: Style = {}): Line => {
  const spans: Span[] = []
  let plain = ''
  const endPlain = () => {
    if (plain !== '') spans.push({ ...style, text: plain })
    plain = ''
  }
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at)
    const isWord = /\w/.test(text[at - 1] ?? '')
    const next = /[`*_~![<\\]/.test(text[at] ?? '') && !(isWord && text[at] === '_') ? match(rest, style) : undefined
    if (next) {
      endPlain()
      spans.push(...next.spans)
      at += next.length
      continue
    }
    plain += text[at]
    at++
  }
  endPlain()
  return spans
}

const match = (rest: string, style: Style): { readonly spans: Line; readonly length: number } | undefined => {
  for (const [pattern, spansOf] of inlines) {
    const found = pattern.exec(rest)
    if (found) return { spans: spansOf(found, style), length: found[0].length }
  }
  return undefined
}

/** Cells under each other, the head in bold; rows that are too wide for the screen are broken like any other. */
const tableRows = (lines: readonly string[]): Row[] => {
  const cells = lines
    .filter(line => !/^[\s|:-]+$/.test(line))
    .map(line =>
      line
        .trim()
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map(cell => inline(cell.trim())),
    )
  const columns = Math.max(0, ...cells.map(row => row.length))
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(...cells.map(row => lineWidth(row[index] ?? []))),
  )
  return cells.map((row, index) => ({
    spans: widths.flatMap((width, column) => [
      ...(row[column] ?? []).map(span => (index === 0 ? { ...span, bold: true } : span)),
      { text: ' '.repeat(width - lineWidth(row[column] ?? []) + 2) },
    ]),
  }))
}
