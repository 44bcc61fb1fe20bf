import { randomBytes, randomInt } from 'node:crypto'

const alphabets = {
  letters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  hex: '0123456789abcdef',
} as const

/** An id in the shape of a provider (wild-facts 3), new each time. */
export const fresh = (prefix: string, length: number, alphabet: keyof typeof alphabets = 'letters'): string => {
  const letters = alphabets[alphabet]
  return prefix + Array.from({ length }, () => letters[randomInt(letters.length)]).join('')
}

/** Bytes that mean something only to the provider: signatures, encrypted reasoning. */
export const opaque = (bytes: number): string => randomBytes(bytes).toString('base64')

/** Random padding, with which OpenAI hides how long a token is. */
export const obfuscation = (): string => fresh('', randomInt(4, 16))
