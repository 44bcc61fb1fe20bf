/** A time limit that begins anew with each sign of life, and stands still while a person is asked something. */
export class Idle implements Disposable {
  readonly #milliseconds: number
  readonly #controller = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #questions = 0
  #isOver = false

  constructor(seconds: number) {
    this.#milliseconds = 1000 * seconds
    this.touch()
  }

  /** Fires when the time is over. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  touch(): void {
    clearTimeout(this.#timer)
    if (this.#questions > 0 || this.#isOver) return
    this.#timer = setTimeout(() => this.#controller.abort(new Error('no sign of life')), this.#milliseconds)
  }

  hold(): void {
    this.#questions += 1
    clearTimeout(this.#timer)
  }

  release(): void {
    this.#questions -= 1
    this.touch()
  }

  /** An answer may come after the end. */
  [Symbol.dispose](): void {
    this.#isOver = true
    clearTimeout(this.#timer)
  }
}
