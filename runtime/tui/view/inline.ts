import type { Line, Span } from './line.ts'

type Style = Omit<Span, 'text'>

type Rule = readonly [RegExp, (found: RegExpExecArray, style: Style) => Line]

const link = (text: string, href: string, style: Style): Line =>
  inline(text === '' ? href : text, { ...style, underline: true }).map(span => ({ ...span, href }))

const rules: readonly Rule[] = [
  [/^(`+)(.+?)\1(?!`)/, ([, , text = ''], style) => [{ ...style, text, color: 'code' }]],
  [/^(\*\*|__)(?=\S)(.+?)\1/, ([, , text = ''], style) => inline(text, { ...style, bold: true })],
  [/^~~(?=\S)(.+?)~~/, ([, text = ''], style) => inline(text, { ...style, strike: true })],
  [/^\*(?=[^\s*])(.+?)\*(?!\*)/, ([, text = ''], style) => inline(text, { ...style, italic: true })],
  [/^\b_(?=[^\s_])(.+?)_(?!\w)/, ([, text = ''], style) => inline(text, { ...style, italic: true })],
  [
    /^!\[([^\]]*)\]\(([^)\s]+)[^)]*\)/,
    ([, text = '', href = ''], style) => [{ ...style, text: '▣ ', dim: true }, ...link(text, href, style)],
  ],
  [/^\[([^\]]*)\]\(((?:[^()\s]|\([^()\s]*\))+)[^)]*\)/, ([, text = '', href = ''], style) => link(text, href, style)],
  [/^<(https?:[^>\s]+)>/, ([, href = ''], style) => link(href, href, style)],
  [/^https?:\/\/[^\s<>()[\]`*"']*[^\s<>()[\]`*"'.,;:!?]/, ([href], style) => link(href, href, { ...style })],
  [/^\\([\\`*_{}[\]()#+\-.!|~>])/, ([, text = ''], style) => [{ ...style, text }]],
]

/** The spans of a line of prose. */
export const inline = (text: string, style: Style = {}): Line => {
  const spans: Span[] = []
  let plain = ''
  const endPlain = () => {
    if (plain !== '') spans.push({ ...style, text: plain })
    plain = ''
  }
  for (let at = 0; at < text.length; ) {
    const next = mayBegin(text, at, style) ? match(text.slice(at), style) : undefined
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

/** Whether a rule can begin here: neither an underscore nor an address begins inside a word, and no link inside a link. */
const mayBegin = (text: string, at: number, { underline }: Style): boolean => {
  const one = text[at] ?? ''
  const isWord = /\w/.test(text[at - 1] ?? '')
  if (one === 'h') return !underline && !isWord && text.startsWith('http', at)
  return /[`*_~![<\\]/.test(one) && !(isWord && one === '_')
}

const match = (rest: string, style: Style): { readonly spans: Line; readonly length: number } | undefined => {
  for (const [pattern, spansOf] of rules) {
    const found = pattern.exec(rest)
    if (found) return { spans: spansOf(found, style), length: found[0].length }
  }
  return undefined
}
