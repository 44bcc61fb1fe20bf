import { graphemes, widthOf } from '../../core/width.ts'

/** Letters as a terminal shows them: where lines break, and what must not reach it. */

export type Mark = (text: string) => string
/** How text is set off. All of them leave the text as it is where there is no colour. */
export type Style = Readonly<Record<'strong' | 'faint' | 'added' | 'removed' | 'warning' | 'name', Mark>>

const plain: Mark = text => text
export const plainStyle: Style = {
  strong: plain,
  faint: plain,
  added: plain,
  removed: plain,
  warning: plain,
  name: plain,
}

const sgr =
  (on: number, off: number): Mark =>
  text =>
    text === '' ? '' : `\x1b[${on}m${text}\x1b[${off}m`
export const colourStyle: Style = {
  strong: sgr(1, 22),
  faint: sgr(2, 22),
  added: sgr(32, 39),
  removed: sgr(31, 39),
  warning: sgr(33, 39),
  name: sgr(36, 39),
}

/**
 * A recorded text may hold what moves the cursor, changes colours or turns the order of letters round: all that is
 * shown as its code, so that what a person sees is what stands there. Line ends and tabs stay.
 */
export const visible = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .replace(/[^\P{Cc}\n\t]|[\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\p{Surrogate}]/gu, code)

const code = (letter: string): string => {
  const point = letter.codePointAt(0) ?? 0
  return point < 0x100 ? `\\x${point.toString(16).padStart(2, '0')}` : `\\u${point.toString(16).padStart(4, '0')}`
}

/** One line of at most so many columns, blanks and line ends made one blank each. */
export const clippedTo = (text: string, most: number): string => {
  const line = visible(text.length > most * 8 ? text.slice(0, most * 8) : text)
    .trim()
    .replaceAll(/\s+/g, ' ')
  if (widthOf(line) <= most && text.length <= most * 8) return line
  let width = 0
  let clipped = ''
  for (const letter of graphemes(line)) {
    width += widthOf(letter)
    if (width > most - 1) break
    clipped += letter
  }
  return `${clipped.trimEnd()}…`
}

/** The lines of a text, each of at most so many columns, tabs as four blanks: broken between words, and inside one only where it is longer. */
export const wrapped = (text: string, most: number): string[] =>
  visible(text)
    .replaceAll('\t', '    ')
    .split('\n')
    .flatMap(line => (widthOf(line) <= most ? [line] : brokenLine(line, most)))

const brokenLine = (line: string, most: number): string[] => {
  const lines: string[] = []
  const indent = /^[ ]*(?:[-*+] |\d+[.)] |> )?/.exec(line)?.[0].length ?? 0
  // What hangs below the first word of a list's item is read as part of it.
  const hanging = indent > most / 2 ? '' : ' '.repeat(indent)
  let current = ''
  for (const word of line.match(/^\s+|\S+\s*/g) ?? []) {
    if (widthOf(current + word.trimEnd()) <= most) current += word
    else {
      if (current.trim() !== '') lines.push(current.trimEnd())
      current = hanging + word
      while (isWider(current, most) && isWider(current.trimEnd(), most)) {
        const head = headOf(current, most)
        lines.push(head)
        current = hanging + current.slice(head.length)
      }
    }
  }
  return current.trim() === '' ? lines : [...lines, current.trimEnd()]
}

/** A word may be a file of its own: so many letters of it are looked at first, since few take no column at all. */
const near = (most: number): number => 8 * most

const isWider = (text: string, most: number): boolean =>
  widthOf(text.slice(0, near(most))) > most || (text.length > near(most) && widthOf(text) > most)

const headOf = (text: string, most: number): string => {
  const beginning = text.slice(0, near(most))
  return (
    headWithin(graphemes(beginning), most) ?? (beginning === text ? text : (headWithin(graphemes(text), most) ?? text))
  )
}

/** So much as fits; nothing where all of it does. */
const headWithin = (letters: readonly string[], most: number): string | undefined => {
  let width = 0
  let head = ''
  for (const letter of letters) {
    width += widthOf(letter)
    if (width > most) return head
    head += letter
  }
  return undefined
}

/** `text` with blanks before it, up to so many columns. */
export const padStart = (text: string, width: number): string => ' '.repeat(Math.max(0, width - widthOf(text))) + text

/** `text` with blanks behind it, up to so many columns. */
export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))

export const count = (number: number, one: string, many = `${one}s`): string =>
  `${thousands(number)} ${number === 1 ? one : many}`

/** `12,345`. */
export const thousands = (number: number): string => String(number).replace(/\B(?=(\d{3})+$)/g, ',')

/** US dollars: cents where there are any, else what is left of them. */
export const dollars = (cost: number): string => {
  if (cost === 0) return '$0'
  if (cost < 0.00005) return '<$0.0001'
  return `$${cost.toFixed(cost < 0.1 ? 4 : 2)}`
}

/** Milliseconds as a person says them. */
export const duration = (milliseconds: number): string => {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
