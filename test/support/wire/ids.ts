import { randomInt } from 'node:crypto'

const alphabets = {
  letters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  hex: '0123456789abcdef',
} as const

let draw: (from: number, to: number) => number = randomInt

/** From now on the ids of one process are those of the next: for recordings that are kept under version control. */
export const alikeInEachRun = (): void => {
  let state = 1
  draw = (from, to) => {
    // Park and Miller's generator, from 1988; ids need no better one.
    state = (state * 48_271) % 2_147_483_647
    return from + (state % (to - from))
  }
}

/** An id in the shape of a provider (wild-facts 3), new each time. */
export const fresh = (prefix: string, length: number, alphabet: keyof typeof alphabets = 'letters'): string => {
  const letters = alphabets[alphabet]
  return prefix + Array.from({ length }, () => letters[draw(0, letters.length)]).join('')
}

/** Bytes that mean something only to the provider: signatures, encrypted reasoning. */
export const opaque = (bytes: number): string =>
  Buffer.from(Array.from({ length: bytes }, () => draw(0, 256))).toString('base64')

/** Random padding, with which OpenAI hides how long a token is. */
export const obfuscation = (): string => fresh('', draw(4, 16))

/** Blanks without a meaning, with which Anthropic hides how long a token is. */
export const padding = (): string => ' '.repeat(draw(0, 8))
