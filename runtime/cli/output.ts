import { fstatSync, writeSync } from 'node:fs'

/** As much of a stream as text for a reader needs: Node's own streams are one. */
export type Output = {
  readonly isTTY: boolean
  readonly columns?: number
  readonly destroyed: boolean
  /** False when the next text should wait for `drain`. */
  readonly write: (text: string) => boolean
  readonly on: (name: OutputEvent, listener: (error: Error) => void) => unknown
  readonly off: (name: OutputEvent, listener: (error: Error) => void) => unknown
  readonly listenerCount: (name: OutputEvent) => number
}
type OutputEvent = 'drain' | 'close' | 'error'

/** Standard output: where it is a file or a pipe, without Node's stream, which takes two milliseconds to make. */
export const standardOutput = (stream: () => NodeJS.WriteStream): Output =>
  isPlain(1) ? plainOutput(1, stream) : stream()

const isPlain = (descriptor: number): boolean => {
  try {
    return !fstatSync(descriptor).isCharacterDevice()
  } catch {
    return false
  }
}

/** Writes at once, as Node does to files and pipes. A pipe that would rather be waited for is left to the stream. */
const plainOutput = (descriptor: number, stream: () => NodeJS.WriteStream): Output => {
  const listeners: ((error: Error) => void)[] = []
  let waiting: NodeJS.WriteStream | undefined
  let destroyed = false

  const wait = (rest: Uint8Array): boolean => {
    waiting = stream()
    for (const listener of listeners) waiting.on('error', listener)
    return waiting.write(rest)
  }
  const fail = (error: Error): boolean => {
    destroyed = true
    for (const listener of listeners) listener(error)
    return true
  }
  return {
    isTTY: false,
    get destroyed() {
      return waiting?.destroyed ?? destroyed
    },
    write: text => {
      if (waiting) return waiting.write(text)
      let rest: Uint8Array = Buffer.from(text)
      try {
        while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest))
        return true
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? wait(rest) : fail(error as Error)
      }
    },
    on: (name, listener) => (waiting ? waiting.on(name, listener) : name === 'error' && listeners.push(listener)),
    off: (name, listener) => {
      const at = name === 'error' ? listeners.indexOf(listener) : -1
      if (at >= 0) listeners.splice(at, 1)
      return waiting?.off(name, listener)
    },
    listenerCount: name => waiting?.listenerCount(name) ?? (name === 'error' ? listeners.length : 0),
  }
}
