/** Ways in which a network may cut the same bytes; none of them changes what was said. */
export const awkward: Readonly<Record<string, (body: Uint8Array) => Uint8Array[]>> = {
  'byte by byte': body => pieces(body, body.length < small ? 1 : 11),
  'cut inside each character and each field name': body => cutAt(body, insideThings(body)),
  'cut between carriage return and line feed, and before each line feed': body => cutAt(body, before(body, lineFeed)),
  'with the other line ends, byte by byte': body => pieces(otherLineEnds(body), body.length < small ? 1 : 11),
  'all at once, after nothing': body => [new Uint8Array(), body],
}

/** One read a byte takes its time; long bodies are cut into eleven bytes, which is as odd. */
const small = 20_000
const lineFeed = 10

const pieces = (body: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(body.length / size) }, (_, index) => body.subarray(index * size, (index + 1) * size))

const cutAt = (body: Uint8Array, places: readonly number[]): Uint8Array[] => {
  const ends = [...places, body.length]
  return ends.map((end, index) => body.subarray(ends[index - 1] ?? 0, end))
}

const before = (body: Uint8Array, byte: number): number[] =>
  [...body.keys()].filter(index => index > 0 && body[index] === byte)

/** Behind the first byte of each character of several, and in the middle of each `data:`, `event:` and `[DONE]`. */
const insideThings = (body: Uint8Array): number[] => {
  const text = Buffer.from(body).toString('latin1')
  const names = [...text.matchAll(/^(data|event):|\[DONE\]/gm)].map(({ index }) => index + 2)
  const characters = [...body.keys()].filter(index => (body[index] ?? 0) >= 0xc0).map(index => index + 1)
  return [...new Set([...names, ...characters])].sort((one, other) => one - other)
}

/** LF for CRLF and CRLF for LF in a stream of events; JSON as it is. */
const otherLineEnds = (body: Uint8Array): Uint8Array => {
  const text = Buffer.from(body).toString()
  if (/^\s*[{[]/.test(text)) return body
  return Buffer.from(text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text.replaceAll('\n', '\r\n'))
}
