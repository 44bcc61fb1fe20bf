import { callOf, type RecordedCall } from './body.ts'

/** Go's httprr: the sizes of request and response, then both as they went over HTTP/1. */
export const httprrCalls = (bytes: Uint8Array): RecordedCall[] => {
  const calls: RecordedCall[] = []
  let rest = Buffer.from(afterLine(bytes))
  while (rest.length > 0) {
    const end = rest.indexOf('\n') + 1
    const [request = 0, response = 0] = rest.toString('latin1', 0, end).split(' ').map(Number)
    calls.push(httpCall(rest.subarray(end, end + request), rest.subarray(end + request, end + request + response)))
    rest = rest.subarray(end + request + response)
  }
  return calls
}

const afterLine = (bytes: Uint8Array): Uint8Array => bytes.subarray(bytes.indexOf(10) + 1)

const httpCall = (request: Buffer, response: Buffer): RecordedCall => {
  const asked = httpMessage(request)
  const said = httpMessage(response)
  const [method = '', url = ''] = asked.start.split(' ')
  const status = said.start.split(' ')[1]
  return callOf({ method, url, request: asked.body, status, headers: said.headers, response: said.body })
}

const httpMessage = (message: Buffer) => {
  const end = message.indexOf('\r\n\r\n')
  const [start = '', ...lines] = message.toString('latin1', 0, end).split('\r\n')
  const headers = lines.map(line => ({
    name: line.split(':')[0] ?? '',
    value: line.slice(line.indexOf(':') + 1).trim(),
  }))
  const body = message.subarray(end + 4)
  const chunked = headers.some(({ name, value }) => /^transfer-encoding$/i.test(name) && /chunked/i.test(value))
  return { start, headers, body: chunked ? unchunked(body) : body }
}

const unchunked = (body: Buffer): Buffer => {
  const pieces: Buffer[] = []
  for (let at = 0; ; ) {
    const line = body.indexOf('\r\n', at)
    const size = Number.parseInt(body.toString('latin1', at, line), 16)
    if (line === -1 || !size) return Buffer.concat(pieces)
    pieces.push(body.subarray(line + 2, line + 2 + size))
    at = line + 2 + size + 2
  }
}

/**
 * Only the answer was kept. `.chunks.txt` holds the JSON of one event a line, sometimes of several answers one after the
 * other; the rest is as it came.
 */
export const answerOnly = (bytes: Uint8Array, { file, url }: { file: string; url: string }): RecordedCall[] => {
  const answers = file.endsWith('.chunks.txt') ? eventsIn(Buffer.from(bytes).toString()) : [bytes]
  return answers.map(response => callOf({ method: 'POST', url, status: undefined, response }))
}

const eventsIn = (text: string): string[] => {
  const frames = text
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => `data: ${line}\n\n`)
  const starts = frames.flatMap((frame, index) => (frame.includes('"type":"response.created"') ? [index] : []))
  const begins = [0, ...starts.filter(index => index > 0)]
  return begins.map((begin, index) => frames.slice(begin, begins[index + 1]).join(''))
}
