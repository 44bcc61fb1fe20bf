import type { Cell } from './text.ts'

/** Two cells are of the same word; of a big one (`W`), whatever they are, unless spaces. */
const alike = (a: Cell | undefined, b: Cell | undefined, isBig: boolean): boolean =>
  a !== undefined && b !== undefined && (isBig ? (a.kind === 'blank') === (b.kind === 'blank') : a.kind === b.kind)

const isBlank = (cell: Cell | undefined): boolean => cell?.kind === 'blank'

/** A line without anything is a word of its own. */
const isEmptyLine = (cells: readonly Cell[], index: number): boolean =>
  cells[index]?.text === '\n' && (index === 0 || cells[index - 1]?.text === '\n')

/** Where the next word begins. */
export const nextWord = (cells: readonly Cell[], index: number, isBig: boolean): number => {
  let next = index
  if (isBlank(cells[next])) next++
  else while (next < cells.length && alike(cells[index], cells[next], isBig)) next++
  while (isBlank(cells[next]) && !isEmptyLine(cells, next)) next++
  return Math.min(next, cells.length)
}

/** Where this word begins, or the one before. */
export const backWord = (cells: readonly Cell[], index: number, isBig: boolean): number => {
  let back = index - 1
  while (back > 0 && isBlank(cells[back]) && !isEmptyLine(cells, back)) back--
  while (back > 0 && !isBlank(cells[back]) && alike(cells[back], cells[back - 1], isBig)) back--
  return Math.max(0, back)
}

/** The last cell of the word that this one belongs to. */
export const restOfWord = (cells: readonly Cell[], index: number, isBig: boolean): number => {
  let end = index
  while (alike(cells[index], cells[end + 1], isBig)) end++
  return end
}

/** The end of this word, or where it is already, of the next. */
export const endOfWord = (cells: readonly Cell[], index: number, isBig: boolean): number => {
  let end = index + 1
  while (isBlank(cells[end])) end++
  return end >= cells.length ? Math.max(0, cells.length - 1) : restOfWord(cells, end, isBig)
}

/** The end of the word before. */
export const endBefore = (cells: readonly Cell[], index: number, isBig: boolean): number => {
  let back = index
  while (back > 0 && !isBlank(cells[back]) && alike(cells[index], cells[back], isBig)) back--
  while (back > 0 && isBlank(cells[back]) && !isEmptyLine(cells, back)) back--
  return Math.max(0, back)
}
