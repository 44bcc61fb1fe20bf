import { columnsOf, graphemes } from './width.ts'

/**
 * The last lines of what a program writes, as a terminal would show them: it writes over what stands in a line (progress
 * bars), moves the cursor up a little, clears. Plain data; what cannot be shown is left out, colours too.
 */
export type Tail = {
  /** One grapheme a cell; the further cells of a wide one are empty. */
  readonly lines: readonly (readonly string[])[]
  readonly row: number
  readonly column: number
  /** The beginning of a control sequence whose end has not come yet. */
  readonly begun: string
}

export const emptyTail: Tail = { lines: [[]], row: 0, column: 0, begun: '' }

/** Lines that the cursor can reach, and cells that a line has; what is beyond them is not kept. */
const height = 24
const width = 500
/** Characters of which the last lines are made where more comes at once. */
const longestPiece = 32_768
/** A family, or a letter with many marks; longer ones are made to be long. */
const longestGrapheme = 50
/** Of a text without an end of line so much is looked at: more would stand beyond the last column. */
const longestText = 4 * width
/** Of a control sequence that is longer nothing good is to be expected. */
const longestSequence = 4096

/** Parameters and the last letter of a sequence, another sequence, a control character, or text. */
const pieces =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\|(?=[\n\x1b]))|\x1b[ -/]*[0-~]|[\0-\x1f\x7f-\x9f]|[^\0-\x1f\x7f-\x9f]+/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const unfinished = /\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b\n]*\x1b?|[ -/]*)$/

/** After some more text. */
export const tailAfter = (tail: Tail, text: string): Tail => {
  const all = tail.begun + (text.length > longestPiece ? text.slice(-longestPiece) : text)
  const begun = unfinished.exec(all)?.[0] ?? ''
  const screen = new Screen(tail)
  for (const [piece, parameters, last] of all.slice(0, all.length - begun.length).matchAll(pieces)) {
    if (last !== undefined) screen.obey(last, parameters ?? '')
    else if (/^\P{Cc}/u.test(piece)) screen.write(piece.slice(0, longestText))
    else screen.control(piece)
  }
  return { ...screen.shown(), begun: kept(begun) }
}

/** What a long string sequence holds (a picture, perhaps) is not wanted: only that it has not ended. */
const kept = (begun: string): string => {
  if (begun.length <= longestSequence) return begun
  return begun[1] === '[' ? '' : begun.slice(0, 2)
}

/** The last lines that hold something, at most so many, the newest last. */
export const tailLines = ({ lines }: Pick<Tail, 'lines'>, most: number): string[] =>
  lines
    .map(cells => cells.join('').trimEnd())
    .filter(line => line !== '')
    .slice(-most)

class Screen {
  readonly #lines: string[][]
  #row: number
  #column: number

  constructor({ lines, row, column }: Tail) {
    this.#lines = lines.map(cells => [...cells])
    this.#row = row
    this.#column = column
  }

  shown(): Omit<Tail, 'begun'> {
    return { lines: this.#lines, row: this.#row, column: this.#column }
  }

  write(text: string): void {
    // Letters are one cell each, and most that is written.
    if (/^[\x20-\x7e]*$/.test(text)) for (const letter of text) this.#put(letter, 1)
    else for (const grapheme of graphemes(text)) this.#put(grapheme, columnsOf(grapheme))
  }

  control(character: string): void {
    if (character === '\n') this.#newLine()
    if (character === '\r') this.#column = 0
    if (character === '\b') this.#column = Math.max(0, this.#column - 1)
    if (character === '\t') this.#column += 8 - (this.#column % 8)
  }

  /** A control sequence by its last letter; those that are not known change nothing. */
  obey(last: string, parameters: string): void {
    const [first = 0, second = 0] = parameters.split(';').map(number => Number(number) || 0)
    const count = Math.max(1, first)
    if (last === 'A' || last === 'F') this.#to(this.#row - count, last === 'F' ? 0 : this.#column)
    if (last === 'B' || last === 'E') this.#to(this.#row + count, last === 'E' ? 0 : this.#column)
    if (last === 'C') this.#column += count
    if (last === 'D') this.#column = Math.max(0, this.#column - count)
    if (last === 'G') this.#column = count - 1
    if (last === 'H' || last === 'f') this.#to(count - 1, Math.max(1, second) - 1)
    if (last === 'K') this.#erase(first)
    if (last === 'J') this.#clear(first)
  }

  #line(): string[] {
    return this.#lines[this.#row] ?? []
  }

  #to(row: number, column: number): void {
    this.#column = column
    this.#row = Math.max(0, Math.min(row, height - 1))
    while (this.#lines.length <= this.#row) this.#lines.push([])
  }

  #newLine(): void {
    if (this.#row === height - 1) this.#lines.push(...this.#lines.splice(0, 1).map(() => []))
    this.#to(this.#row + 1, 0)
  }

  #put(grapheme: string, columns: number): void {
    const line = this.#line()
    const at = this.#column
    if (columns === 0) {
      // A mark belongs to what it stands behind.
      if (at > 0 && at <= line.length && (line[at - 1]?.length ?? 0) < 16) line[at - 1] += grapheme.slice(0, 16)
      return
    }
    if (at + columns > width) return
    while (line.length < at) line.push(' ')
    // Half of what is written over is nothing.
    if (line[at] === '') line[at - 1] = ' '
    line[at] = grapheme.slice(0, longestGrapheme)
    for (let more = 1; more < columns; more++) line[at + more] = ''
    this.#column = at + columns
    if (line[this.#column] === '') line[this.#column] = ' '
  }

  /** Of the line: what is behind the cursor, what is before it, or all. */
  #erase(what: number): void {
    const line = this.#line()
    if (what === 0 && line[this.#column] === '') line[this.#column - 1] = ' '
    if (what === 1) for (let at = 0; at <= Math.min(this.#column, line.length - 1); at++) line[at] = ' '
    else line.splice(what === 0 ? this.#column : 0)
    if (line[this.#column + 1] === '') line[this.#column + 1] = ' '
  }

  /** Of all lines: what is below the cursor, what is above it, or all. */
  #clear(what: number): void {
    this.#erase(Math.min(what, 2))
    for (const [row, line] of this.#lines.entries()) {
      if (what >= 2 || (what === 0 ? row > this.#row : row < this.#row)) line.length = 0
    }
  }
}
