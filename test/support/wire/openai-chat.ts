import { isJsonObject } from '../../../runtime/core/json.ts'
import { fresh, obfuscation } from './ids.ts'
import { jsonPieces, type Speech } from './say.ts'

const finishReasons = {
  end: 'stop',
  'tool-calls': 'tool_calls',
  length: 'length',
  refusal: 'stop',
  'content-filter': 'content_filter',
} as const

/** Chat Completions as api.openai.com streams them; reasoning in DeepSeek's field, for OpenAI shows none. */
export function* openaiChatFrames(speech: Speech): Generator<string> {
  const head = {
    id: fresh('chatcmpl-', 29),
    object: 'chat.completion.chunk',
    created: Math.floor(Date.now() / 1000),
    model: speech.model,
    service_tier: 'default',
    system_fingerprint: fresh('fp_', 10, 'hex'),
  }
  const frame = (choices: object[], usage: object | null = null) =>
    `data: ${JSON.stringify({ ...head, choices, usage, obfuscation: obfuscation() })}\n\n`
  const delta = (piece: object, finish: string | null = null) =>
    frame([{ index: 0, delta: piece, logprobs: null, finish_reason: finish }])

  yield delta({ role: 'assistant', content: speech.text.length > 0 ? '' : null, refusal: null })
  for (const reasoning_content of speech.reasoning) yield delta({ reasoning_content })
  const said = speech.stop === 'refusal' ? 'refusal' : 'content'
  for (const piece of speech.text) yield delta({ [said]: piece })
  for (const [index, { name, json, id }] of speech.calls.entries()) {
    const call = { id: id ?? fresh('call_', 24), type: 'function', function: { name, arguments: '' } }
    yield delta({ tool_calls: [{ index, ...call }] })
    for (const piece of jsonPieces(json)) yield delta({ tool_calls: [{ index, function: { arguments: piece } }] })
  }
  yield delta({}, finishReasons[speech.stop])
  if (wantsUsage(speech)) yield frame([], usageOf(speech))
  yield 'data: [DONE]\n\n'
}

const wantsUsage = ({ request: { stream_options } }: Speech): boolean =>
  isJsonObject(stream_options) && stream_options['include_usage'] === true

const usageOf = ({ usage: { input, cached, output, reasoning } }: Speech) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
  prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: reasoning,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
})
