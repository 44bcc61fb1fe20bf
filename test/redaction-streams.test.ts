import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redactorOf } from '../runtime/cassette/redact/redact.ts'
import { credentials } from './support/credentials.ts'

const known = { SOME_KEY: 'p@ss/w"rd é+1\\x', PLAIN_KEY: 'plainletters0123' }
const redactor = redactorOf({ secrets: known, home: '', workingDirectory: '' })

// biome-ignore lint/suspicious/noExplicitAny: events of five protocols, written and read by the same line below
type Event = any

/** How a protocol sends a piece of a text, and how it is read again; `other` is what comes between two pieces. */
type Wire = {
  readonly write: (piece: string) => Event
  readonly read: (event: Event) => string | undefined
  readonly other: Event
}

const chat = (delta: Event, index = 0): Event => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  choices: [{ index, delta, finish_reason: null }],
  obfuscation: 'aB3',
})
const call = (index: number, json: string): Event => chat({ tool_calls: [{ index, function: { arguments: json } }] })

const wires: Readonly<Record<string, Wire>> = {
  'OpenAI chat, text': {
    write: content => chat({ content }),
    read: event => (event.choices[0].index === 0 ? event.choices[0].delta.content : undefined),
    other: chat({ content: 'other choice ' }, 1),
  },
  'OpenAI chat, arguments': {
    write: json => call(1, json),
    read: event => event.choices[0].delta.tool_calls.find((call: Event) => call.index === 1)?.function.arguments,
    other: call(0, 'other call '),
  },
  'OpenAI responses, text': {
    write: delta => ({
      type: 'response.output_text.delta',
      item_id: 'msg_1',
      output_index: 1,
      content_index: 0,
      delta,
      sequence_number: 7,
    }),
    read: event => (event.type === 'response.output_text.delta' && event.item_id === 'msg_1' ? event.delta : undefined),
    other: {
      type: 'response.output_text.delta',
      item_id: 'msg_2',
      output_index: 2,
      content_index: 0,
      delta: 'other ',
      sequence_number: 9,
    },
  },
  'OpenAI responses, arguments': {
    write: delta => ({
      type: 'response.function_call_arguments.delta',
      item_id: 'fc_1',
      output_index: 1,
      delta,
      sequence_number: 7,
    }),
    read: event => (event.type === 'response.function_call_arguments.delta' ? event.delta : undefined),
    other: {
      type: 'response.reasoning_summary_text.delta',
      item_id: 'rs_1',
      output_index: 0,
      summary_index: 0,
      delta: 'thinks ',
    },
  },
  'Anthropic, text': {
    write: text => ({ type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text } }),
    read: event => (event.index === 1 ? event.delta.text : undefined),
    other: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'other block ' } },
  },
  'Anthropic, thinking': {
    write: thinking => ({ type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking } }),
    read: event => event.delta?.thinking,
    other: { type: 'ping' },
  },
  'Anthropic, arguments': {
    write: partial_json => ({
      type: 'content_block_delta',
      index: 2,
      delta: { type: 'input_json_delta', partial_json },
    }),
    read: event => event.delta?.partial_json,
    other: { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'other block ' } },
  },
  'Gemini, text': {
    write: text => ({ candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0 }], responseId: 'abc' }),
    read: event => event.candidates[0].content.parts.filter((part: Event) => !part.thought)[0]?.text,
    other: {
      candidates: [{ content: { parts: [{ text: 'thinks ', thought: true }], role: 'model' } }],
      responseId: 'abc',
    },
  },
}

const eventStream =
  (end: string) =>
  (events: readonly Event[]): string =>
    [
      ': a comment',
      '',
      ...events.flatMap(event => [`event: ${event.type ?? 'message'}`, `data: ${JSON.stringify(event)}`, '']),
      'data: [DONE]',
      '',
      '',
    ].join(end)

/** The ways in which a body holds events; `read` gives back the JSON of each. */
const framings: Readonly<
  Record<string, { write: (events: readonly Event[]) => string; read: (body: string) => string[] }>
> = {
  'events, LF': {
    write: eventStream('\n'),
    read: body => [...body.matchAll(/^data: (\{.*)$/gm)].map(([, json = '']) => json),
  },
  'events, CRLF': {
    write: eventStream('\r\n'),
    read: body => [...body.matchAll(/^data: (\{.*)\r$/gm)].map(([, json = '']) => json),
  },
  'a list': {
    write: events => `[${events.map(event => JSON.stringify(event)).join('\n,\r\n')}\n]`,
    read: body => body.slice(1, -2).split('\n,\r\n'),
  },
  lines: {
    write: events => events.map(event => `${JSON.stringify(event)}\n`).join(''),
    read: body => body.trimEnd().split('\n'),
  },
}

/** Cuts a text at these places, as fractions of its length. */
const cutAt = (text: string, cuts: readonly number[]): string[] => {
  const places = [0, ...cuts.map(cut => Math.floor(cut * text.length)).sort((a, b) => a - b), text.length]
  return places.slice(1).map((end, index) => text.slice(places[index], end))
}

const anySecret = fc.constantFrom(
  ...[7, 8].flatMap(credentials).map(({ text, secret }) => ({ text, secret })),
  ...Object.values(known).map(secret => ({ text: secret, secret })),
)
const aSaying = fc.record({
  credential: anySecret,
  before: fc.constantFrom('', 'the key is ', 'a\nb "', '{"x":1}\n\n', 'é\u{1F600} '),
  after: fc.constantFrom('', ' and so on', '\n', '". Then more', ' é\u{1F600}'),
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
  escaped: fc.boolean(),
})

for (const [name, { write, read, other }] of Object.entries(wires)) {
  for (const [how, framing] of Object.entries(framings)) {
    test(`${name}, ${how}: a secret in pieces is hidden as if it had come whole`, () => {
      fc.assert(
        fc.property(aSaying, ({ credential: { text, secret }, before, after, cuts, escaped }) => {
          const whole = escaped
            ? JSON.stringify({ path: 'a.txt', content: before + text + after })
            : before + text + after
          const events = cutAt(whole, cuts).flatMap((piece, index) =>
            index % 3 === 1 ? [other, write(piece)] : [write(piece)],
          )
          const body = framing.write(events)
          const redacted = redactor.body(body)
          const jsons = framing.read(redacted)

          expect(jsons).toHaveLength(events.length)
          const parsed = jsons.map(json => JSON.parse(json))
          const heard = parsed.map(event => read(event) ?? '').join('')
          expect(heard).toBe(redactor.text(whole))
          for (const line of secret.split('\n')) expect(heard).not.toContain(line)
          if (escaped) expect(JSON.parse(heard).path).toBe('a.txt')
          events.forEach((event, index) => {
            if (read(event) === read(parsed[index])) expect(jsons[index]).toBe(JSON.stringify(event))
          })
          expect(framing.write(parsed)).toBe(redacted)
          expect(redactor.body(redacted)).toBe(redacted)
        }),
        { numRuns: 60 },
      )
    })
  }
}

test('the placeholder stands where the secret began, the pieces behind lose their part of it', () => {
  const pieces = ['the key is pla', 'inlett', 'ers0123, and ', 'so on']
  const body = eventStream('\n')(pieces.map(content => chat({ content })))
  const heard = [...redactor.body(body).matchAll(/"content":"([^"]*)"/g)].map(([, content]) => content)
  expect(heard).toEqual(['the key is ${secret:PLAIN_KEY}', '', ', and ', 'so on'])
})

test('a stream without secrets keeps each byte', () => {
  const odd =
    '\ufeff: hello\n\nid: 3\nevent: x\ndata:{"a" : 1.0e3,"b":"\\u00e9\\/",}\n\ndata: not json\ndata: {"torn":"\n\n data: {"a":[]}\n\nerror: {"a":"b"}\n\n'
  expect(redactor.body(odd)).toBe(odd)
  expect(redactor.body(odd.replaceAll('\n', '\r\n'))).toBe(odd.replaceAll('\n', '\r\n'))
})

test('a secret is hidden also where the stream is cut off behind it', () => {
  const body = eventStream('\n')(['it is plainl', 'etters', '0123 and'].map(content => chat({ content })))
  const end = body.indexOf('0123 and')
  expect(redactor.body(body.slice(0, end + 4))).not.toMatch(/plainl|"etters|0123/)
  expect(redactor.body(body.slice(0, end + 6))).not.toMatch(/plainl|"etters|0123/)
})

test('the probabilities of tokens do not spell what the text hides', () => {
  const tokens = ['it', ' is', ' pl', 'ainlet', 'ters0123', '.']
  const logprobs = { content: tokens.map(token => ({ token, logprob: -0.1, top_logprobs: [] })) }
  const body = eventStream('\n')([
    { choices: [{ index: 0, delta: { content: tokens.join('') }, logprobs }] },
    chat({ content: 'x' }),
  ])
  const heard = [...redactor.body(body).matchAll(/"token":"([^"]*)"/g)].map(([, token]) => token).join('')
  expect(heard).toBe('it is ${secret:PLAIN_KEY}.')
})

test('a log of a stream hides what the stream hides', () => {
  const body = eventStream('\n')(['it is plainl', 'etters', '0123 and'].map(content => chat({ content })))
  expect(redactor.text(`← root 200 /chat/completions ${body}`)).not.toMatch(/plainl|"etters|0123/)
})
