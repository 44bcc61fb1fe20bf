import { type Edit, matchesIn, placeholder } from './redact-edit.ts'

/** How much the name of a field says of its value. A `header` holds words beside the secret. */
type Sureness = 'always' | 'random' | 'header'

/** What a name ends in, in small letters with `_` between its words: the first that fits counts. */
const endings: readonly (readonly [ending: RegExp, sureness: Sureness | undefined])[] = [
  // They go from page to page, tell rows apart, or are made to be shown.
  [
    /(^|_)(next|previous|page|continuation|sync|cursor|cache|public|publishable|primary|foreign|sort|partition)_?(token|key)$/,
    undefined,
  ],
  [/(^|_)(object|idempotency|row|map|event|issue|project|storage|unique|max|min)_?(token|key)$|^key$/, undefined],
  [/(^|_)authorization$/, 'header'],
  [/(^|_)cookie$/, 'header'],
  [/(^|_)(password|passwd|passphrase)$|._(pwd|pass)$/, 'always'],
  [/(^|_)(client|app|api|consumer|shared|webhook|signing|jwt|session|oauth|user|token|bot)_?secret$/, 'always'],
  [
    /(^|_)(access|refresh|id|auth|bearer|session|security|oauth2?|private|secret|bot|api|deploy|login|csrf)_?token$/,
    'always',
  ],
  [/(^|_)(api|secret|private|account|access|subscription|auth)_?key$/, 'always'],
  [/(^|_)x_(amz|goog)_(signature|credential)$/, 'always'],
  [/(^|_)(token|secret|key|auth|credentials?|pat|jwt|dsn|pass|pwd|passcode)$/, 'random'],
]

/** Names so short mean something only in the query of a URL. */
const inQueries: Readonly<Record<string, Sureness>> = { key: 'random', sig: 'always', pwd: 'always', pass: 'always' }

const suspicious =
  /(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|key|auth(?:orization)?|credentials?|cookie|signature|sig|jwt|dsn|pat)$/i

const surenessOf = (name: string, isQuery = false): Sureness | undefined => {
  if (!suspicious.test(name)) return undefined
  const words = wordsOf(name)
  return (isQuery && inQueries[words]) || endings.find(([ending]) => ending.test(words))?.[1]
}

const wordsOf = (name: string): string => {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[^A-Za-z0-9]+/g, '_')
  return words.replace(/^_|_$/g, '').toLowerCase()
}

/** How a value stands in its text, from the surest to the least sure that it is a value at all. */
type Manner = 'field' | 'quoted' | 'query' | 'tight' | 'loose'

/** The secret in the value of a JSON field, by the field's name. */
export const fieldEdits = (name: string, value: string): Edit[] => {
  const sureness = surenessOf(name)
  return sureness ? editsOf({ name, sureness, manner: 'field' }, value, 0) : []
}

type Field = { readonly name: string; readonly sureness: Sureness; readonly manner: Manner }

const editsOf = (field: Field, value: string, at: number): Edit[] => {
  const start = field.sureness === 'header' ? headerStart(field, value) : isSecret(field, value) ? 0 : undefined
  if (start === undefined) return []
  const name = wordsOf(field.name).replaceAll('_', '-')
  return [{ start: at + start, end: at + value.length, text: placeholder(name), strength: 1 }]
}

/** Cookies whole; of an authorization what follows its scheme. */
const headerStart = ({ name, manner }: Field, value: string): number | undefined => {
  if (/cookie$/i.test(name)) return /^[^\s=]+=[^\s]/.test(value) ? 0 : undefined
  const scheme = /^(?:Bearer|Basic|Token|Api-?Key|Digest|Negotiate|OAuth|AWS4-HMAC-SHA256)\s+/i.exec(value)?.[0] ?? ''
  const rest = value.slice(scheme.length)
  const isSure = (scheme !== '' && /\d/.test(rest)) || manner === 'field' || isRandom(rest)
  return isSure && rest.length >= 4 && !isInnocuous(rest) ? scheme.length : undefined
}

const isSecret = ({ name, sureness, manner }: Field, value: string): boolean => {
  if (sureness === 'random') return isRandom(value)
  if (isInnocuous(value) || wordsOf(name).endsWith(wordsOf(value) || ' ')) return false
  switch (manner) {
    case 'field':
      return true
    case 'quoted':
      return value.length >= 4 && !/\s/.test(value)
    case 'query':
      return value.length >= 3
    case 'tight':
      return value.length >= 4 && !/^[A-Za-z_$][A-Za-z_$]*([.?]+[\w$]+)*$/.test(value)
    case 'loose':
      return value.length >= 8 && /\d/.test(value) && /[A-Za-z]/.test(value) && !/^[\w$]+([.?]+[\w$]+)+$/.test(value)
  }
}

/** Names of types, words for nothing, references to variables, and what somebody has masked before. */
const isInnocuous = (value: string): boolean =>
  /^(|string|str|text|number|password|secret|token|true|false|null|none|nil|undefined|required|optional|redacted)$/i.test(
    value,
  ) ||
  /^(<.*>|\$\{[^}]*\}|\$[A-Z_]+|\{\{.*\}\}|%\w|\[.*\]|[x.\s-]+)$/is.test(value) ||
  /\*{3}|\.{3}|…|•/.test(value)

/** Nobody says such a thing: long, of letters and digits, no slug, no path, no UUID. */
const isRandom = (value: string): boolean =>
  value.length >= 16 &&
  /^[\w+/=.~%!@#^*-]+$/.test(value) &&
  /\d/.test(value) &&
  /[A-Za-z]/.test(value) &&
  new Set(value).size >= 9 &&
  !/^(?:[A-Za-z]+|\d+|[a-z]\d+)(?:[-_./](?:[A-Za-z]*|\d*[a-z]?|[a-z]\d+))*$/.test(value) &&
  !/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value) &&
  !/^[~.]*\/|\/\/|\*{3}/.test(value)

const words =
  'pass(?:word|wd|phrase|code)?|pwd|secret|token|key|auth(?:orization)?|credentials?|cookie|signature|sig|jwt|dsn|pat'
const quote = String.raw`\\*["'${'`'}]`

/** The last word of a name, what closes the name, what stands between, and what opens the value. */
const assignment = new RegExp(String.raw`(${words})(${quote})?\]?(\s*(?:=>|:=|[:=])\s*|>)(${quote})?`, 'gi')
const flag = /(?<=\s)--?([a-z-]*(?:password|passwd|pass|token|key|secret))\s+(["']?)([^\s"'-][^\s"']*)/gi

/** Secrets in plain text by the name before them: settings, headers, queries, options of commands, pieces of JSON. */
export const fieldsIn = (text: string): Edit[] => {
  const edits: Edit[] = []
  for (const match of matchesIn(text, assignment)) edits.push(...assigned(text, match))
  if (!text.includes('-')) return edits
  for (const { index, 0: all, 1: name = '', 3: value = '' } of matchesIn(text, flag)) {
    const sureness = surenessOf(name)
    if (sureness) edits.push(...editsOf({ name, sureness, manner: 'query' }, value, index + all.length - value.length))
  }
  return edits
}

const assigned = (text: string, match: RegExpExecArray): Edit[] => {
  const [all, word = '', , between = '', opening] = match
  const head = /[\w-]*$/.exec(text.slice(Math.max(0, match.index - 48), match.index))?.[0] ?? ''
  const before = text[match.index - head.length - 1] ?? ''
  const isQuery = /[?&;]/.test(before) && between === '='
  const name = head + word
  const sureness = surenessOf(name, isQuery)
  if (!sureness || (between === '>') !== (before === '<')) return []
  const at = match.index + all.length
  const isSetting = /^[A-Z][A-Z0-9_]*$/.test(name) && between === '='
  const manner = opening
    ? 'quoted'
    : isQuery || isSetting || between === '>'
      ? 'query'
      : between === '='
        ? 'tight'
        : 'loose'
  const value = opening
    ? quoted(text, at, opening)
    : sureness === 'header'
      ? until(line, text, at)
      : until(bare, text, at)
  return editsOf({ name, sureness, manner }, opening ? value : value.replace(/[.:!?]+$/, ''), at)
}

const line = /[^\r\n"'`\\]*/y
const bare = /[^\s"'`,;&<>(){}[\]|\\]*/y

const until = (pattern: RegExp, text: string, at: number): string => {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

/** Up to the quote that closes it, as deeply escaped as the opening one; to the end where that is cut off. */
const quoted = (text: string, at: number, opening: string): string => {
  for (let end = text.indexOf(opening, at); end !== -1; end = text.indexOf(opening, end + 1)) {
    let escapes = end
    while (escapes > at && text[escapes - 1] === '\\') escapes--
    if (opening.length > 1 ? escapes === end : (end - escapes) % 2 === 0) return text.slice(at, end)
  }
  return until(line, text, at)
}
