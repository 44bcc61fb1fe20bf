/** Tokens that a model can read and write in one turn, by the last segment of its name; the first that fits counts. */
const windows: readonly (readonly [RegExp, number])[] = [
  // From developers.openai.com/api/docs/models and models.dev, read 2026-11.
  [/^gpt-6|^gpt-5\.[4-9](-pro)?(-\d{4}|$)|^gpt-5\.6/, 1_050_000],
  [/^gpt-5(\.\d)?-chat/, 128_000],
  [/^(gpt-5|codex)/, 400_000],
  [/^gpt-4\.1/, 1_047_576],
  [/^(gpt-4o|gpt-4-turbo|chatgpt-4o|o1-(mini|preview))/, 128_000],
  [/^gpt-4/, 8192],
  [/^gpt-3\.5/, 16_385],
  [/^o\d/, 200_000],
  [/^gpt-oss/, 131_072],
  // platform.claude.com/docs/en/about-claude/models, read 2026-11.
  [/^claude-(opus|sonnet)-(4-[6-9]|[5-9])|^claude-fable/, 1_000_000],
  [/^claude/, 200_000],
  // ai.google.dev/gemini-api/docs/models, docs.x.ai/docs/models, docs.mistral.ai, api-docs.deepseek.com, read 2026-11.
  [/^gemini/, 1_048_576],
  [/^grok-4(-1)?-fast|^grok-4\.20/, 2_000_000],
  [/^grok-4\.[3-9]/, 1_000_000],
  [/^grok-(4|code)/, 256_000],
  [/^grok/, 131_072],
  [/^(mistral-large-2512|mistral-large-latest|mistral-medium-2604|devstral|codestral)/, 256_000],
  [/^(mistral|magistral|ministral|pixtral|open-mistral)/, 128_000],
  [/^deepseek-v4/, 1_000_000],
  [/^deepseek/, 128_000],
  [/^MiniMax-M2/i, 196_608],
  [/^(llama-3\.[1-3]|llama-4|qwen3|qwen-3)/i, 131_072],
]

/** Servers on the user's own machine read as much as they were started for. */
const own: readonly string[] = ['ollama', 'dmr']

/**
 * The context window of a model in tokens; nothing where it is not known. What `provider_opts` say has the last word.
 */
export const windowOf = (
  { provider, model }: { readonly provider: string; readonly model: string },
  options: Readonly<Record<string, unknown>> = {},
): number | undefined => {
  const told = Number(options['context_size'] ?? options['num_ctx'])
  if (told > 0) return told
  if (own.includes(provider)) return undefined
  const name = model.split('/').at(-1) ?? ''
  return windows.find(([pattern]) => pattern.test(name))?.[1]
}
