import { type ContentPart, textOf } from '../../core/message.ts'
import type { Called, Outline, Said } from '../outline.ts'
import { factsOf } from './facts.ts'

/** `markdown` gives safe HTML of a text, in which nothing of it can act; `escaped` text that may stand anywhere in a page. */
export type PageTools = { readonly markdown: (text: string) => string; readonly escaped: (text: string) => string }

/**
 * A session as one page for a browser. It holds all it needs, and its policy forbids the rest: no host is asked and no
 * script runs, whatever stands in the session.
 */
export const pageOf = (outline: Outline, tools: PageTools): string => {
  const { escaped } = tools
  const { head, talk } = outline
  const facts = factsOf(head).map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(head.title)}</title><style>${style}</style></head>
<body><header><h1>${escaped(head.title)}</h1><dl>${facts.join('')}</dl></header>
<main>
${talk.map(said => saidHtml(said, tools)).join('\n')}
</main></body></html>
`
}

const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

const style = `:root{color-scheme:light dark;--line:#8884;--user:#4a90d922}
body{font:16px/1.55 system-ui,sans-serif;max-width:52rem;margin:0 auto;padding:1rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;font-size:.85rem;opacity:.8}dd{margin:0;overflow-wrap:anywhere}
article{border-top:1px solid var(--line);padding:.5rem 0}article.user{background:var(--user);padding:.5rem .75rem;border-radius:.5rem}
h2{font-size:.85rem;margin:.25rem 0;opacity:.75}h2 a{color:inherit;text-decoration:none}
pre{overflow:auto;background:#8881;padding:.5rem;border-radius:.35rem;font-size:.85rem;white-space:pre-wrap;overflow-wrap:anywhere}
details{margin:.5rem 0;border-left:3px solid var(--line);padding-left:.75rem}summary{cursor:pointer}img{max-width:100%}
.thoughts{opacity:.7;font-style:italic}.error{color:#c33}table{border-collapse:collapse}td,th{border:1px solid var(--line);padding:.2rem .5rem}`

const saidHtml = (said: Said, tools: PageTools): string => {
  const { escaped } = tools
  const { number, speaker, isUser, isPartial, thoughts, calls, at } = said
  const place = number === undefined ? '' : ` id="m${number}"`
  const name = number === undefined ? escaped(speaker) : `<a href="#m${number}">${number}</a> ${escaped(speaker)}`
  return `<article${place}${isUser ? ' class="user"' : ''}><h2 title="${escaped(at)}">${name}</h2>
${thoughts.trim() === '' ? '' : `<details class="thoughts"><summary>thoughts</summary><pre>${escaped(thoughts)}</pre></details>`}
${said.content.map(part => partHtml(part, tools, isUser)).join('\n')}
${isPartial ? '<p class="error">(cut off)</p>' : ''}
${calls.map(called => calledHtml(called, tools)).join('\n')}</article>`
}

/** Pictures that browsers show, and that can hold no script. */
const pictures = /^image\/(png|jpeg|gif|webp)$/

const partHtml = (part: ContentPart, { markdown, escaped }: PageTools, isPlain: boolean): string => {
  if (part.type === 'text') return isPlain ? `<pre>${escaped(part.text)}</pre>` : markdown(part.text)
  const name = escaped(part.name ?? part.mediaType)
  const isShown = pictures.test(part.mediaType) && /^[A-Za-z0-9+/=\s]*$/.test(part.data)
  return isShown
    ? `<p><img alt="${name}" src="data:${part.mediaType};base64,${part.data}"></p>`
    : `<p>(file: ${name})</p>`
}

const calledHtml = ({ call, result, talk }: Called, tools: PageTools): string => {
  const { escaped } = tools
  const files = result?.content.filter(({ type }) => type === 'file') ?? []
  return `<details${talk.length > 0 ? ' open' : ''}><summary><b>${escaped(call.name)}</b>${result?.error ? ` <span class="error">${escaped(result.error)}</span>` : ''}</summary>
<pre>${escaped(call.invalid ?? JSON.stringify(call.input, null, 2))}</pre>
${talk.map(said => saidHtml(said, tools)).join('\n')}
${result ? `<pre>${escaped(textOf(result.content))}</pre>${files.map(part => partHtml(part, tools, true)).join('')}` : ''}</details>`
}
