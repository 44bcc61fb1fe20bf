import type { Highlight } from './code.ts'
import { hljs } from './hljs.mjs'
import type { Line, Span } from './line.ts'
import type { Color } from './theme.ts'

/** Colours of what highlight.js finds, by the first word of its scopes. */
const colors: Readonly<Record<string, Color>> = {
  ...{ keyword: 'keyword', literal: 'number', number: 'number', symbol: 'number', built_in: 'type', type: 'type' },
  ...{ class: 'type', string: 'string', regexp: 'string', char: 'string', comment: 'comment', quote: 'comment' },
  ...{ doctag: 'comment', meta: 'comment', title: 'name', section: 'name', name: 'name', selector: 'name' },
  ...{ attr: 'name', attribute: 'name', property: 'name', tag: 'keyword', addition: 'added', deletion: 'removed' },
}

/** Loaded when the first answer may hold code. A language that is not among the common ones is left as it is. */
export const highlight: Highlight = (code, language) => {
  if (!hljs.getLanguage(language)) return undefined
  const { value } = hljs.highlight(code, { language, ignoreIllegals: true })
  return linesOf(value)
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#x27;': "'",
}

/** highlight.js gives HTML: spans with classes in each other, and text between them. */
const linesOf = (html: string): Line[] => {
  const lines: Span[][] = [[]]
  const open: (Color | undefined)[] = []
  for (const [piece] of html.matchAll(/<[^>]*>|[^<]+/g)) {
    if (piece === '</span>') open.pop()
    else if (piece.startsWith('<')) open.push(colorOf(piece) ?? open.at(-1))
    else
      for (const [index, text] of piece
        .replace(/&[#\w]+;/g, one => entities[one] ?? one)
        .split('\n')
        .entries()) {
        if (index > 0) lines.push([])
        const color = open.at(-1)
        if (text !== '') lines.at(-1)?.push(color ? { text, color } : { text })
      }
  }
  return lines
}

const colorOf = (tag: string): Color | undefined => {
  const [, scope = ''] = /class="hljs-(\w+)/.exec(tag) ?? []
  return colors[scope] ?? colors[scope.split(/[_-]/)[0] ?? '']
}
