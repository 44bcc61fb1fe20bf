/**
 * What a person does at a terminal: presses a key (by its name, such as `enter`, `ctrl+a`, `alt+left`), writes text,
 * pastes, or turns to this window or another.
 */
export type Stroke =
  | { readonly type: 'key'; readonly name: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'focus'; readonly is: boolean }

const esc = '\x1b'
/** A paste stands between these. */
export const pasteBegin = '\x1b[200~'
export const pasteEnd = '\x1b[201~'

/** `rest` is the beginning of something whose end has not come yet. */
type Read = { readonly strokes: readonly Stroke[]; readonly rest: string }

/** What bytes of a terminal stand for, each key for itself however many came at once. */
export const strokesIn = (input: string): Read => {
  const strokes: Stroke[] = []
  let at = 0
  while (at < input.length) {
    const next = strokeAt(input, at)
    if (!next) return { strokes, rest: input.slice(at) }
    if (next.stroke) strokes.push(next.stroke)
    at += next.length
  }
  return { strokes, rest: '' }
}

type Found = { readonly stroke: Stroke | undefined; readonly length: number }

const strokeAt = (input: string, at: number): Found | undefined => {
  const first = input[at] ?? ''
  if (first === esc) return escaped(input, at)
  if (isControl(first)) return { stroke: key(controlName(first)), length: 1 }
  const end = controls.exec(input.slice(at))?.index ?? input.length - at
  return { stroke: { type: 'text', text: input.slice(at, at + end) }, length: end }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what keys without a letter send
const controls = /[\x00-\x1f\x7f]/
const isControl = (one: string): boolean => controls.test(one)
const key = (name: string): Stroke => ({ type: 'key', name })

const namedControls: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\t': 'tab',
  '\x7f': 'backspace',
  '\x00': 'ctrl+space',
  '\x1b': 'escape',
}
/** 0x01 is Ctrl+A, and so on up to Ctrl+_. */
const controlName = (one: string): string =>
  namedControls[one] ?? `ctrl+${String.fromCharCode(one.charCodeAt(0) + 0x40).toLowerCase()}`

// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const sequence = /^\x1b(\x1b?)(?:\[([\d;:<?]*)([ -/]*[@-~])|O([@-~]))/
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const unfinished = /^\x1b\x1b?(?:\[[\d;:<?]*[ -/]*|O)?$/

const escaped = (input: string, at: number): Found | undefined => {
  const rest = input.slice(at, at + 64)
  if (rest.startsWith(pasteBegin)) return pasteAt(input, at)
  const found = sequence.exec(rest)
  if (found) {
    const [all, meta, numbers = '', letter = '', ss3] = found
    return { stroke: sequenceStroke(numbers, ss3 ?? letter, meta === esc), length: all.length }
  }
  if (unfinished.test(rest)) return undefined
  // Alt and a key is sent as Esc and that key.
  const [one = ''] = rest.slice(1)
  return { stroke: key(`alt+${isControl(one) ? controlName(one) : one}`), length: 1 + one.length }
}

const pasteAt = (input: string, at: number): Found | undefined => {
  const end = input.indexOf(pasteEnd, at + pasteBegin.length)
  if (end < 0) return undefined
  const text = input.slice(at + pasteBegin.length, end)
  return { stroke: { type: 'paste', text }, length: end + pasteEnd.length - at }
}

const letters: Readonly<Record<string, string>> = {
  ...{ A: 'up', B: 'down', C: 'right', D: 'left', H: 'home', F: 'end', Z: 'shift+tab', M: 'enter' },
  ...{ P: 'f1', Q: 'f2', R: 'f3', S: 'f4' },
}
const numbered: Readonly<Record<string, string>> = {
  ...{ 1: 'home', 2: 'insert', 3: 'delete', 4: 'end', 5: 'pageup', 6: 'pagedown', 7: 'home', 8: 'end' },
}

/** A key by its sequence, nothing for what is none (answers of the terminal, the mouse). */
const sequenceStroke = (numbers: string, letter: string, isMeta: boolean): Stroke | undefined => {
  if (/^[<?]/.test(numbers)) return undefined
  if (numbers === '' && (letter === 'I' || letter === 'O')) return { type: 'focus', is: letter === 'I' }
  const [first = '', second = '', third = ''] = numbers.split(';')
  // xterm's other keys are `27;modifiers;code~`, kitty's `code;modifiers u`.
  if (letter === 'u') return named(codeName(first), second, isMeta)
  if (letter === '~' && first === '27') return named(codeName(third), second, isMeta)
  return named(letter === '~' ? numbered[first] : letters[letter], second, isMeta)
}

const codeName = (code: string): string | undefined => {
  const one = String.fromCodePoint(Math.min(Number.parseInt(code, 10) || 0, 0x10ffff))
  if (one === '\0') return undefined
  return isControl(one) ? controlName(one) : one
}

/** Modifiers are sent as 1 + shift + 2 alt + 4 ctrl. */
const named = (name: string | undefined, modifiers: string, isMeta: boolean): Stroke | undefined => {
  if (name === undefined) return undefined
  const bits = Math.max(0, (Number.parseInt(modifiers, 10) || 1) - 1)
  const ctrl = bits & 4 ? 'ctrl+' : ''
  const alt = bits & 2 || isMeta ? 'alt+' : ''
  const shift = bits & 1 && [...name].length > 1 ? 'shift+' : ''
  if (bits & 1 && ctrl + alt === '' && [...name].length === 1) return { type: 'text', text: name.toUpperCase() }
  return key(`${ctrl}${alt}${shift}${name}`)
}
