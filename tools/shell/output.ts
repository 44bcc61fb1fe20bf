import type { Process } from '../../runtime/core/workspace.ts'

type Piece = Process['output'] extends AsyncIterable<infer Each> ? Each : never

/** Characters of a command's output that a model is shown at most, as in cagent. */
const most = 30_000

/** What a command has said so far; of what is too long the beginning and the end, since errors stand at the end. */
export type Output = {
  /** Gives the piece as text. */
  readonly add: (piece: Piece) => string
  readonly text: () => string
}

export const output = (): Output => {
  // A pipe may cut a character in two, so each has a decoder of its own.
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  let head = ''
  let tail = ''
  let length = 0
  return {
    add({ to, bytes }) {
      const text = decoders[to].decode(bytes, { stream: true })
      length += text.length
      const room = most / 2 - head.length
      head += text.slice(0, room)
      tail += text.slice(room)
      if (tail.length > most) tail = tail.slice(-most / 2)
      return text
    },
    text() {
      if (length <= most) return head + tail
      const end = tail.slice(-most / 2)
      const left = (length - head.length - end.length).toLocaleString('en')
      return `${head}\n\n[Output truncated: ${left} characters are left out here; ${shown()}]\n\n${end}`.toWellFormed()
    },
  }
}

/** Made when it is needed: the first number in a language of people costs ten milliseconds. */
const shown = (): string => `the first and the last ${(most / 2).toLocaleString('en')} are shown`
