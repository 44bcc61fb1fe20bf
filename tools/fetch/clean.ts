import { type Node, parseHtml } from './parse.ts'

/**
 * A page as HTML that holds little more than its words: proper nesting, no scripts, no attributes but those that are
 * read, addresses made whole by `base`. However the page was written, whoever reads this one is done in good time.
 */
export const cleanHtml = (html: string, base: string): string => contentOf(parseHtml(html), base)

/** What an element becomes; those that are not named here are what they hold. */
const tags: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'h1 h2 h3 h4 h5 h6 p ul ol li pre blockquote table tr td th strong em a code'.split(' ').map(name => [name, name]),
  ),
  ...Object.fromEntries(
    'address article aside body caption dd details dialog div dl dt fieldset figcaption figure footer form header html main nav section summary'
      .split(' ')
      .map(name => [name, 'div']),
  ),
  b: 'strong',
  i: 'em',
  kbd: 'code',
  samp: 'code',
}

const contentOf = ({ children }: Node, base: string): string =>
  children.map(child => (typeof child === 'string' ? child.replaceAll('<', '&lt;') : elementOf(child, base))).join('')

const elementOf = (node: Node, base: string): string => {
  const { name } = node
  if (name === 'br' || name === 'hr') return `<${name}>`
  if (name === 'img') return imageOf(node, base)
  if (name === 'table' && isLayout(node)) return contentOf(asBlocks(node), base)
  const tag = Object.hasOwn(tags, name) ? tags[name] : undefined
  const content = contentOf(node, base)
  return tag === undefined ? content : `<${tag}${attributesOf(node, base)}>${content}</${tag}>`
}

const attributesOf = (node: Node, base: string): string => {
  const { name, attributes } = node
  const address = name === 'a' ? addressOf(attributes['href'], base) : undefined
  if (address !== undefined) return ` href="${escaped(address)}"`
  const language =
    name === 'code' ? /(?:^|\s)(?:language|lang)-([\w+#-]+)/.exec(attributes['class'] ?? '')?.[1] : undefined
  if (language !== undefined) return ` class="language-${escaped(language)}"`
  const start = name === 'ol' ? /^\d{1,9}$/.exec(attributes['start'] ?? '')?.[0] : undefined
  if (start !== undefined) return ` start="${start}"`
  return name === 'table' ? ` title="${columnsOf(node)}"` : ''
}

/** The picture where it leads somewhere, else what it shows. */
const imageOf = ({ attributes: { alt = '', src } }: Node, base: string): string => {
  const address = addressOf(src, base)
  if (alt.trim() === '') return ''
  return address === undefined ? escaped(alt) : `<img alt="${escaped(alt)}" src="${escaped(address)}">`
}

/** Only what leads somewhere: no place in the page, no script, no data. */
const addressOf = (reference: string | undefined, base: string): string | undefined => {
  if (!reference || reference.startsWith('#') || !URL.canParse(reference, base)) return undefined
  const { href, protocol } = new URL(reference, base)
  return /^(https?|mailto|ftp):$/.test(protocol) ? href : undefined
}

/** Tables in tables, and lists or headings in them, only say what stands where on a page. */
const isLayout = (table: Node): boolean => descendants(table).some(({ name }) => /^(table|ul|ol|h[1-6])$/.test(name))

const asBlocks = (node: Node): Node => ({
  ...node,
  name: /^(table|tr|td|th)$/.test(node.name) ? 'div' : node.name,
  children: node.children.map(child => (typeof child === 'string' || child.name === 'table' ? child : asBlocks(child))),
})

const columnsOf = (table: Node): number =>
  Math.max(0, ...rowsOf(table).map(row => row.children.filter(cell => typeof cell !== 'string').length))

const rowsOf = (table: Node): Node[] => descendants(table).filter(({ name }) => name === 'tr')

const descendants = ({ children }: Node): Node[] =>
  children.flatMap(child => (typeof child === 'string' ? [] : [child, ...descendants(child)]))

const escaped = (text: string): string => text.replace(/[&<>"]/g, character => escapes[character] ?? character)

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
