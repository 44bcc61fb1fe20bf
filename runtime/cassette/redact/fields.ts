import { type Edit, matchesIn, placeholder } from './edit.ts'

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
  const isSure = manner === 'field' || (scheme !== '' && rest.length >= 4 && /\d/.test(rest)) || isRandom(rest)
  return isSure && !isInnocuous(rest) ? scheme.length : undefined
}

const isSecret = ({ name, sureness, manner }: Field, value: string): boolean => {
  if (manner === 'loose' && isIdentifier(value)) return false
  if (manner === 'quoted' && value.includes('${')) return false
  if (isInnocuous(value)) return false
  if (sureness === 'random') return isRandom(value)
  if (wordsOf(name).endsWith(wordsOf(value) || ' ')) return false
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
      return value.length >= 8 && /\d/.test(value) && /[A-Za-z]/.test(value)
  }
}

/** Names of types, words for nothing, versions, references to variables, and what somebody has masked before. */
const isInnocuous = (value: string): boolean =>
  /^(|string|str|text|number|password|secret|token|true|false|null|none|nil|undefined|required|optional|redacted)$/i.test(
    value,
  ) ||
  /^(<.*>|\$\{[^}]*\}|\$[A-Z_]+|\{\{.*\}\}|%\w|[~^<>=v]*\d+(\.[\dx*]+)+|\[.*\]|[x.\s-]+)$/is.test(value) ||
  /\*{3}|\.{3}|\u2026|\u2022|redacted|sanitized|filtered/i.test(value)

/** A name of a program's own: whole words, and at most one number. */
const isIdentifier = (value: string): boolean => {
  if (!/^[A-Za-z_$][\w$]*(?:[.?]+[\w$]+)*$/.test(value)) return false
  const words = wordsOf(value).split('_')
  return (
    words.length > 1 &&
    value.replace(/\D+/g, ' ').trim().length <= 3 &&
    words.filter(word => word.length < 3).length < 2
  )
}

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
  for (const match of matchesIn(text, assignment)) {
    if (match.index >= (edits.at(-1)?.end ?? 0)) edits.push(...assigned(text, match))
  }
  if (!text.includes('-')) return edits
  for (const { index, 0: all, 1: name = '', 3: value = '' } of matchesIn(text, flag)) {
    const sureness = /^[a-z']+$/i.test(value) ? undefined : surenessOf(name)
    if (sureness) edits.push(...editsOf({ name, sureness, manner: 'query' }, value, index + all.length - value.length))
  }
  return edits
}

const assigned = (text: string, match: RegExpExecArray): Edit[] => {
  const [all, word = '', , between = '', opening] = match
  const name = `${nameBefore(text, match.index)}${word}`
  const before = text[match.index + word.length - name.length - 1] ?? ''
  const at = match.index + all.length
  const isQuery = /[?&;]/.test(before) && between === '='
  const sureness = surenessOf(name, isQuery)
  if (!sureness || (between === '>' && !isElement(text, before, at))) return []
  if (opening) return editsOf({ name, sureness, manner: 'quoted' }, quoted(text, at, opening), at)
  const value = until(sureness === 'header' ? line : isQuery ? queried : bare, text, at)
  const isSetting = between === '>' || (between === '=' && /^[A-Z][A-Z0-9_]*$/.test(name))
  const manner = isQuery || isSetting ? 'query' : between === '=' ? 'tight' : 'loose'
  if (manner !== 'query' && '([{'.includes(text[at + value.length] || '-')) return []
  return editsOf({ name, sureness, manner }, value.replace(/[.:!?]+$/, ''), at)
}

/** The rest of a name whose last word begins here. Behind a `%` there are two digits that are none of it. */
const nameBefore = (text: string, at: number): string => {
  const name = /[\w-]*$/.exec(text.slice(Math.max(0, at - 48), at))?.[0] ?? ''
  return text[at - name.length - 1] === '%' ? name.slice(2) : name
}

const isElement = (text: string, before: string, at: number): boolean =>
  before === '<' && text.startsWith('</', text.indexOf('<', at))

/** No value is longer, except in a text that is made to keep us busy. */
const longest = 4096
const line = new RegExp(`[^\\p{Cc}"'\`\\\\]{0,${longest}}`, 'uy')
const bare = new RegExp(`[^\\s\\p{Cc}"'\`,;&<>(){}[\\]|\\\\]{0,${longest}}`, 'uy')
const queried = new RegExp(`[^\\s\\p{Cc}"'\`,;&<>(){}[\\]|\\\\#]{0,${longest}}`, 'uy')

const until = (pattern: RegExp, text: string, at: number): string => {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

/** Up to the quote that closes it, as deeply escaped as the opening one; to the end where that is cut off. */
const quoted = (text: string, at: number, opening: string): string => {
  const rest = text.slice(at, at + 4 * longest)
  for (let end = rest.indexOf(opening); end !== -1; end = rest.indexOf(opening, end + 1)) {
    let escapes = end
    while (escapes > 0 && rest[escapes - 1] === '\\') escapes--
    if (opening.length > 1 ? escapes === end : (end - escapes) % 2 === 0) return rest.slice(0, end)
  }
  return until(line, text, at)
}
