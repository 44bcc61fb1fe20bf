/** A line that came, or of one that was too long its beginning and its end. */
export type Line = { readonly text: string } | { readonly start: string; readonly end: string }

/** Characters of a line that is too long which are kept at either end: enough for the id of an answer. */
const kept = 400

/**
 * Cuts a stream into lines without holding more than `longest` bytes, whatever comes. A line that is longer is let
 * pass and told by its ends.
 */
export class Lines {
  readonly #longest: number
  #pieces: Buffer[] = []
  #size = 0
  #dropped: { start: string; end: string } | undefined

  constructor(longest: number) {
    this.#longest = longest
  }

  *add(bytes: Buffer): Generator<Line> {
    let start = 0
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      this.#hold(bytes.subarray(start, end))
      start = end + 1
      const line = this.#take()
      if (!('text' in line) || line.text.trim() !== '') yield line
    }
    this.#hold(bytes.subarray(start))
  }

  #hold(piece: Buffer): void {
    if (piece.length === 0) return
    if (this.#dropped) {
      this.#dropped.end = (this.#dropped.end + piece.subarray(-kept).toString()).slice(-kept)
      return
    }
    this.#pieces.push(piece)
    this.#size += piece.length
    if (this.#size <= this.#longest) return
    const all = Buffer.concat(this.#pieces)
    this.#dropped = { start: all.subarray(0, kept).toString(), end: all.subarray(-kept).toString() }
    this.#pieces = []
  }

  #take(): Line {
    const line = this.#dropped ?? { text: Buffer.concat(this.#pieces).toString() }
    this.#dropped = undefined
    this.#pieces = []
    this.#size = 0
    return line
  }
}
