import { escaped, type Html, html } from './html.ts'

/** Marks inside marks are looked for so deep. */
const deepest = 4

/** All that is told apart inside a line. The limits keep a search from going over a whole text again and again. */
const marks = new RegExp(
  [
    String.raw`\\(?<kept>[\\\x60*_{}[\]()#+\-.!~|<>])`,
    String.raw`(?<ticks>\x60{1,8})(?<code>[^\x60](?:[^\n]{0,1000}?[^\x60])?)\k<ticks>(?!\x60)`,
    String.raw`!?\[(?<label>[^\]\n]{0,500})\]\((?<target>[^()\s]{1,1000}(?:\([^()\s]{0,200}\)[^()\s]{0,200})?)(?:[ \t]+"[^"\n]{0,200}")?\)`,
    String.raw`<(?<bracketed>https?:[^\s<>]{1,1000})>`,
    String.raw`\b(?<bare>https?:\/\/[^\s<>"'\x60*]{1,1000}[^\s<>"'\x60*.,;:!?)\]}])`,
    String.raw`\*\*(?<strong>[^\s*](?:[^*\n]|\*(?!\*)){0,2000}?)\*\*`,
    String.raw`(?<![\w_])__(?<strong2>[^\s_](?:[^_\n]|_(?!_)){0,2000}?)__(?![\w_])`,
    String.raw`(?<!\w)\*(?<em>[^\s*](?:[^*\n]{0,1000}?[^\s*])?)\*(?![\w*])`,
    String.raw`(?<![\w_])_(?<em2>[^\s_](?:[^_\n]{0,1000}?[^\s_])?)_(?![\w_])`,
    String.raw`~~(?<gone>[^~\n]{1,1000})~~`,
  ].join('|'),
  'gu',
)

/** Emphasis, code and links in a text; all else is escaped. */
export const inlineHtml = (text: string, depth = 0): Html => {
  if (depth > deepest) return html`${text}`
  let page = ''
  let at = 0
  for (const found of text.matchAll(marks)) {
    page += escaped(text.slice(at, found.index)) + markedHtml(found.groups ?? {}, depth).html
    at = found.index + found[0].length
  }
  return { html: page + escaped(text.slice(at)) }
}

const markedHtml = (groups: { readonly [name: string]: string | undefined }, depth: number): Html => {
  const { kept, code, label, target, bracketed, bare, strong, strong2, em, em2, gone } = groups
  const inner = (text: string): Html => inlineHtml(text, depth + 1)
  if (kept !== undefined) return html`${kept}`
  if (code !== undefined) return html`<code>${code}</code>`
  if (label !== undefined) return linkHtml(target ?? '', label === '' ? html`${target}` : inner(label))
  if (bracketed ?? bare) return linkHtml(bracketed ?? bare ?? '', html`${bracketed ?? bare}`)
  if (strong ?? strong2) return html`<strong>${inner(strong ?? strong2 ?? '')}</strong>`
  if (em ?? em2) return html`<em>${inner(em ?? em2 ?? '')}</em>`
  return html`<s>${inner(gone ?? '')}</s>`
}

/** A link that a person may follow. Pictures are links too: the page fetches nothing. Other schemes are text. */
const linkHtml = (target: string, label: Html): Html =>
  /^(?:https?:\/\/|mailto:)/i.test(target)
    ? html`<a href="${target}" rel="noopener noreferrer" target="_blank">${label}</a>`
    : html`${label} (${target})`
