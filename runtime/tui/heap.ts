import { flushCompileCache } from 'node:module'
import { setFlagsFromString } from 'node:v8'

/**
 * Has V8 favour memory over speed once the first picture stands. Left to itself it takes 128 MB for new objects, and
 * collects old ones when there are four times as many as are needed; a screen is hardly slower without (see
 * docs/decisions/014).
 */
export const smallHeap = (): Disposable => {
  // Compiled code is good for the flags it was compiled with: what there is by now is stored before they change, and the
  // rest when they are again what they were.
  flushCompileCache()
  setFlagsFromString('--optimize-for-size')
  return { [Symbol.dispose]: () => setFlagsFromString('--no-optimize-for-size') }
}
