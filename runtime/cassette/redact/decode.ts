import { matchesIn } from './edit.ts'

/** The letters that an escaped text stands for, and where each of them stands in it. */
export type Decoded = { readonly text: string; readonly at: (letter: number) => number }

type Escape = { readonly start: number; readonly end: number; readonly meaning: string }
type Stop = { readonly letter: number; readonly place: number }

const decodedAt = (raw: string, start: number, escapes: readonly Escape[]): Decoded => {
  const pieces: string[] = []
  const stops: Stop[] = [{ letter: 0, place: 0 }]
  let place = 0
  let letter = 0
  for (const { start: first, end, meaning } of escapes) {
    pieces.push(raw.slice(place, first), meaning)
    letter += first - place + meaning.length
    place = end
    // An escape without a meaning is cut off, and nothing is behind it.
    if (meaning !== '') stops.push({ letter, place })
  }
  pieces.push(raw.slice(place))
  return { text: pieces.join(''), at: index => start + placeOf(stops, index) }
}

const placeOf = (stops: readonly Stop[], letter: number): number => {
  let low = 0
  let high = stops.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((stops[middle]?.letter ?? 0) <= letter) low = middle
    else high = middle - 1
  }
  const stop = stops[low]
  return stop ? stop.place + letter - stop.letter : 0
}

const inJson = /\\(?:u([0-9A-Fa-f]{4})|u[0-9A-Fa-f]{0,3}$|([^u])|$)/g
const control: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

/** The letters of a JSON string, which stand from `start` to `end` of a text; an escape that is cut off is left out. */
export const jsonDecoded = (text: string, start: number, end: number): Decoded => {
  const raw = text.slice(start, end)
  if (!raw.includes('\\')) return { text: raw, at: letter => start + letter }
  const escapes = matchesIn(raw, inJson).map(({ index, 0: all, 1: code, 2: letter = '' }) => ({
    start: index,
    end: index + all.length,
    meaning: code === undefined ? (control[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  }))
  return decodedAt(raw, start, escapes)
}

const inUrls = /%([0-9A-Fa-f]{2})/g

/** A text as it was before it was put into a URL; nothing where nothing in it is escaped so. */
export const urlDecoded = (text: string): Decoded | undefined => {
  if (!text.includes('%')) return undefined
  const escapes = matchesIn(text, inUrls).map(({ index, 0: all, 1: code = '' }) => ({
    start: index,
    end: index + all.length,
    meaning: String.fromCharCode(Number.parseInt(code, 16)),
  }))
  return escapes.length === 0 ? undefined : decodedAt(text, 0, escapes)
}

const unprintable = /[^\t\r\n\P{C}]|\ufffd/u

/** The text of a run of base64, broken into lines or not; nothing for what is no base64, or not that of a text. */
export const base64Decoded = (run: string): string | undefined => {
  // Its first bytes tell, so that pictures cost nothing; the last of them may be half a letter.
  if (unprintable.test(Buffer.from(run.slice(0, 48), 'base64').toString().slice(0, -3))) return undefined
  const text = Buffer.from(run.replace(/\\+[rn]|\s/g, ''), 'base64').toString()
  return unprintable.test(text) ? undefined : text
}
