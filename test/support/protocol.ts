export type ProtocolId = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini'

const paths: readonly (readonly [RegExp, ProtocolId])[] = [
  [/\/chat\/completions$/, 'openai-chat'],
  [/\/responses$/, 'openai-responses'],
  [/\/messages$/, 'anthropic-messages'],
  [/\/publishers\/anthropic\/models\/[^/]+:(stream)?rawPredict$/i, 'anthropic-messages'],
  [/:(streamG|g)enerateContent$/, 'gemini'],
]

/** Which of our protocols a call speaks, by its path; undefined for lists of models, uploads, MCP and the like. */
export const protocolOf = ({
  method,
  url,
}: {
  readonly method: string
  readonly url: string
}): ProtocolId | undefined => {
  if (method !== 'POST') return undefined
  const path = new URL(url, 'http://unknown').pathname
  return paths.find(([pattern]) => pattern.test(path))?.[1]
}
