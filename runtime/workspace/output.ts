import type { Readable } from 'node:stream'
import type { Process } from '../core/workspace.ts'

type Piece = { readonly to: 'stdout' | 'stderr'; readonly bytes: Uint8Array }

/** Bytes that wait for a reader before the command has to wait for him. */
const mostWaiting = 1024 * 1024

/** Milliseconds of silence after which a command that has ended is taken to have said everything. */
const silence = 100

/**
 * What a command says on both pipes, in the order of arrival. It ends when both are closed, or when the command has
 * ended and there is silence: what the command left running in the background holds the pipes open.
 */
export async function* outputOf(
  pipes: { readonly stdout: Readable; readonly stderr: Readable },
  ended: Promise<unknown>,
): Process['output'] & AsyncGenerator<Piece> {
  const waiting = new Waiting()
  const all = [pipes.stdout, pipes.stderr]
  let open = all.length
  for (const [to, pipe] of [['stdout', pipes.stdout] as const, ['stderr', pipes.stderr] as const]) {
    pipe.on('data', (bytes: Uint8Array) => {
      waiting.add({ to, bytes })
      if (waiting.size > mostWaiting) for (const each of all) each.pause()
    })
    pipe.once('close', () => {
      open -= 1
      if (open === 0) waiting.close()
    })
    // A pipe that breaks has nothing more to say; how the command ended is told by its exit.
    pipe.once('error', () => pipe.destroy())
  }
  const hasEnded = () => waiting.closeAfter(silence)
  void ended.then(hasEnded, hasEnded)
  for (let piece = await waiting.next(); piece; piece = await waiting.next()) {
    if (waiting.size === 0) for (const pipe of all) pipe.resume()
    yield piece
  }
  // Nobody reads on, yet what still runs must not be held up.
  for (const pipe of all) pipe.removeAllListeners('data').resume()
}

/** Pieces between the pipes and their one reader. */
class Waiting {
  readonly #pieces: Piece[] = []
  #closed = false
  #patience: number | undefined
  #timer: NodeJS.Timeout | undefined
  #wake: () => void = () => undefined
  size = 0

  add(piece: Piece): void {
    this.#pieces.push(piece)
    this.size += piece.bytes.length
    this.#wake()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#closed = true
    this.#wake()
  }

  /** From now on, silence for that many milliseconds is the end. */
  closeAfter(milliseconds: number): void {
    this.#patience = milliseconds
    this.#wake()
  }

  async next(): Promise<Piece | undefined> {
    while (this.#pieces.length === 0 && !this.#closed) {
      clearTimeout(this.#timer)
      if (this.#patience !== undefined) this.#timer = setTimeout(() => this.close(), this.#patience)
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      await promise
    }
    clearTimeout(this.#timer)
    const piece = this.#pieces.shift()
    this.size -= piece?.bytes.length ?? 0
    return piece
  }
}
