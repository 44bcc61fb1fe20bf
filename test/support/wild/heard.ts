import type { ProtocolId } from '../protocol.ts'

/**
 * What an answer says, read from its JSON in the plainest way there is, on purpose without anything of runtime/models.
 * Tokens are undefined where the answer has no usage. `ended` tells whether it came to its end.
 */
export type Heard = {
  readonly text: string
  readonly calls: readonly { readonly name: string; readonly input: unknown }[]
  readonly input: number | undefined
  readonly output: number | undefined
  readonly error: boolean
  readonly ended: boolean
}

// biome-ignore lint/suspicious/noExplicitAny: the JSON of a dozen providers; a test reads it and compares
type Wire = any

export const heardIn = (protocol: ProtocolId, body: Uint8Array): Heard => {
  const messages = messagesIn(Buffer.from(body).toString())
  return { ...readers[protocol](messages), error: messages.some(isError) }
}

/** Every JSON value of a body: the whole, the elements of one list, or what stands behind each `data:`. */
const messagesIn = (text: string): Wire[] => {
  const whole = valueIn(text)
  if (whole !== undefined) return [whole].flat()
  return text
    .split(/\r?\n/)
    .map(line => /^\s*(?:data|error): ?(.*)$/.exec(line)?.[1])
    .map(data => (data === undefined ? undefined : valueIn(data)))
    .filter(message => message !== undefined && message.type !== 'ping')
}

const valueIn = (text: string): Wire => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isError = (message: Wire): boolean =>
  message.type === 'error' || message.type === 'response.failed' || (!!message.error && message.object !== 'response')

type Said = Omit<Heard, 'error'>

const chat = (messages: Wire[]): Said => {
  const choices = messages.flatMap(message => message.choices?.filter((choice: Wire) => !choice.index) ?? [])
  // Perplexity gives both, and what is whole stands in the message.
  const whole = messages.length === 1
  const said = choices.map(({ delta, message }) => (whole ? (message ?? delta) : (delta ?? message)) ?? {})
  const usage = messages.flatMap(message => message.usage ?? message.x_groq?.usage ?? []).at(-1)
  return {
    text: said.map(({ content, refusal }) => contentText(content) + (refusal ?? '')).join(''),
    calls: chatCalls(said.flatMap(({ tool_calls }) => tool_calls ?? [])),
    input: usage?.prompt_tokens,
    // xAI does not count thinking into completion_tokens, only into the total.
    output: usage && Math.max(usage.completion_tokens ?? 0, (usage.total_tokens ?? 0) - usage.prompt_tokens),
    ended: choices.some(({ finish_reason }) => finish_reason),
  }
}

/** Mistral's thinking models give a list of parts, Cloudflare an object where an object was asked for. */
const contentText = (content: Wire): string => {
  if (Array.isArray(content)) return content.map((part: Wire) => part.text ?? '').join('')
  return typeof content === 'object' && content ? JSON.stringify(content) : (content ?? '')
}

/** A piece with a name begins a call, all others go on with the one of their index. */
const chatCalls = (pieces: Wire[]): Heard['calls'] => {
  const calls: { index: number; name: string; json: string }[] = []
  for (const { index, function: { name, arguments: json } = {} as Wire } of pieces) {
    const known = calls.findLast(call => call.index === index)
    if (known && !name) known.json += json ?? ''
    else calls.push({ index, name, json: typeof json === 'object' ? JSON.stringify(json) : (json ?? '') })
  }
  return calls.map(({ name, json }) => ({ name, input: inputIn(json) }))
}

/** What is no JSON stays text. */
const inputIn = (json: string): unknown => (json.trim() === '' ? {} : (valueIn(json) ?? json))

const responses = (messages: Wire[]): Said => {
  const last = messages.findLast(message => message.response?.usage ?? message.usage)
  const usage = last?.response?.usage ?? last?.usage
  const items = messages.flatMap(message =>
    message.type === 'response.output_item.done' ? message.item : message.object === 'response' ? message.output : [],
  )
  return {
    text: items
      .filter(({ type }) => type === 'message')
      .flatMap(({ content }) => content)
      .map(({ text, refusal }) => text ?? refusal ?? '')
      .join(''),
    calls: items
      .filter(({ type }) => type === 'function_call')
      .map(({ name, arguments: json }) => ({ name, input: inputIn(json) })),
    input: usage?.input_tokens,
    output: usage?.output_tokens,
    ended: messages.some(
      ({ type, object }) => /^response\.(completed|incomplete)$/.test(type) || object === 'response',
    ),
  }
}

const anthropic = (messages: Wire[]): Said => {
  const usage = Object.assign({}, ...messages.map(message => present(message.message?.usage ?? message.usage)))
  const blocks = messages.flatMap(message => message.content ?? [])
  for (const { type, index, content_block, delta } of messages) {
    if (type === 'content_block_start') blocks[index] = { ...content_block, json: '' }
    if (delta?.type === 'text_delta') blocks[index].text += delta.text
    if (delta?.type === 'input_json_delta') blocks[index].json += delta.partial_json
  }
  return {
    text: blocks.map(({ type, text }) => (type === 'text' ? text : '')).join(''),
    calls: blocks
      .filter(({ type }) => type === 'tool_use')
      .map(({ name, input, json }) => ({ name, input: json ? inputIn(json) : input })),
    input:
      usage.input_tokens === undefined
        ? undefined
        : usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
    output: usage.output_tokens,
    ended: messages.some(({ type, stop_reason }) => type === 'message_stop' || stop_reason),
  }
}

const present = (usage: Wire): Wire =>
  Object.fromEntries(Object.entries(usage ?? {}).filter(([, tokens]) => tokens !== null))

const gemini = (messages: Wire[]): Said => {
  const candidates = messages.flatMap(({ candidates }) => candidates?.filter((one: Wire) => !one.index) ?? [])
  const parts = candidates.flatMap(({ content }) => content?.parts ?? [])
  const usage = messages.flatMap(({ usageMetadata }) => usageMetadata ?? []).at(-1)
  return {
    text: parts.map(({ text, thought }) => (thought ? '' : (text ?? ''))).join(''),
    calls: parts.flatMap(({ functionCall }) =>
      functionCall ? { name: functionCall.name, input: functionCall.args ?? {} } : [],
    ),
    input: usage && (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0),
    output: usage && (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
    ended: candidates.some(({ finishReason }) => finishReason) || messages.some(({ promptFeedback }) => promptFeedback),
  }
}

const readers: Readonly<Record<ProtocolId, (messages: Wire[]) => Said>> = {
  'openai-chat': chat,
  'openai-responses': responses,
  'anthropic-messages': anthropic,
  gemini,
}
