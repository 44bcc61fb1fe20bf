/**
 * What tells a text from another, as 16 hexadecimal digits: two FNV-1a hashes of 32 bits, from different beginnings. It is
 * no protection against anybody; Node's hashes, which are, take longer to load than all else that a session needs.
 */
export const fingerprint = (text: string): string =>
  beginnings.map(start => hashFrom(start, text).toString(16).padStart(8, '0')).join('')

const beginnings = [0x811c9dc5, 0x050c5d1f]

const hashFrom = (start: number, text: string): number => {
  let hash = start
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
