import { Refused } from '../file/bounds.ts'
import type { Format } from './format.ts'
import type { Kept } from './kept.ts'

/** Go's httprr: the sizes of a request and its response in bytes, then both as HTTP/1 has them, and so on. */
export const httprr: Format = {
  name: 'httprr',
  isIt: ({ text }) => text.startsWith('httprr trace v1\n'),
  read: ({ bytes }) => ({ kept: [...exchangesIn(bytes)] }),
}

function* exchangesIn(bytes: Buffer): Generator<Kept> {
  for (let at = lineEnd(bytes, 0); at < bytes.length; ) {
    const start = lineEnd(bytes, at)
    const [request = 0, response = 0] = bytes.toString('latin1', at, start).trim().split(' ').map(Number)
    const end = start + request + response
    if (!(request > 0 && response > 0 && end <= bytes.length)) throw new Refused('one of its sizes is wrong')
    yield exchangeOf(bytes.subarray(start, start + request), bytes.subarray(start + request, end))
    at = end
  }
}

const lineEnd = (bytes: Buffer, from: number): number => {
  const end = bytes.indexOf('\n', from)
  return end === -1 ? bytes.length : end + 1
}

const exchangeOf = (request: Buffer, response: Buffer): Kept => {
  const asked = messageIn(request)
  const said = messageIn(response)
  const [method, url] = asked.start.split(' ')
  return {
    method,
    url,
    asked: asked.body,
    status: said.start.split(' ')[1],
    headers: said.headers,
    answered: said.body,
  }
}

const messageIn = (message: Buffer) => {
  const found = ['\r\n\r\n', '\n\n'].map(gap => ({ gap, at: message.indexOf(gap) })).find(({ at }) => at !== -1)
  const { gap, at } = found ?? { gap: '', at: message.length }
  const [start = '', ...lines] = message.toString('latin1', 0, at).split(/\r?\n/)
  const headers = lines.map(line => {
    const colon = line.indexOf(':')
    return { name: line.slice(0, colon), value: line.slice(colon + 1).trim() }
  })
  const body = message.subarray(at + gap.length)
  const isChunked = headers.some(({ name, value }) => /^transfer-encoding$/i.test(name) && /chunked/i.test(value))
  return { start, headers, body: isChunked ? unchunked(body) : body }
}

const unchunked = (body: Buffer): Buffer => {
  const pieces: Buffer[] = []
  for (let at = 0; ; ) {
    const start = lineEnd(body, at)
    const size = Number.parseInt(body.toString('latin1', at, start), 16)
    if (!(size > 0) || start >= body.length) return Buffer.concat(pieces)
    pieces.push(body.subarray(start, start + size))
    at = lineEnd(body, start + size)
  }
}
