import { createParser } from 'eventsource-parser'
import { Failure } from '../core/errors.ts'
import type { Json } from '../core/json.ts'

/**
 * The JSON messages of a reply's body, one by one as they arrive: server-sent events, one JSON value, or the elements of
 * one JSON array (Gemini without `alt=sse`). Bytes may be cut anywhere. What a message holds is the caller's claim.
 * Comments, pings and `[DONE]` are left out. Throws `stream-broken` for what is no JSON.
 */
export async function* messagesIn<Message>(body: AsyncIterable<Uint8Array>): AsyncGenerator<Message> {
  let head = ''
  let reader: Reader | undefined
  for await (const text of decoded(body)) {
    head += text
    reader ??= readerFor(head)
    if (!reader) continue
    yield* reader.feed(head) as Message[]
    head = ''
  }
  if (reader) yield* reader.end() as Message[]
}

/** All the text of a body that is not a stream, an error page for instance. */
export const textIn = async (body: AsyncIterable<Uint8Array>): Promise<string> => {
  const texts: string[] = []
  for await (const text of decoded(body)) texts.push(text)
  return texts.join('')
}

async function* decoded(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const bytes of body) yield decoder.decode(bytes, { stream: true })
  yield decoder.decode()
}

type Reader = { readonly feed: (text: string) => Json[]; readonly end: () => Json[] }

/** The first character tells: content types lie (Gemini sends JSON errors as `text/event-stream`). */
const readerFor = (head: string): Reader | undefined => {
  const first = head.trimStart()[0]
  if (first === undefined) return undefined
  return first === '{' || first === '[' ? jsonReader() : eventReader()
}

const jsonReader = (): Reader => {
  let text = ''
  return {
    feed: more => {
      text += more
      return []
    },
    end: () => {
      const value = parse(text)
      return Array.isArray(value) ? [...value] : [value]
    },
  }
}

const eventReader = (): Reader => {
  const messages: Json[] = []
  const take = (data: string): void => {
    if (data !== '[DONE]' && data !== '') messages.push(parse(data))
  }
  const parser = createParser({
    onEvent: ({ event, data }) => event !== 'ping' && take(data),
    // Seen: OpenRouter's ` data: {…}` with a blank before it, and GPUStack's bare `error: {…}`.
    onError: ({ field, value }) => /^\s*(data|error)$/.test(field ?? '') && take((value ?? '').trim()),
  })
  const feed = wholeLines(text => parser.feed(text))
  const read = (text: string): Json[] => {
    feed(text)
    return messages.splice(0)
  }
  // Some servers end without the blank line that closes the last event.
  return { feed: read, end: () => read('\n\n') }
}

/** Only whole lines reach the parser: it drops odd lines when they come in pieces, and reads them when they come whole. */
const wholeLines = (take: (text: string) => void): ((text: string) => void) => {
  let rest = ''
  return text => {
    rest += text
    const end = text.lastIndexOf('\n')
    if (end === -1) return
    const cut = rest.length - text.length + end + 1
    take(rest.slice(0, cut))
    rest = rest.slice(cut)
  }
}

const parse = (text: string): Json => {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    throw new Failure('stream-broken', `The provider's answer is no JSON at: ${text.slice(0, 80)}`, {
      hint: 'Try again: the answer was probably cut off on its way.',
      cause: error,
    })
  }
}
