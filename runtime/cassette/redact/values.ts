import { type Edit, matchesIn, placeholder } from './edit.ts'

/** Shorter ones would be found in ordinary words. */
const shortest = 6

export type Values = {
  readonly in: (text: string) => Edit[]
  /** The placeholder of a text that is one of the secrets, and nothing else. */
  readonly exactly: (text: string) => string | undefined
}

/**
 * Finds known secrets by their letters: as they are, escaped for JSON any number of times, for URLs or HTML, in
 * hexadecimal, and inside the base64 of a longer text, wherever they begin in it; also where the end is cut off. All in
 * one pass: one expression.
 */
export const valuesOf = (secrets: Readonly<Record<string, string>>): Values => {
  const known = byLength(secrets)
  if (known.length === 0) return { in: () => [], exactly: () => undefined }
  const exact = new Map(known.map(({ value, text }) => [value, text]))
  const long = known.filter(({ value }) => value.length >= cuttable)
  const rows = [
    ...known.map(secret => ({ ...secret, pattern: formsOf(secret.value).join('|') })),
    ...long.map(secret => ({ ...secret, pattern: [...headOf(secret.value)].map(spellings).join('') })),
  ]
  const pattern = new RegExp(rows.map(row => `(${row.pattern})`).join('|'), 'g')
  const found = (text: string, match: RegExpExecArray): Edit => {
    const row = match.findIndex((group, index) => index > 0 && group !== undefined) - 1
    const end = match.index + match[0].length
    const isCut = row >= known.length
    const { value = '', text: placeholder = '' } = rows[row] ?? {}
    return { start: match.index, end: isCut ? goingOn(text, end, value) : end, text: placeholder, strength: 3 }
  }
  return { in: text => matchesIn(text, pattern).map(match => found(text, match)), exactly: text => exact.get(text) }
}

type Known = { readonly value: string; readonly text: string }

/** Of a long secret a third is a leak, and no chance: output that is too long is cut, and streams break off. */
const cuttable = 24
const headOf = (value: string): string => value.slice(0, Math.max(12, Math.ceil(value.length / 3)))

/** Where the letters behind the head of a secret cease to be its own. */
const goingOn = (text: string, at: number, value: string): number => {
  const rest = value.slice(headOf(value).length)
  let same = 0
  while (same < rest.length && rest[same] === text[at + same]) same++
  return at + same
}

/** The longest first, so that a secret inside another does not hide it; of two names for one secret the first counts. */
const byLength = (secrets: Readonly<Record<string, string>>): Known[] => {
  const names = new Map<string, string>()
  for (const name of Object.keys(secrets).sort()) {
    const value = (secrets[name] ?? '').replaceAll('\r\n', '\n').trim()
    if (value.length >= shortest && !names.has(value)) names.set(value, name)
  }
  const known = [...names].map(([value, name]) => ({ value, text: placeholder(name) }))
  return known.sort((a, b) => b.value.length - a.value.length)
}

/** Of a long secret the beginning says enough; then all that goes on in the same letters is its rest. */
const enough = 60

const formsOf = (value: string): string[] => {
  const whole = Buffer.from(value)
  const bytes = whole.subarray(0, enough)
  const rest = (letters: string): string => (whole.length > enough ? `${letters}*` : '')
  return [
    [...value].map(spellings).join(''),
    ...[0, 1, 2].map(before => [...base64After(before, bytes)].map(base64Letter).join('') + rest('[A-Za-z0-9+/_-]')),
    [...bytes.toString('hex')].map(eitherCase).join('') + rest('[0-9A-Fa-f]'),
  ]
}

/** The letters of base64 that hang on nothing but these bytes, when so many others stand before them. */
const base64After = (before: number, bytes: Uint8Array): string => {
  const all = Buffer.concat([Buffer.alloc(before), bytes])
  return all.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((all.length * 8) / 6))
}

const base64Letter = (letter: string): string => {
  if (letter === '+') return '(?:[+-]|%2[bB])'
  return letter === '/' ? String.raw`(?:\\*\/|_|%2[fF])` : letter
}

const html: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": '#(?:39|x27)' }

/** All ways in which a letter is written: letters and digits in one, the rest also escaped. */
const spellings = (letter: string): string => {
  if (/[A-Za-z0-9]/.test(letter)) return letter
  if (letter === '\n' || letter === '\r') return String.raw`(?:[\r\n]|\\+[rn]|%0[aAdD])+[ \t]*`
  const percent = [...Buffer.from(letter)].map(byte => `%(?:25)*${hex(byte, 2)}`).join('')
  const units = [...Array(letter.length).keys()].map(at => String.raw`\\+u${hex(letter.charCodeAt(at), 4)}`).join('')
  const entity = html[letter] ? [`&${html[letter]};`] : []
  const short = letter === '\t' ? [String.raw`\\+t`] : letter === ' ' ? [String.raw`\+`] : []
  return `(?:${[String.raw`\\*${escaped(letter)}`, percent, units, ...entity, ...short].join('|')})`
}

const hex = (code: number, digits: number): string =>
  [...code.toString(16).padStart(digits, '0')].map(eitherCase).join('')

const eitherCase = (digit: string): string => (/[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit)

const escaped = (letter: string): string => letter.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
