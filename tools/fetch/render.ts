import { type Node, parseHtml } from './parse.ts'

/** How a page is written down; `base` is its address, for links that are relative. */
type Style = { readonly marks: boolean; readonly base: string }

/** The words of a page, with its headings, lists, tables, code and links as Markdown. */
export const markdownOf = (html: string, base: string): string => written(html, { marks: true, base })

/** The words of a page alone. */
export const plainTextOf = (html: string): string => written(html, { marks: false, base: '' })

const written = (html: string, style: Style): string =>
  blocksOf(parseHtml(html), style)
    .join('\n\n')
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()

type Writer = (node: Node, style: Style) => string

const heading =
  (level: number): Writer =>
  (node, style) =>
    inlineOf(node, style) && `${style.marks ? `${'#'.repeat(level)} ` : ''}${inlineOf(node, style)}`

const list =
  (numbered: boolean): Writer =>
  (node, style) => {
    const items = node.children.filter(child => typeof child !== 'string')
    return items
      .map((item, index) => {
        const mark = numbered ? `${index + 1}. ` : '- '
        const inner = blocksOf(item, style).join('\n')
        return inner && mark + inner.replaceAll('\n', `\n${' '.repeat(mark.length)}`)
      })
      .filter(Boolean)
      .join('\n')
  }

const table: Writer = (node, style) => {
  const rows = descendants(node, 'tr').map(row =>
    row.children
      .filter(cell => typeof cell !== 'string')
      .map(cell => blocksOf(cell, style).join(' ').replace(/\s+/g, ' ').replaceAll('|', '\\|')),
  )
  if (!style.marks) return rows.map(cells => cells.join('\t')).join('\n')
  const [first = [], ...rest] = rows.map(cells => `| ${cells.join(' | ')} |`).map((row, index) => [row, index] as const)
  const width = Math.max(0, ...rows.map(cells => cells.length))
  const rule = `|${' --- |'.repeat(width)}`
  return rows.length === 0 ? '' : [first[0], rule, ...rest.map(([row]) => row)].join('\n')
}

const preformatted: Writer = (node, { marks }) => {
  const text = rawOf(node).replace(/^\n|\s+$/g, '')
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)))
  return marks ? `${fence}\n${text}\n${fence}` : text
}

const quotation: Writer = (node, style) => {
  const inner = blocksOf(node, style).join('\n\n')
  return style.marks ? inner.replace(/^/gm, '> ') : inner
}

const blocks: Readonly<Record<string, Writer>> = {
  h1: heading(1),
  h2: heading(2),
  h3: heading(3),
  h4: heading(4),
  h5: heading(5),
  h6: heading(6),
  ul: list(false),
  ol: list(true),
  table,
  pre: preformatted,
  blockquote: quotation,
  hr: (_, { marks }) => (marks ? '---' : ''),
}

/** Elements that stand on lines of their own, and are what they hold. */
const containers = new Set(
  'address article aside body dd details dialog div dl dt fieldset figcaption figure footer form header html li main nav p section summary tbody td tfoot th thead tr'.split(
    ' ',
  ),
)

/** What an element holds, as paragraphs; what stands between them in a line is a paragraph too. */
const blocksOf = (node: Node, style: Style): string[] => {
  const found: string[] = []
  let line = ''
  const endLine = () => {
    if (tidy(line)) found.push(tidy(line))
    line = ''
  }
  for (const child of node.children) {
    if (typeof child === 'string') line += child.replace(/\s+/g, ' ')
    else if (Object.hasOwn(blocks, child.name)) {
      endLine()
      found.push(blocks[child.name]?.(child, style) ?? '')
    } else if (containers.has(child.name) || holdsBlocks(child)) {
      endLine()
      found.push(...blocksOf(child, style))
    } else line += inlineElement(child, style)
  }
  endLine()
  return found.filter(Boolean)
}

/** A link around a heading, or a span around paragraphs. */
const holdsBlocks = ({ name, children }: Node): boolean =>
  name !== 'code' &&
  children.some(child => typeof child !== 'string' && (Object.hasOwn(blocks, child.name) || containers.has(child.name)))

const inlineOf = (node: Node, style: Style): string =>
  tidy(
    node.children
      .map(child => (typeof child === 'string' ? child.replace(/\s+/g, ' ') : inlineElement(child, style)))
      .join(''),
  )

const tidy = (line: string): string =>
  line
    .replace(/ *\n */g, '\n')
    .replace(/ {2,}/g, ' ')
    .trim()

const inlineElement = (node: Node, style: Style): string => {
  const { name } = node
  if (name === 'br') return '\n'
  if (name === 'img') return imageOf(node, style)
  if (name === 'code' || name === 'kbd' || name === 'samp') return style.marks ? codeOf(rawOf(node)) : rawOf(node)
  const inner = inlineOf(node, style)
  if (!inner) return ' '
  const [before, after] = edgesOf(node)
  const around = (mark: string): string =>
    `${before}${style.marks ? mark : ''}${inner}${style.marks ? mark : ''}${after}`
  if (name === 'a') return `${before}${linkOf(node, inner, style)}${after}`
  if (name === 'strong' || name === 'b') return around('**')
  return around(name === 'em' || name === 'i' ? '*' : '')
}

/** Spaces at the edges of an element belong around its marks. */
const edgesOf = (node: Node): [string, string] => {
  const text = rawOf(node)
  return [/^\s/.test(text) ? ' ' : '', /\s$/.test(text) ? ' ' : '']
}

const linkOf = ({ attributes }: Node, inner: string, { marks, base }: Style): string => {
  const address = addressOf(attributes['href'], base)
  return marks && address ? `[${inner}](${address})` : inner
}

const imageOf = ({ attributes }: Node, { marks, base }: Style): string => {
  const { alt = '', src } = attributes
  const address = addressOf(src, base)
  return marks && address && alt ? `![${alt}](${address})` : alt
}

/** Only what leads somewhere: no place in the page, no script, no data. */
const addressOf = (reference: string | undefined, base: string): string | undefined => {
  if (!reference || reference.startsWith('#') || !URL.canParse(reference, base)) return undefined
  const { href, protocol } = new URL(reference, base)
  return /^(https?|mailto|ftp):$/.test(protocol) ? href : undefined
}

const codeOf = (text: string): string => {
  if (!text.trim()) return text
  const mark = text.includes('`') ? '``' : '`'
  return mark + text.replace(/\s+/g, ' ') + mark
}

const rawOf = (node: Node): string =>
  node.children.map(child => (typeof child === 'string' ? child : child.name === 'br' ? '\n' : rawOf(child))).join('')

/** Rows of a table, not those of a table inside it. */
const descendants = (node: Node, name: string): Node[] =>
  node.children.flatMap(child => {
    if (typeof child === 'string' || child.name === 'table') return []
    return child.name === name ? [child] : descendants(child, name)
  })
