/** A piece of a page that is safe to put into another: all text in it is escaped. */
export type Html = { readonly html: string }

type Value = Html | string | number | undefined | false | readonly Html[]

/** A template whose values are escaped, unless they are pieces of a page themselves. */
export const html = (strings: TemplateStringsArray, ...values: readonly Value[]): Html => ({
  html: strings.map((text, index) => text + written(values[index])).join(''),
})

const written = (value: Value): string => {
  if (value === undefined || value === false) return ''
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value))
  return 'html' in value ? value.html : value.map(piece => piece.html).join('')
}

export const nothing: Html = { html: '' }

export const joined = (pieces: readonly Html[], between = ''): Html => ({
  html: pieces.map(piece => piece.html).join(between),
})

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as it may stand between tags and between quotes; what a page cannot hold is shown as a mark. */
export const escaped = (text: string): string =>
  text
    .replace(/[&<>"']/g, letter => entities[letter] ?? letter)
    .replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069\ufffe\uffff\p{Surrogate}]/gu, '\ufffd')

/** JSON inside a script element: no text in it can end the element, or begin another. */
export const jsonInPage = (value: unknown): Html => ({
  html: JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  ),
})
