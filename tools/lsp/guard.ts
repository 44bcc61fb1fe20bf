/** Bytes of one message. Nothing that a model could read is larger. */
const largest = 32 * 1024 * 1024
const longestHead = 4096

/** What a server may send without answering anything. */
const most = { bytes: 128 * 1024 * 1024, messages: 100_000 }

/**
 * Looks at what a server writes, before anything of it is held: whoever announces more than can be used, writes what is
 * no message, or sends without end is found out at once.
 */
export class Guard {
  #head = ''
  /** Bytes of the body that are still to come. */
  #left = 0
  /** What came since the last answer. */
  #bytes = 0
  #messages = 0

  /** Why no more can be heard of this server; nothing while it behaves. */
  look(bytes: Buffer): string | undefined {
    this.#bytes += bytes.length
    let at = 0
    while (at < bytes.length) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, bytes.length - at)
        this.#left -= taken
        at += taken
        continue
      }
      const before = this.#head.length
      this.#head += bytes.toString('latin1', at, at + longestHead)
      const end = this.#head.indexOf('\r\n\r\n')
      if (end < 0) return this.#isHead() ? this.#tooMuch() : noMessage(this.#head)
      const length = /(?:^|\r\n)content-length: *(\d+)(?:\r\n|$)/i.exec(this.#head.slice(0, end))?.[1]
      if (length === undefined) return noMessage(this.#head)
      if (Number(length) > largest) return `it sent a message of ${length} bytes, more than anybody could use`
      at += end + 4 - before
      this.#head = ''
      this.#left = Number(length)
      this.#messages += 1
    }
    return this.#tooMuch()
  }

  /** It has answered something. */
  answered(): void {
    this.#bytes = 0
    this.#messages = 0
  }

  /** The beginning of a head may stand alone; what is none is told before its end. */
  #isHead(): boolean {
    return this.#head.length < longestHead && 'content-'.startsWith(this.#head.slice(0, 8).toLowerCase())
  }

  #tooMuch(): string | undefined {
    if (this.#bytes <= most.bytes && this.#messages <= most.messages) return undefined
    return 'it sent without end and answered nothing'
  }
}

const noMessage = (text: string): string =>
  `it wrote something that is no message of the Language Server Protocol: ${JSON.stringify(text.slice(0, 200))}`
