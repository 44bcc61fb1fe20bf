import type { Motion } from './parse.ts'
import {
  type Cell,
  cellsOf,
  firstWord,
  graphemeAt,
  indexAt,
  lineEnd,
  lineStart,
  linesFrom,
  onto,
  placeOf,
} from './text.ts'
import { backWord, endBefore, endOfWord, nextWord, restOfWord } from './words.ts'

/** Where a motion leads. An operator works up to there, on what stands there too (`on`), or on whole lines. */
export type Reached = { readonly at: number; readonly how: 'before' | 'on' | 'lines' }

/** What `f` and the like look for, which `;` and `,` repeat. */
export type Find = { readonly name: string; readonly char: string }

export type Here = {
  readonly text: string
  readonly cursor: number
  /** Absent where no count was said. */
  readonly count: number | undefined
  readonly find: Find | undefined
  /** What works on the text up to there. */
  readonly operator?: string
}

/** Nothing where the motion leads nowhere. */
export const reached = (here: Here, motion: Motion): Reached | undefined => {
  const { name, char } = motion
  if (char !== undefined) return found(here, { name, char }, false)
  if (name === ';' || name === ',')
    return here.find && found(here, name === ';' ? here.find : { ...here.find, name: opposite(here.find.name) }, true)
  return moves[name]?.(here)
}

const opposite = (name: string): string => (name === name.toLowerCase() ? name.toUpperCase() : name.toLowerCase())

const times = (count: number | undefined, from: number, step: (index: number) => number): number => {
  let index = from
  for (let done = 0; done < (count ?? 1); done++) {
    const next = step(index)
    if (next === index) break
    index = next
  }
  return index
}

type Step = (cells: readonly Cell[], index: number, isBig: boolean) => number

const byWords =
  (step: Step, isBig: boolean, how: 'before' | 'on') =>
  ({ text, cursor, count }: Here): Reached => {
    const cells = cellsOf(text)
    return {
      at: placeOf(
        cells,
        times(count, indexAt(cells, cursor), index => step(cells, index, isBig)),
      ),
      how,
    }
  }

/** The next word; an operator stays in the line of the last, and `cw` changes no space behind it. */
const toWord =
  (isBig: boolean) =>
  (here: Here): Reached => {
    const { text, cursor, count = 1, operator } = here
    const cells = cellsOf(text)
    const index = indexAt(cells, cursor)
    if (operator === 'c' && cells[index] && cells[index].kind !== 'blank') {
      const end = times(count - 1, restOfWord(cells, index, isBig), at => endOfWord(cells, at, isBig))
      return { at: placeOf(cells, end), how: 'on' }
    }
    const last = times(count - 1, index, at => nextWord(cells, at, isBig))
    const at = placeOf(cells, nextWord(cells, last, isBig))
    if (operator === undefined) return { at, how: 'before' }
    return { at: Math.min(at, Math.max(cursor, lineEnd(text, placeOf(cells, last)))), how: 'before' }
  }

const sideways =
  (step: -1 | 1) =>
  ({ text, cursor, count = 1 }: Here): Reached => {
    const start = lineStart(text, cursor)
    const cells = cellsOf(text.slice(start, lineEnd(text, cursor)))
    const index = Math.min(Math.max(0, indexAt(cells, cursor - start) + step * count), cells.length)
    return { at: start + placeOf(cells, index), how: 'before' }
  }

/** Whole lines, up or down; nothing where there are not so many. */
const lines =
  (step: -1 | 1) =>
  ({ text, cursor, count = 1 }: Here): Reached | undefined => {
    let at = lineStart(text, cursor)
    for (let done = 0; done < count; done++) {
      if (step < 0 ? at === 0 : lineEnd(text, at) === text.length) return undefined
      at = step < 0 ? lineStart(text, at - 1) : lineEnd(text, at) + 1
    }
    return { at, how: 'lines' }
  }

const toLine =
  (isLast: boolean) =>
  ({ text, count }: Here): Reached => {
    const line = count === undefined && isLast ? text.split('\n').length : (count ?? 1)
    const { to } = linesFrom(text, 0, line)
    return { at: firstWord(text, to), how: 'lines' }
  }

/** To the next line without a word, or the one before. */
const paragraphs =
  (step: -1 | 1) =>
  ({ text, cursor, count }: Here): Reached => {
    const next = (from: number): number => {
      let at = lineStart(text, from)
      let isInside = false
      for (;;) {
        const isEmpty = text.slice(at, lineEnd(text, at)).trim() === ''
        if (isEmpty && isInside) return at
        isInside ||= !isEmpty
        if (step < 0 ? at === 0 : lineEnd(text, at) === text.length) return step < 0 ? 0 : text.length
        at = step < 0 ? lineStart(text, at - 1) : lineEnd(text, at) + 1
      }
    }
    return { at: times(count, cursor, next), how: 'before' }
  }

const toEnd = ({ text, cursor, count = 1 }: Here): Reached => {
  const { to } = linesFrom(text, cursor, count)
  return to === lineStart(text, to) ? { at: to, how: 'before' } : { at: onto(text, to), how: 'on' }
}

const pairs: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', ')': '(', ']': '[', '}': '{' }

/** The bracket that belongs to the next one of this line. */
const toPair = ({ text, cursor }: Here): Reached | undefined => {
  const end = lineEnd(text, cursor)
  let at = cursor
  while (at < end && pairs[text[at] ?? ''] === undefined) at++
  const own = text[at] ?? ''
  const other = pairs[own]
  if (other === undefined || at >= end) return undefined
  const step = '([{'.includes(own) ? 1 : -1
  let depth = 0
  for (let place = at; place >= 0 && place < text.length; place += step) {
    if (text[place] === own) depth++
    if (text[place] === other && --depth === 0) return { at: place, how: 'on' }
  }
  return undefined
}

/** A grapheme in this line; `t` stops before it, and when it is repeated does not stay there. */
const found = ({ text, cursor, count = 1 }: Here, { name, char }: Find, isAgain: boolean): Reached | undefined => {
  const start = lineStart(text, cursor)
  const cells = cellsOf(text.slice(start, lineEnd(text, cursor)))
  const step = name === 'f' || name === 't' ? 1 : -1
  const stop = name === 't' || name === 'T' ? step : 0
  let index = indexAt(cells, cursor - start) + (isAgain ? stop : 0)
  for (let left = count; left > 0; ) {
    index += step
    if (index < 0 || index >= cells.length) return undefined
    if (cells[index]?.text === char) left--
  }
  return { at: start + placeOf(cells, index - stop), how: step > 0 ? 'on' : 'before' }
}

const moves: Readonly<Record<string, (here: Here) => Reached | undefined>> = {
  h: sideways(-1),
  l: sideways(1),
  j: lines(1),
  k: lines(-1),
  w: toWord(false),
  W: toWord(true),
  b: byWords(backWord, false, 'before'),
  B: byWords(backWord, true, 'before'),
  e: byWords(endOfWord, false, 'on'),
  E: byWords(endOfWord, true, 'on'),
  ge: byWords(endBefore, false, 'on'),
  gE: byWords(endBefore, true, 'on'),
  '0': ({ text, cursor }) => ({ at: lineStart(text, cursor), how: 'before' }),
  '^': ({ text, cursor }) => ({ at: firstWord(text, cursor), how: 'before' }),
  _: ({ text, cursor, count = 1 }) => ({ at: firstWord(text, linesFrom(text, cursor, count).to), how: 'lines' }),
  $: toEnd,
  gg: toLine(false),
  G: toLine(true),
  '{': paragraphs(-1),
  '}': paragraphs(1),
  '%': toPair,
}

/** What an operator works on, from where the cursor is to where a motion leads. */
export const span = (text: string, cursor: number, { at, how }: Reached): { from: number; to: number } => {
  const from = Math.min(cursor, at)
  const to = Math.max(cursor, at)
  if (how === 'lines') return { from: lineStart(text, from), to: lineEnd(text, to) }
  if (how === 'on') return { from, to: graphemeAt(text, to).end }
  // What ends at the beginning of a line leaves the end of the line before.
  return { from, to: to > from && text[to - 1] === '\n' && to - 1 > from ? to - 1 : to }
}
