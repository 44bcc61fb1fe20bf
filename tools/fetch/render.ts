import type Turndown from 'turndown'
import { cleanHtml } from './clean.ts'

/** The words of a page, with its headings, lists, tables, code and links as Markdown; `base` is its address. */
export const markdownOf = (html: string, base: string): Promise<string> => written(html, base, markdown)

/** The words of a page alone. */
export const plainTextOf = (html: string): Promise<string> => written(html, 'about:blank', plain)

const written = async (html: string, base: string, rules: Rules): Promise<string> => {
  const { default: Turndown } = await import('turndown')
  const converter = new Turndown({ ...options, ...rules.options })
  for (const [name, rule] of Object.entries({ ...common, ...rules.rules })) converter.addRule(name, rule)
  // Whoever reads it is no renderer: `snake\_case` would be copied as it stands.
  converter.escape = text => text
  return converter
    .turndown(cleanHtml(html, base))
    .replaceAll('\u00a0', ' ')
    .replaceAll('\u00ad', '')
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

type Rules = { readonly options: Turndown.Options; readonly rules: Readonly<Record<string, Turndown.Rule>> }

const options: Turndown.Options = {
  headingStyle: 'atx',
  codeBlockStyle: 'fenced',
  bulletListMarker: '-',
  hr: '---',
  br: '',
}

const paragraph = (text: string): string => `\n\n${text}\n\n`

const common: Readonly<Record<string, Turndown.Rule>> = {
  // Closer to their marks than turndown puts them.
  item: {
    filter: 'li',
    replacement(content, node, { bulletListMarker = '-' }) {
      const { parentNode: list } = node
      const before = Array.prototype.indexOf.call(list.children, node)
      const mark =
        list.nodeName === 'OL' ? `${Number(list.getAttribute('start') ?? 1) + before}. ` : `${bulletListMarker} `
      const text = content
        .trim()
        .replaceAll('\n\n', '\n')
        .replaceAll('\n', `\n${' '.repeat(mark.length)}`)
      return text && `${mark}${text}\n`
    },
  },
}

const markdown: Rules = {
  options: { emDelimiter: '*', strongDelimiter: '**' },
  rules: {
    // Around a heading or paragraphs there is no link in Markdown.
    wideLink: { filter: node => node.nodeName === 'A' && hasBlocks(node), replacement: content => paragraph(content) },
    preformatted: {
      filter: node => node.nodeName === 'PRE' && !(node.childNodes.length === 1 && node.firstChild.nodeName === 'CODE'),
      replacement: (_, node) => paragraph(fenced(node.textContent)),
    },
    cell: {
      filter: ['td', 'th'],
      replacement: content => ` ${inLine(content).replaceAll('|', '\\|')} |`,
    },
    row: { filter: 'tr', replacement: content => `|${content}\n` },
    table: {
      filter: 'table',
      replacement(content, node) {
        const [first = '', ...rest] = content.trim().split('\n')
        return paragraph([first, `|${' --- |'.repeat(Number(node.getAttribute('title')))}`, ...rest].join('\n'))
      },
    },
  },
}

const plain: Rules = {
  options: { hr: '', emDelimiter: '' as '_', strongDelimiter: '' as '**' },
  rules: {
    words: { filter: ['a', 'code'], replacement: content => content },
    heading: { filter: ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'], replacement: content => paragraph(content) },
    quotation: { filter: 'blockquote', replacement: content => paragraph(content) },
    preformatted: { filter: 'pre', replacement: (_, node) => paragraph(node.textContent.replace(/^\n|\s+$/g, '')) },
    picture: { filter: 'img', replacement: (_, node) => node.getAttribute('alt') ?? '' },
    cell: { filter: ['td', 'th'], replacement: content => `${inLine(content)}\t` },
    row: { filter: 'tr', replacement: content => `${content.trimEnd()}\n` },
    table: { filter: 'table', replacement: content => paragraph(content) },
  },
}

const inLine = (text: string): string => text.trim().replace(/\s+/g, ' ')

const hasBlocks = (node: { childNodes: ArrayLike<{ nodeName: string }> }): boolean =>
  Array.from(node.childNodes).some(({ nodeName }) => /^(H[1-6]|P|DIV|UL|OL|PRE|BLOCKQUOTE|TABLE|HR)$/.test(nodeName))

const fenced = (text: string): string => {
  const code = text.replace(/^\n|\s+$/g, '')
  const fence = '`'.repeat(Math.max(3, ...[...code.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)))
  return `${fence}\n${code}\n${fence}`
}
