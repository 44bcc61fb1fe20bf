/** A page as far as its words need it: its text as it is written, with entities. Elements that hold none (scripts, styles) are not in it. */
export type Node = { readonly name: string; readonly attributes: Attributes; readonly children: (Node | string)[] }
type Attributes = Readonly<Record<string, string>>

const voids = new Set('area base br col embed hr img input link meta source track wbr'.split(' '))
const wordless = new Set('iframe math noscript object script style svg template title'.split(' '))

/** Elements that end when one of these begins: people leave out the closing tag. */
const endedBy: Readonly<Record<string, ReadonlySet<string>>> = {
  p: new Set(
    'address article blockquote div dl fieldset footer form h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section table ul'.split(
      ' ',
    ),
  ),
  li: new Set(['li']),
  dt: new Set(['dt', 'dd']),
  dd: new Set(['dt', 'dd']),
  td: new Set(['td', 'th', 'tr']),
  th: new Set(['td', 'th', 'tr']),
  tr: new Set(['tr']),
  option: new Set(['option']),
}

/** Deeper elements are taken for their content alone. */
const deepest = 100

/** More elements than people read on one page; those behind them are taken for their content alone. */
const most = 30_000

/** Reads HTML as browsers do, roughly: whatever is written, there is a tree, in time that grows with the length. */
export const parseHtml = (html: string): Node => {
  const root: Node = { name: '', attributes: {}, children: [] }
  const open: Node[] = [root]
  let count = 0
  const top = (): Node => open.at(-1) ?? root
  for (const token of tokensOf(html)) {
    if (token.type === 'text') top().children.push(token.text)
    else if (token.type === 'close') {
      const index = open.findLastIndex(({ name }) => name === token.name)
      if (index > 0) open.length = index
    } else {
      while (open.length > 1 && endedBy[top().name]?.has(token.name)) open.pop()
      const node = { name: token.name, attributes: token.attributes, children: [] }
      if (open.length > deepest || count >= most) continue
      count += 1
      top().children.push(node)
      if (!voids.has(token.name)) open.push(node)
    }
  }
  return root
}

type Token =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'open'; readonly name: string; readonly attributes: Attributes }
  | { readonly type: 'close'; readonly name: string }

function* tokensOf(html: string): Generator<Token> {
  let at = 0
  while (at < html.length) {
    const start = html.indexOf('<', at)
    if (start !== at) yield { type: 'text', text: html.slice(at, start === -1 ? undefined : start) }
    if (start === -1) return
    const end = endOf(html, start)
    if (end === -1) {
      yield { type: 'text', text: '<' }
      at = start + 1
      continue
    }
    const [, slash, tag = '', rest = ''] = /^<(\/?)([a-z][\w:-]*)([\s\S]*?)\/?>$/i.exec(html.slice(start, end)) ?? []
    const name = tag.toLowerCase()
    at = end
    if (slash) yield { type: 'close', name }
    else if (wordless.has(name)) at = behind(html, name, end)
    else if (name) yield { type: 'open', name, attributes: attributesIn(rest) }
  }
}

/** Characters of a tag; what is longer is none. */
const longestTag = 20_000

/** Where a tag or comment ends that begins here; -1 where it is neither. */
const endOf = (html: string, start: number): number => {
  if (html.startsWith('<!--', start)) {
    const end = html.indexOf('-->', start + 4)
    return end === -1 ? html.length : end + 3
  }
  if (!/[a-z/!?]/i.test(html[start + 1] ?? '')) return -1
  let quote = ''
  for (let at = start + 1; at < Math.min(html.length, start + longestTag); at++) {
    const character = html[at] ?? ''
    if (quote) quote = character === quote ? '' : quote
    else if (character === '>') return at + 1
    else if (character === '<') return -1
    else if ((character === '"' || character === "'") && html[at - 1] === '=') quote = character
  }
  return -1
}

/** Behind the end of an element whose content is not read; of one that has no end, at the end. */
const behind = (html: string, name: string, from: number): number => {
  const closing = new RegExp(`</${name}\\b[^>]{0,100}>`, 'gi')
  closing.lastIndex = from
  return closing.exec(html) ? closing.lastIndex : html.length
}

const attributesIn = (text: string): Attributes => {
  const found = text.matchAll(/([^\s=/"'>]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g)
  return Object.fromEntries(
    [...found].map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      decoded(double ?? single ?? bare ?? ''),
    ]),
  )
}

const entities: Readonly<Record<string, string>> = { amp: '&', apos: "'", gt: '>', lt: '<', quot: '"' }

/** As much as addresses have of it. */
const decoded = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,4}));?/gi, (whole, decimal, hexadecimal, name) => {
    if (name) return Object.hasOwn(entities, name) ? (entities[name] ?? '') : whole
    const code = decimal ? Number(decimal) : Number.parseInt(hexadecimal, 16)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : '\ufffd'
  })
