import { createParser } from 'eventsource-parser'
import { Failure } from '../core/errors.ts'
import type { Json } from '../core/json.ts'
import { plain } from './plain.ts'

/**
 * The JSON messages of a reply's body, one by one as they arrive: server-sent events, one JSON value, or the elements of
 * one JSON array (Gemini without `alt=sse`). Bytes may be cut anywhere. What a message holds is the caller's claim.
 * Comments and pings are left out, and so is `[DONE]` unless `done` is to be told in its place.
 * Throws `stream-broken` for what is no JSON, and for a connection that breaks; `model-request` for a web page and the like.
 */
export async function* messagesIn<Message>(
  body: AsyncIterable<Uint8Array>,
  done?: Message & Json,
): AsyncGenerator<Message> {
  let head = ''
  let reader: Reader | undefined
  for await (const text of decoded(body)) {
    head += text
    reader ??= readerFor(head, done)
    if (!reader) continue
    yield* reader.feed(head) as Message[]
    head = ''
  }
  if (reader) yield* reader.end() as Message[]
}

/** The text of a body that is not a stream, an error page for instance; what came of it, where the connection broke. */
export const textIn = async (body: AsyncIterable<Uint8Array>): Promise<string> => {
  const texts: string[] = []
  try {
    for await (const text of decoded(body)) texts.push(text)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
  }
  return texts.join('')
}

async function* decoded(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const bytes of arriving(body)) yield decoder.decode(bytes, { stream: true })
  yield decoder.decode()
}

/** What goes wrong with the connection, in a Failure's words. Who cancelled it gets his own reason back. */
async function* arriving(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch (error) {
    if (error instanceof Failure || (error instanceof Error && error.name === 'AbortError')) throw error
    throw new Failure('stream-broken', "The connection broke off in the middle of the provider's answer.", {
      hint: 'Try again. If it happens at the same place every time, the server or a proxy before it cuts long answers.',
      cause: error,
    })
  }
}

type Reader = { readonly feed: (text: string) => Json[]; readonly end: () => Json[] }

/** The first character tells: content types lie (Gemini sends JSON errors as `text/event-stream`). */
const readerFor = (head: string, done: Json | undefined): Reader | undefined => {
  const first = head.trimStart()[0]
  if (first === undefined) return undefined
  return first === '{' || first === '[' ? jsonReader() : checkedStream(eventReader(done))
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

const eventReader = (done: Json | undefined): Reader => {
  const messages: Json[] = []
  const take = (data: string): void => {
    if (data === '') return
    if (data.trim() !== '[DONE]') messages.push(parse(data))
    else if (done !== undefined) messages.push(done)
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

const fields = ['data', 'event', 'id', 'retry', 'error']
/** A line that belongs to a stream of events, if only as a comment. */
const anyField = new RegExp(`^[ \\t]*(${fields.join('|')})?:`, 'm')
/** Of a stream that was cut off in its first word nothing else can be known. */
const isBeginning = (text: string): boolean => fields.some(field => field.startsWith(text.trim()))

/** Something else than the API answers, and has a lot to say or little: a start page, a login, `Ollama is running`. */
const checkedStream = (reader: Reader): Reader => {
  let text = ''
  let isStream = false
  return {
    feed: more => {
      if (!isStream) text = (text + more).slice(0, furthest)
      isStream ||= anyField.test(text)
      return reader.feed(more)
    },
    end: () => {
      if (isStream || isBeginning(text)) return reader.end()
      throw new Failure(
        'model-request',
        `The provider answered with something else than its API does: ${plain(text)}`,
        {
          hint: 'Check the base URL: it often ends in /v1.',
        },
      )
    },
  }
}

const furthest = 4000

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
    throw new Failure('stream-broken', `The provider's answer is not JSON at: ${text.slice(0, 80)}`, {
      hint: 'Try again: the answer was probably cut off on its way.',
      cause: error,
    })
  }
}
