import { escaped, type Html, html, joined } from './html.ts'
import { inlineHtml } from './markdown-inline.ts'

/** Longer texts are shown as they are, and deeper ones flat: no text shall make a page slow. */
const longest = 200_000
const deepest = 6

/**
 * Markdown as models write it: headings, lists, quotes, tables, fenced code, and inside of lines emphasis, code and
 * links. All of it is escaped; nothing is ever fetched, and HTML in it is text.
 */
export const markdown = (text: string): Html =>
  text.length > longest ? html`<pre>${text}</pre>` : blocks(text.replaceAll('\r\n', '\n').split('\n'), 0)

type Found = { readonly block: Html; readonly next: number }
type Block = (lines: readonly string[], at: number, depth: number) => Found | undefined

const blocks = (lines: readonly string[], depth: number): Html => {
  const found: Html[] = []
  for (let at = 0; at < lines.length; ) {
    const one = depth > deepest ? paragraph(lines, at, depth) : blockAt(lines, at, depth)
    if (one) found.push(one.block)
    at = one?.next ?? at + 1
  }
  return joined(found, '\n')
}

const isBlank = (line: string | undefined): boolean => line === undefined || line.trim() === ''

const blockAt = (lines: readonly string[], at: number, depth: number): Found | undefined => {
  if (isBlank(lines[at])) return undefined
  for (const block of kinds) {
    const found = block(lines, at, depth)
    if (found) return found
  }
  return undefined
}

const fence: Block = (lines, at) => {
  const [, indent = '', marks, language = ''] =
    /^( {0,3})(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^`]*$/.exec(lines[at] ?? '') ?? []
  if (marks === undefined) return undefined
  let end = at + 1
  while (end < lines.length && !isFenceEnd(lines[end] ?? '', marks)) end++
  const outer = new RegExp(`^ {0,${indent.length}}`)
  const code = lines.slice(at + 1, end).map(line => line.replace(outer, ''))
  return { block: html`<pre><code data-language="${language}">${code.join('\n')}</code></pre>`, next: end + 1 }
}

const isFenceEnd = (line: string, marks: string): boolean => line.trim().startsWith(marks) && /^[ `~]*$/.test(line)

const heading: Block = (lines, at) => {
  const [, marks, text = ''] = /^ {0,3}(#{1,6})[ \t]+(.*)$/.exec(lines[at] ?? '') ?? []
  if (marks === undefined) return undefined
  // The page has headings of its own above these.
  const level = Math.min(6, marks.length + 3)
  return {
    block: { html: `<h${level}>${inlineHtml(text.replace(/[ \t]+#+[ \t]*$/, '')).html}</h${level}>` },
    next: at + 1,
  }
}

const rule: Block = (lines, at) =>
  /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/.test(lines[at] ?? '')
    ? { block: html`<hr>`, next: at + 1 }
    : undefined

const quote: Block = (lines, at, depth) => {
  let next = at
  while (/^ {0,3}>/.test(lines[next] ?? '')) next++
  if (next === at) return undefined
  const inner = lines.slice(at, next).map(line => line.replace(/^ {0,3}> ?/, ''))
  return { block: html`<blockquote>${blocks(inner, depth + 1)}</blockquote>`, next }
}

const marker = /^( {0,8})([-*+]|\d{1,9}[.)])([ \t]+|$)/

const list: Block = (lines, at, depth) => {
  const first = marker.exec(lines[at] ?? '')
  if (!first) return undefined
  const isOrdered = /\d/.test(first[2] ?? '')
  const items: Html[] = []
  let next = at
  while (next < lines.length) {
    const found = marker.exec(lines[next] ?? '')
    if (!found || /\d/.test(found[2] ?? '') !== isOrdered || (found[1] ?? '').length > (first[1] ?? '').length + 1)
      break
    const end = endOfItem(lines, next, found[0].length)
    items.push(html`<li>${itemHtml(lines.slice(next, end), found[0].length, depth)}</li>`)
    next = end
  }
  const start = Number.parseInt(first[2] ?? '', 10)
  const tag = isOrdered ? 'ol' : 'ul'
  const from = isOrdered && start !== 1 ? ` start="${start}"` : ''
  return { block: { html: `<${tag}${from}>${joined(items).html}</${tag}>` }, next }
}

/** What is indented as far as its first line, and what follows without a blank line, belongs to an item. */
const endOfItem = (lines: readonly string[], at: number, indent: number): number => {
  let next = at + 1
  while (next < lines.length) {
    const line = lines[next] ?? ''
    const isInside = indentOf(line) >= Math.min(indent, 2)
    if (
      isBlank(line)
        ? indentOf(lines[next + 1] ?? '') < Math.min(indent, 2)
        : !isInside && (marker.test(line) || isBlank(lines[next - 1]) || /^ {0,3}(?:#{1,6} |`{3}|~{3}|>)/.test(line))
    )
      break
    next++
  }
  while (next > at + 1 && isBlank(lines[next - 1])) next--
  while (next < lines.length && isBlank(lines[next]) && marker.test(lines[next + 1] ?? '')) next++
  return next
}

const indentOf = (line: string): number => line.length - line.trimStart().length

const itemHtml = (lines: readonly string[], indent: number, depth: number): Html => {
  const [first = '', ...rest] = lines
  const least = Math.min(indent, ...rest.filter(line => indentOf(line) >= 2).map(indentOf))
  const inner = [first.slice(indent), ...rest.map(line => line.slice(Math.min(least, indentOf(line))))]
  while (inner.length > 1 && isBlank(inner.at(-1))) inner.pop()
  const isPlain = inner.every((line, index) => !isBlank(line) && (index === 0 || !startsBlock(line)))
  return isPlain ? lineBreaks(inner) : blocks(inner, depth + 1)
}

const delimiter = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/

const table: Block = (lines, at) => {
  if (!lines[at]?.includes('|') || !lines[at + 1]?.includes('|') || !delimiter.test(lines[at + 1] ?? ''))
    return undefined
  let next = at + 2
  while (next < lines.length && lines[next]?.includes('|')) next++
  const row = (line: string, tag: 'th' | 'td'): Html => ({
    html: `<tr>${cells(line)
      .map(cell => `<${tag}>${inlineHtml(cell).html}</${tag}>`)
      .join('')}</tr>`,
  })
  const body = lines.slice(at + 2, next).map(line => row(line, 'td'))
  return {
    block: html`<div class="wide"><table><thead>${row(lines[at] ?? '', 'th')}</thead><tbody>${body}</tbody></table></div>`,
    next,
  }
}

const cells = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
    .map(cell => cell.trim().replaceAll('\\|', '|'))

const startsBlock = (line: string): boolean =>
  /^ {0,3}(?:#{1,6}[ \t]|`{3}|~{3}|>)/.test(line) || marker.test(line) || rule([line], 0, 0) !== undefined

const paragraph: Block = (lines, at, depth) => {
  if (isBlank(lines[at])) return undefined
  let next = at + 1
  while (next < lines.length && !isBlank(lines[next]) && (depth > deepest || !startsBlock(lines[next] ?? ''))) next++
  return { block: html`<p>${lineBreaks(lines.slice(at, next))}</p>`, next }
}

/** A line end is meant, in what models say. */
const lineBreaks = (lines: readonly string[]): Html => ({
  html: inlineHtml(lines.map(line => line.trim()).join('\n')).html.replaceAll('\n', '<br>\n'),
})

const kinds: readonly Block[] = [fence, heading, rule, quote, list, table, paragraph]

/** Text that is no Markdown, with its line ends and blanks. */
export const preformatted = (text: string): Html => ({ html: `<pre>${escaped(text)}</pre>` })
