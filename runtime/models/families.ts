import type { Level } from './thinking.ts'

/** What a family of models refuses or wants, whoever serves it through an OpenAI-like API. */
export type Family = {
  /** Thinks before it speaks; temperature, top_p and penalties are refused while it does. */
  readonly reasons?: true
  /** The efforts that it knows, from little to much; none where it refuses to be told. */
  readonly efforts?: readonly Level[]
  /** Gives its reasoning encrypted when asked, and wants it back; others refuse the question. */
  readonly encrypts?: true
  readonly maxTokensField?: 'max_completion_tokens'
  readonly noPenalties?: true
  readonly noParallelToolCalls?: true
}

const openaiReasoner = { reasons: true, encrypts: true, maxTokensField: 'max_completion_tokens' } as const

/**
 * By the last segment of the model's name; the first that fits counts. From
 * https://platform.openai.com/docs/guides/reasoning and https://docs.x.ai/docs/guides/reasoning, read 2026-11.
 */
const families: readonly (readonly [RegExp, Family])[] = [
  [/^gpt-5(\.\d)?-chat/, { maxTokensField: 'max_completion_tokens', efforts: [] }],
  [/^(gpt-[34]|chatgpt-)/, { efforts: [] }],
  [/^(codex|gpt-.*codex)/, { ...openaiReasoner, efforts: ['low', 'medium', 'high'] }],
  [/^gpt-5-pro/, { ...openaiReasoner, efforts: ['high'] }],
  [/^gpt-5(-|$)/, { ...openaiReasoner, efforts: ['minimal', 'low', 'medium', 'high'] }],
  [/^gpt-([5-9]|\d\d)/, { ...openaiReasoner, efforts: ['none', 'low', 'medium', 'high'] }],
  [/^o\d/, { ...openaiReasoner, efforts: ['low', 'medium', 'high'], noParallelToolCalls: true }],
  [/^gpt-oss/, { efforts: ['low', 'medium', 'high'] }],
  [/^grok-3-mini/, { efforts: ['low', 'high'], noPenalties: true }],
  [/^grok-4/, { efforts: [], encrypts: true, noPenalties: true }],
  [/^gemini-/, { noPenalties: true }],
]

/** The family of a model; `openai/gpt-5` of a gateway is of the family of `gpt-5`. */
export const familyOf = (model: string): Family => {
  const name = model.split('/').at(-1)?.toLowerCase() ?? ''
  return families.find(([pattern]) => pattern.test(name))?.[1] ?? {}
}
