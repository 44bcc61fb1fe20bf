import { cellsOf, indexAt, lineEnd, lineStart } from './text.ts'
import { restOfWord } from './words.ts'

export type Range = { readonly from: number; readonly to: number; readonly isLines?: true }

type Wanted = { readonly isAround: boolean; readonly object: string }

/** What an object such as `iw` or `a(` covers at a position; nothing where there is none. */
export const objectAt = (text: string, at: number, { isAround, object }: Wanted): Range | undefined => {
  if (object === 'w' || object === 'W') return wordAt(text, at, { isAround, isBig: object === 'W' })
  if (object === 'p') return paragraphAt(text, at, isAround)
  if ('"\'`'.includes(object)) return quotedAt(text, at, { isAround, quote: object })
  return bracketedAt(text, at, { isAround, pair: brackets[object] ?? '()' })
}

const brackets: Readonly<Record<string, string>> = {
  ...{ '(': '()', ')': '()', b: '()', '[': '[]', ']': '[]', '{': '{}', '}': '{}', B: '{}', '<': '<>', '>': '<>' },
}

/** A word or what is between two; around it are the spaces behind it, or before it where there are none behind. */
const wordAt = (text: string, at: number, { isAround, isBig }: { isAround: boolean; isBig: boolean }): Range => {
  const start = lineStart(text, at)
  const cells = cellsOf(text.slice(start, lineEnd(text, at)))
  const place = (index: number) => start + (cells[index]?.at ?? lineEnd(text, at) - start)
  const run = (index: number) => ({ first: firstOfRun(cells, index, isBig), last: restOfWord(cells, index, isBig) })
  const index = indexAt(cells, at - start)
  if (!cells[index]) return { from: at, to: at }
  const { first, last } = run(index)
  if (!isAround) return { from: place(first), to: place(last + 1) }
  if (cells[index].kind === 'blank')
    return { from: place(first), to: place(cells[last + 1] ? run(last + 1).last + 1 : last + 1) }
  if (cells[last + 1]?.kind === 'blank') return { from: place(first), to: place(run(last + 1).last + 1) }
  const before = cells[first - 1]?.kind === 'blank' ? run(first - 1).first : first
  return { from: place(before), to: place(last + 1) }
}

const firstOfRun = (cells: Parameters<typeof restOfWord>[0], index: number, isBig: boolean): number => {
  let first = index
  while (first > 0 && restOfWord(cells, first - 1, isBig) >= index) first--
  return first
}

/** Lines with words around this one, or lines without; around them are the others behind. */
const paragraphAt = (text: string, at: number, isAround: boolean): Range => {
  const isEmpty = (place: number) => text.slice(lineStart(text, place), lineEnd(text, place)).trim() === ''
  const own = isEmpty(at)
  let from = lineStart(text, at)
  while (from > 0 && isEmpty(from - 1) === own) from = lineStart(text, from - 1)
  const endOf = (place: number, kind: boolean) => {
    let to = lineEnd(text, place)
    while (to < text.length && isEmpty(to + 1) === kind) to = lineEnd(text, to + 1)
    return to
  }
  const to = endOf(at, own)
  return { from, to: isAround && to < text.length ? endOf(to + 1, !own) : to, isLines: true }
}

/** What is quoted in this line, around the cursor or else behind it. */
const quotedAt = (text: string, at: number, wanted: { isAround: boolean; quote: string }): Range | undefined => {
  const { isAround, quote } = wanted
  const start = lineStart(text, at)
  const end = lineEnd(text, at)
  const places: number[] = []
  for (let place = start; place < end; place++) {
    if (text[place] === '\\') place++
    else if (text[place] === quote) places.push(place)
  }
  const pair = places.findIndex((_, index) => index % 2 === 0 && (places[index + 1] ?? -1) >= at)
  const [open, close] = [places[pair], places[pair + 1]]
  if (open === undefined || close === undefined) return undefined
  if (!isAround) return { from: open + 1, to: close }
  const behind = /^[ \t]*/.exec(text.slice(close + 1, end))?.[0].length ?? 0
  const before = behind > 0 ? 0 : (/[ \t]*$/.exec(text.slice(start, open))?.[0].length ?? 0)
  return { from: open - before, to: close + 1 + behind }
}

/** What is between two brackets around the cursor, however many lines that is. */
const bracketedAt = (text: string, at: number, wanted: { isAround: boolean; pair: string }): Range | undefined => {
  const { isAround, pair } = wanted
  const [open = '', close = ''] = pair
  const before = partner(text, text[at] === close ? at - 1 : at, { step: -1, own: close, wanted: open })
  const after = partner(text, text[at] === open ? at + 1 : at, { step: 1, own: open, wanted: close })
  if (before === undefined || after === undefined) return undefined
  return isAround ? { from: before, to: after + 1 } : { from: before + 1, to: after }
}

const partner = (
  text: string,
  from: number,
  { step, own, wanted }: { step: 1 | -1; own: string; wanted: string },
): number | undefined => {
  let depth = 0
  for (let at = from; at >= 0 && at < text.length; at += step) {
    if (text[at] === wanted && depth-- === 0) return at
    if (text[at] === own) depth++
  }
  return undefined
}
