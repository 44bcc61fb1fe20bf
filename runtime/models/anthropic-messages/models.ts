/** What a model of the Messages API takes. */
export type Traits = {
  /** The most that it can write, thinking included: asked for where the agent file gives no `max_tokens`. */
  readonly maxTokens: number
  /** With a budget of tokens, as it sees fit with an effort, or in either way. */
  readonly thinking: 'never' | 'budget' | 'either' | 'adaptive'
  /** Thinks unless it is told not to, or whatever it is told. */
  readonly thinksUnasked?: 'unless told' | 'always'
  /** `temperature` and `top_p` are refused: always, or only both at once. */
  readonly sampling?: 'none' | 'one'
  /** Has no structured output, so that a schema can only be told. */
  readonly noOutputFormat?: true
  /** Reads its own thoughts also where they bear no signature; Anthropic refuses them then. */
  readonly unsignedThoughts?: true
}

type Row = Traits & { readonly from: number; readonly name?: RegExp }

/**
 * By version (4.5 is 405), newest first; the first that fits counts. From the pages on thinking, effort, structured
 * outputs and models under https://platform.claude.com/docs, read 2026-11. A name without a version is of the newest.
 */
const rows: readonly Row[] = [
  { from: 505, name: /opus/, maxTokens: 128_000, thinking: 'adaptive', thinksUnasked: 'always', sampling: 'none' },
  {
    from: 0,
    name: /fable|mythos/,
    maxTokens: 128_000,
    thinking: 'adaptive',
    thinksUnasked: 'always',
    sampling: 'none',
  },
  { from: 500, maxTokens: 128_000, thinking: 'adaptive', thinksUnasked: 'unless told', sampling: 'none' },
  { from: 407, maxTokens: 128_000, thinking: 'adaptive', sampling: 'none' },
  { from: 406, name: /opus/, maxTokens: 128_000, thinking: 'either', sampling: 'one' },
  { from: 406, maxTokens: 64_000, thinking: 'either', sampling: 'one' },
  { from: 405, maxTokens: 64_000, thinking: 'budget', sampling: 'one' },
  { from: 401, maxTokens: 32_000, thinking: 'budget', sampling: 'one', noOutputFormat: true },
  { from: 400, name: /opus/, maxTokens: 32_000, thinking: 'budget', noOutputFormat: true },
  { from: 307, maxTokens: 64_000, thinking: 'budget', noOutputFormat: true },
  { from: 305, maxTokens: 8192, thinking: 'never', noOutputFormat: true },
  { from: 0, maxTokens: 4096, thinking: 'never', noOutputFormat: true },
]

/** A model of somebody else (MiniMax, z.ai, Kimi) behind the same API. */
const foreign: Traits = { maxTokens: 32_000, thinking: 'budget', noOutputFormat: true, unsignedThoughts: true }

/**
 * What a model takes, by its name in any spelling: `claude-sonnet-4-0`, `claude-3-7-sonnet-20250219`,
 * `us.anthropic.claude-…`.
 */
export const traitsOf = (model: string): Traits => {
  const name = model.toLowerCase()
  if (!name.includes('claude')) return foreign
  const version = versionOf(name)
  return rows.find(row => version >= row.from && (row.name?.test(name) ?? true)) ?? foreign
}

/** A number of more than two digits is a date. */
const versionOf = (name: string): number => {
  const [, major, minor] = /claude-(?:[a-z]+-)?(\d{1,2})(?!\d)(?:[-.](\d{1,2})(?!\d))?/.exec(name) ?? []
  return major === undefined ? 999 : Number(major) * 100 + Number(minor ?? 0)
}
