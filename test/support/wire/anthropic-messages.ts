import { fresh, opaque, padding } from './ids.ts'
import { jsonPieces, type Speech } from './say.ts'

const stopReasons = {
  end: 'end_turn',
  'tool-calls': 'tool_use',
  length: 'max_tokens',
  refusal: 'refusal',
  'content-filter': 'refusal',
} as const

/** Messages as api.anthropic.com streams them: blocks, a ping after the first, blanks before the closing brace. */
export function* anthropicFrames(speech: Speech): Generator<string> {
  const { input, cached, output } = speech.usage
  const usage = { input_tokens: input - cached, cache_creation_input_tokens: 0, cache_read_input_tokens: cached }
  const message = {
    model: speech.model,
    id: fresh('msg_01', 22),
    type: 'message',
    role: 'assistant',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...usage, output_tokens: 1, service_tier: 'standard' },
  }
  yield frame({ type: 'message_start', message })
  for (const [index, block] of blocksOf(speech).entries()) {
    yield frame({ type: 'content_block_start', index, content_block: block.start })
    if (index === 0) yield 'event: ping\ndata: {"type": "ping"}\n\n'
    for (const delta of block.deltas) yield frame({ type: 'content_block_delta', index, delta })
    yield frame({ type: 'content_block_stop', index })
  }
  const delta = { stop_reason: stopReasons[speech.stop], stop_sequence: null }
  yield frame({ type: 'message_delta', delta, usage: { ...usage, output_tokens: output } })
  yield frame({ type: 'message_stop' })
}

const frame = (event: { readonly type: string; readonly [field: string]: unknown }): string =>
  `event: ${event.type}\ndata: ${JSON.stringify(event).replace(/\}$/, `${padding()}}`)}\n\n`

type Block = { readonly start: object; readonly deltas: readonly object[] }

const blocksOf = ({ reasoning, text, calls }: Speech): Block[] => [
  ...(reasoning.length > 0
    ? [
        {
          start: { type: 'thinking', thinking: '', signature: '' },
          deltas: [
            ...reasoning.map(thinking => ({ type: 'thinking_delta', thinking })),
            { type: 'signature_delta', signature: opaque(120) },
          ],
        },
      ]
    : []),
  ...(text.length > 0
    ? [{ start: { type: 'text', text: '' }, deltas: text.map(words => ({ type: 'text_delta', text: words })) }]
    : []),
  ...calls.map(({ name, json, id }) => ({
    start: { type: 'tool_use', id: id ?? fresh('toolu_01', 22), name, input: {} },
    deltas: ['', ...jsonPieces(json)].map(partial_json => ({ type: 'input_json_delta', partial_json })),
  })),
]
