import { type Fields, fieldsOf, has, isFields, itemsOf, textOf } from './fields.ts'
import type { Beside, Format } from './format.ts'
import type { Kept } from './kept.ts'

/** Recorders that one project wrote for itself. */

/** The pieces are those in which the network brought the answer. */
export const reqLlm: Format = {
  name: 'req_llm',
  isIt: ({ fields: { request, response } }) =>
    isFields(response) && has(request, 'url') && typeof fieldsOf(request['body'])['b64'] === 'string',
  read: ({ fields: { request, response, chunks, captured_at } }) => {
    const asked = fieldsOf(request)
    const answer = fieldsOf(response)
    const pieces = itemsOf(chunks).map(piece => Buffer.from(String(fieldsOf(piece)['b64'] ?? ''), 'base64'))
    const isStream = Array.isArray(chunks)
    return {
      kept: [
        {
          ...called(asked),
          asked: plainOrBase64(asked['body']),
          status: answer['status'],
          headers: answer['headers'],
          answered: isStream ? Buffer.concat(pieces) : plainOrBase64(answer['body']),
          ...(isStream && { cuts: pieces.map(({ length }) => length) }),
        },
      ],
      recorded: captured_at,
    }
  },
}

const called = ({ method, url }: Fields): Pick<Kept, 'method' | 'url'> => ({ method, url })

const plainOrBase64 = (body: unknown): unknown => {
  const { b64 } = fieldsOf(body)
  return typeof b64 === 'string' ? Buffer.from(b64, 'base64') : body
}

export const seinfeld: Format = {
  name: "Braintrust's seinfeld",
  isIt: ({ fields: { entries } }) => itemsOf(entries).some(entry => has(entry, 'matchKey', 'request', 'response')),
  read: ({ fields: { entries, meta } }, beside) => ({
    kept: itemsOf(entries)
      .map(fieldsOf)
      .map(entry => {
        const asked = fieldsOf(entry['request'])
        const { status, headers, body } = fieldsOf(entry['response'])
        return {
          ...called(asked),
          asked: fromSeinfeld(asked['body'], beside),
          status,
          headers,
          answered: fromSeinfeld(body, beside),
        }
      }),
    recorded: fieldsOf(itemsOf(entries)[0])['recordedAt'] ?? fieldsOf(meta)['createdAt'],
  }),
}

/** Frames of a stream are kept without the empty line that ends each. */
const fromSeinfeld = (body: unknown, beside: Beside): unknown => {
  const { kind, value, chunks, path, text } = fieldsOf(body)
  if (kind === 'json') return value
  if (kind === 'sse')
    return itemsOf(chunks)
      .map(frame => `${String(frame)}\n\n`)
      .join('')
  if (kind === 'binary') return beside(String(path))
  return kind === 'text' ? (text ?? value) : undefined
}

/** Of each event of a stream, its name and its data. */
export const talkcody: Format = {
  name: 'TalkCody',
  isIt: ({ fields: { request, response } }) =>
    has(request, 'url') && has(response, 'type') && ('sse_events' in response || 'endpoint_path' in response),
  read: ({ fields: { request, response } }) => {
    const asked = fieldsOf(request)
    const { status, headers, sse_events, body } = fieldsOf(response)
    const answered = Array.isArray(sse_events) ? sse_events.map(fieldsOf).map(frameOf).join('') : body
    return { kept: [{ ...called(asked), asked: asked['body'], status, headers, answered }] }
  },
}

const frameOf = ({ event, data }: Fields): string =>
  `${textOf(event) ? `event: ${textOf(event)}\n` : ''}data: ${textOf(data) ?? ''}\n\n`

export const datadog: Format = {
  name: "Datadog's test agent",
  isIt: ({ fields: { request, response } }) =>
    has(request, 'url', 'body') && has(response, 'status') && isFields(response['status']),
  read: ({ fields: { request, response } }) => {
    const asked = fieldsOf(request)
    const { status, headers, body } = fieldsOf(response)
    return {
      kept: [
        {
          ...called(asked),
          asked: marked(asked['body']),
          status: fieldsOf(status)['code'],
          headers,
          answered: marked(body),
        },
      ],
    }
  },
}

const marked = (body: unknown): unknown =>
  typeof body === 'string' && body.startsWith('base64:') ? Buffer.from(body.slice('base64:'.length), 'base64') : body

export const azureProxy: Format = {
  name: "Azure's test proxy",
  isIt: ({ fields: { Entries } }) => itemsOf(Entries).some(entry => has(entry, 'RequestUri')),
  read: ({ fields: { Entries } }) => ({
    kept: itemsOf(Entries)
      .map(fieldsOf)
      .map(entry => ({
        method: entry['RequestMethod'],
        url: entry['RequestUri'],
        asked: fromAzure(entry['RequestBody']),
        status: entry['StatusCode'],
        headers: entry['ResponseHeaders'],
        answered: fromAzure(entry['ResponseBody']),
      })),
  }),
}

/** Long texts are cut into a list of lines that keep their ends. */
const fromAzure = (body: unknown): unknown =>
  Array.isArray(body) && body.length > 0 && body.every(line => typeof line === 'string') && body.some(isLine)
    ? body.join('')
    : body

const isLine = (text: string): boolean => text.endsWith('\n')
