import { fresh, obfuscation, opaque } from './ids.ts'
import { jsonPieces, type Speech } from './say.ts'

type Item = { readonly id: string; readonly type: string }
type Emit = (type: string, fields: object) => string

/** Responses as api.openai.com streams them: items one after the other, each begun, told in pieces and done. */
export function* openaiResponsesFrames(speech: Speech): Generator<string> {
  let sequence_number = 0
  const emit: Emit = (type, fields) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...fields, sequence_number: sequence_number++ })}\n\n`
  const response = responseOf(speech)
  const output: Item[] = []
  const incomplete = reasons[speech.stop]

  yield emit('response.created', { response: { ...response, status: 'in_progress', output: [], usage: null } })
  yield emit('response.in_progress', { response: { ...response, status: 'in_progress', output: [], usage: null } })
  if (speech.reasoning.length > 0) output.push(yield* reasoningItem(speech, emit, output.length))
  if (speech.text.length > 0) output.push(yield* messageItem(speech, emit, output.length))
  for (const call of speech.calls) output.push(yield* callItem(call, emit, output.length))
  yield emit(incomplete ? 'response.incomplete' : 'response.completed', {
    response: {
      ...response,
      status: incomplete ? 'incomplete' : 'completed',
      incomplete_details: incomplete ? { reason: incomplete } : null,
      output,
      usage: usageOf(speech),
    },
  })
}

const reasons: Readonly<Record<Speech['stop'], string | undefined>> = {
  end: undefined,
  'tool-calls': undefined,
  refusal: undefined,
  length: 'max_output_tokens',
  'content-filter': 'content_filter',
}

function* reasoningItem({ reasoning }: Speech, emit: Emit, output_index: number): Generator<string, Item> {
  const item = { id: fresh('rs_', 50, 'hex'), type: 'reasoning', encrypted_content: opaque(240), summary: [] }
  const place = { item_id: item.id, output_index, summary_index: 0 }
  const part = { type: 'summary_text', text: reasoning.join('') }
  yield emit('response.output_item.added', { item, output_index })
  yield emit('response.reasoning_summary_part.added', { ...place, part: { ...part, text: '' } })
  for (const delta of reasoning) {
    yield emit('response.reasoning_summary_text.delta', { ...place, delta, obfuscation: obfuscation() })
  }
  yield emit('response.reasoning_summary_text.done', { ...place, text: part.text })
  yield emit('response.reasoning_summary_part.done', { ...place, part })
  // The encrypted bytes at the end are not those at the beginning.
  const done = { ...item, encrypted_content: opaque(300), summary: [part] }
  yield emit('response.output_item.done', { item: done, output_index })
  return done
}

function* messageItem({ text, stop }: Speech, emit: Emit, output_index: number): Generator<string, Item> {
  const item = { id: fresh('msg_', 50, 'hex'), type: 'message', status: 'in_progress', content: [], role: 'assistant' }
  const place = { item_id: item.id, output_index, content_index: 0 }
  const refused = stop === 'refusal'
  const event = refused ? 'response.refusal' : 'response.output_text'
  const whole = text.join('')
  const part = (words: string) =>
    refused ? { type: 'refusal', refusal: words } : { type: 'output_text', annotations: [], logprobs: [], text: words }
  yield emit('response.output_item.added', { item, output_index })
  yield emit('response.content_part.added', { ...place, part: part('') })
  for (const delta of text) yield emit(`${event}.delta`, { ...place, delta, logprobs: [], obfuscation: obfuscation() })
  yield emit(`${event}.done`, { ...place, ...(refused ? { refusal: whole } : { logprobs: [], text: whole }) })
  yield emit('response.content_part.done', { ...place, part: part(whole) })
  const done = { ...item, status: stop === 'length' ? 'incomplete' : 'completed', content: [part(whole)] }
  yield emit('response.output_item.done', { item: done, output_index })
  return done
}

function* callItem(call: Speech['calls'][number], emit: Emit, output_index: number): Generator<string, Item> {
  const item = {
    id: fresh('fc_', 50, 'hex'),
    type: 'function_call',
    status: 'in_progress',
    arguments: '',
    call_id: call.id ?? fresh('call_', 24),
    name: call.name,
  }
  const place = { item_id: item.id, output_index }
  yield emit('response.output_item.added', { item, output_index })
  for (const delta of jsonPieces(call.json)) {
    yield emit('response.function_call_arguments.delta', { ...place, delta, obfuscation: obfuscation() })
  }
  yield emit('response.function_call_arguments.done', { ...place, arguments: call.json })
  const done = { ...item, status: 'completed', arguments: call.json }
  yield emit('response.output_item.done', { item: done, output_index })
  return done
}

const responseOf = ({ model, request }: Speech) => ({
  id: fresh('resp_', 50, 'hex'),
  object: 'response',
  created_at: Math.floor(Date.now() / 1000),
  background: false,
  error: null,
  incomplete_details: null,
  instructions: request['instructions'] ?? null,
  model,
  parallel_tool_calls: true,
  reasoning: request['reasoning'] ?? { effort: null, summary: null },
  service_tier: 'default',
  store: request['store'] ?? true,
  tool_choice: request['tool_choice'] ?? 'auto',
  tools: request['tools'] ?? [],
  truncation: 'disabled',
  metadata: {},
})

const usageOf = ({ usage: { input, cached, output, reasoning } }: Speech) => ({
  input_tokens: input,
  input_tokens_details: { cached_tokens: cached },
  output_tokens: output,
  output_tokens_details: { reasoning_tokens: reasoning },
  total_tokens: input + output,
})
