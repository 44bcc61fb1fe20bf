import type { Line, Span } from './line.ts'
import type { Look } from './look.ts'

/** Our own signs for terminals without Unicode, each as wide as what it stands for. */
const plainSigns: Readonly<Record<string, string>> = {
  ...{ '•': '*', '│': '|', '✓': '+', '✗': 'x', '∴': '~', '→': '>', '●': '*', '○': 'o', '─': '-', '…': '~', '·': '-' },
  ...{ '☐': 'o', '☑': 'x', '▣': '#', '◌': 'o', '▸': '>', '—': '-', '’': "'", '‘': "'", '“': '"', '”': '"' },
  ...{ '▶': '>', '⏸': '|', '━': '=', '┄': '.', '▬': '#', '←': '<', '↑': '^', '↓': 'v', '≠': '/', '⇥': '>' },
  ...{ '★': '*', '█': '#', '▏': '|', '›': '>', '×': 'x', '«': '"', '»': '"' },
}
const signs = new RegExp(`[${Object.keys(plainSigns).join('')}]`, 'gu')

const styles = { bold: '1', dim: '2', italic: '3', underline: '4', strike: '9', inverse: '7' } as const

/** A line as the terminal is sent it. */
export const painted = (line: Line, look: Look): string => line.map(span => paintedSpan(span, look)).join('')

const paintedSpan = (span: Span, { theme, hasLinks, hasUnicode }: Look): string => {
  const text = hasUnicode ? span.text : span.text.replace(signs, sign => plainSigns[sign] ?? sign)
  const color = span.color && theme.colors[span.color]
  const codes = Object.entries(styles).flatMap(([name, code]) => (span[name as keyof typeof styles] ? [code] : []))
  const all = color === undefined ? codes : [...codes, color]
  const styled = all.length === 0 ? text : `\x1b[${all.join(';')}m${text}\x1b[0m`
  if (span.href === undefined || !hasLinks || /\p{Cc}/u.test(span.href)) return styled
  return `\x1b]8;;${span.href}\x1b\\${styled}\x1b]8;;\x1b\\`
}
