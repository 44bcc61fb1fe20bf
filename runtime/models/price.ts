import type { Usage } from '../core/message.ts'

/** US dollars for a million tokens. What a cache read or write costs is the input's price where it is left out. */
type Price = {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number
  readonly cacheWrite?: number
  /** A prompt of more tokens than `over` costs so many times as much, for all of its tokens and for the answer's. */
  readonly long?: { readonly over: number; readonly input: number; readonly output: number }
}

const price = (input: number, cacheRead: number, cacheWrite: number, output: number, long?: Price['long']): Price => ({
  input,
  cacheRead,
  cacheWrite,
  output,
  ...(long && { long }),
})

/** Nothing is taken for writing the cache: OpenAI before GPT-6, xAI, Google, DeepSeek. */
const cached = (input: number, cacheRead: number, output: number, long?: Price['long']): Price =>
  price(input, cacheRead, input, output, long)

/** Anthropic takes a quarter more for writing the cache that lives five minutes, the only one that we mark. */
const claude = (input: number, cacheRead: number, output: number, long?: Price['long']): Price =>
  price(input, cacheRead, input * 1.25, output, long)

const overLong = { over: 272_000, input: 2, output: 1.5 }
const overGemini = { over: 200_000, input: 2, output: 1.5 }
const overGrok = { over: 200_000, input: 2, output: 2 }

/**
 * List prices of models by provider, read on 2026-11-26 from models.dev (its state of 2026-07-02) and, for what came
 * later, from the providers' pages: developers.openai.com/api/docs/pricing, platform.claude.com/docs/en/about-claude/pricing,
 * ai.google.dev/gemini-api/docs/pricing, docs.x.ai/docs/models. A model that is not here has no known price.
 */
const prices: Readonly<Record<string, Readonly<Record<string, Price>>>> = {
  openai: {
    'gpt-6-astra': price(10, 1, 12.5, 50, overLong),
    'gpt-6-sol': price(2, 0.2, 2.5, 10, overLong),
    'gpt-6-luna': price(0.1, 0.01, 0.125, 0.5, overLong),
    'gpt-5.6': cached(4, 0.4, 20, overLong),
    'gpt-5.6-sol': cached(4, 0.4, 20, overLong),
    'gpt-5.6-terra': cached(2, 0.2, 12, overLong),
    'gpt-5.6-luna': cached(0.2, 0.02, 1.2, overLong),
    'gpt-5.5': cached(5, 0.5, 30, overLong),
    'gpt-5.5-pro': cached(30, 30, 180, overLong),
    'gpt-5.4': cached(2.5, 0.25, 15, overLong),
    'gpt-5.4-pro': cached(30, 30, 180, overLong),
    'gpt-5.4-mini': cached(0.75, 0.075, 4.5),
    'gpt-5.4-nano': cached(0.2, 0.02, 1.25),
    'gpt-5.3-codex': cached(1.75, 0.175, 14),
    'gpt-5.3-chat': cached(1.75, 0.175, 14),
    'gpt-5.2': cached(1.75, 0.175, 14),
    'gpt-5.2-codex': cached(1.75, 0.175, 14),
    'gpt-5.2-chat': cached(1.75, 0.175, 14),
    'gpt-5.2-pro': cached(21, 21, 168),
    'gpt-5.1': cached(1.25, 0.125, 10),
    'gpt-5.1-codex': cached(1.25, 0.125, 10),
    'gpt-5.1-codex-max': cached(1.25, 0.125, 10),
    'gpt-5.1-codex-mini': cached(0.25, 0.025, 2),
    'gpt-5.1-chat': cached(1.25, 0.125, 10),
    'gpt-5': cached(1.25, 0.125, 10),
    'gpt-5-codex': cached(1.25, 0.125, 10),
    'gpt-5-chat': cached(1.25, 0.125, 10),
    'gpt-5-mini': cached(0.25, 0.025, 2),
    'gpt-5-nano': cached(0.05, 0.005, 0.4),
    'gpt-5-pro': cached(15, 15, 120),
    'gpt-4.1': cached(2, 0.5, 8),
    'gpt-4.1-mini': cached(0.4, 0.1, 1.6),
    'gpt-4.1-nano': cached(0.1, 0.025, 0.4),
    'gpt-4o': cached(2.5, 1.25, 10),
    'gpt-4o-mini': cached(0.15, 0.075, 0.6),
    'gpt-4-turbo': cached(10, 10, 30),
    'gpt-4': cached(30, 30, 60),
    'gpt-3.5-turbo': cached(0.5, 0.5, 1.5),
    o1: cached(15, 7.5, 60),
    'o1-pro': cached(150, 150, 600),
    o3: cached(2, 0.5, 8),
    'o3-pro': cached(20, 20, 80),
    'o3-mini': cached(1.1, 0.55, 4.4),
    'o4-mini': cached(1.1, 0.275, 4.4),
  },
  anthropic: {
    'claude-fable-5-1': claude(10, 0.25, 50),
    'claude-fable-5': claude(10, 1, 50),
    'claude-opus-5-5': claude(4, 0.2, 20),
    'claude-opus-5': claude(5, 0.5, 25),
    'claude-opus-4-8': claude(5, 0.5, 25),
    'claude-opus-4-7': claude(5, 0.5, 25),
    'claude-opus-4-6': claude(5, 0.5, 25),
    'claude-opus-4-5': claude(5, 0.5, 25),
    'claude-opus-4-1': claude(15, 1.5, 75),
    'claude-opus-4-0': claude(15, 1.5, 75),
    'claude-opus-4': claude(15, 1.5, 75),
    'claude-3-opus': claude(15, 1.5, 75),
    'claude-sonnet-5-5': claude(2, 0.1, 10),
    'claude-sonnet-5': claude(2, 0.2, 10),
    'claude-sonnet-4-6': claude(3, 0.3, 15),
    'claude-sonnet-4-5': claude(3, 0.3, 15),
    'claude-sonnet-4-0': claude(3, 0.3, 15),
    'claude-sonnet-4': claude(3, 0.3, 15),
    'claude-3-7-sonnet': claude(3, 0.3, 15),
    'claude-3-5-sonnet': claude(3, 0.3, 15),
    'claude-haiku-5-5': claude(0.1, 0.01, 0.5, { over: 100_000, input: 5, output: 5 }),
    'claude-haiku-4-5': claude(1, 0.1, 5),
    'claude-3-5-haiku': claude(0.8, 0.08, 4),
    'claude-3-haiku': price(0.25, 0.03, 0.3, 1.25),
  },
  google: {
    'gemini-3.5-flash': cached(1.5, 0.15, 9),
    'gemini-3.1-pro': cached(2, 0.2, 12, overGemini),
    'gemini-3.1-flash-lite': cached(0.25, 0.025, 1.5),
    'gemini-3-pro': cached(2, 0.2, 12, overGemini),
    'gemini-3-flash': cached(0.5, 0.05, 3),
    'gemini-2.5-pro': cached(1.25, 0.125, 10, overGemini),
    'gemini-2.5-flash': cached(0.3, 0.03, 2.5),
    'gemini-2.5-flash-lite': cached(0.1, 0.01, 0.4),
    'gemini-2.0-flash': cached(0.1, 0.025, 0.4),
    'gemini-2.0-flash-lite': cached(0.075, 0.075, 0.3),
  },
  xai: {
    'grok-4.6': cached(2, 0.5, 6, overGrok),
    'grok-4.5': cached(2, 0.5, 6, overGrok),
    'grok-4.3': cached(1.25, 0.2, 2.5, overGrok),
    'grok-4.20-0309-reasoning': cached(1.25, 0.2, 2.5, overGrok),
    'grok-4.20-0309-non-reasoning': cached(1.25, 0.2, 2.5, overGrok),
  },
  mistral: {
    'mistral-large': { input: 0.5, output: 1.5 },
    'mistral-large-2512': { input: 0.5, output: 1.5 },
    'mistral-large-2411': { input: 2, output: 6 },
    'mistral-medium': { input: 1.5, output: 7.5 },
    'mistral-medium-2604': { input: 1.5, output: 7.5 },
    'mistral-medium-2508': { input: 0.4, output: 2 },
    'mistral-medium-2505': { input: 0.4, output: 2 },
    'mistral-small': { input: 0.15, output: 0.6 },
    'mistral-small-2603': { input: 0.15, output: 0.6 },
    'mistral-small-2506': { input: 0.1, output: 0.3 },
    'magistral-medium': { input: 2, output: 5 },
    'devstral-medium': { input: 0.4, output: 2 },
    codestral: { input: 0.3, output: 0.9 },
    'ministral-8b': { input: 0.1, output: 0.1 },
    'ministral-3b': { input: 0.04, output: 0.04 },
  },
  deepseek: {
    'deepseek-v4-pro': cached(0.435, 0.003625, 0.87),
    'deepseek-v4-flash': cached(0.14, 0.0028, 0.28),
    'deepseek-chat': cached(0.14, 0.0028, 0.28),
    'deepseek-reasoner': cached(0.14, 0.0028, 0.28),
  },
  groq: {
    'openai/gpt-oss-120b': cached(0.15, 0.075, 0.6),
    'openai/gpt-oss-20b': cached(0.075, 0.0375, 0.3),
    'llama-3.3-70b-versatile': { input: 0.59, output: 0.79 },
    'llama-3.1-8b-instant': { input: 0.05, output: 0.08 },
    'meta-llama/llama-4-scout-17b-16e-instruct': { input: 0.11, output: 0.34 },
    'qwen/qwen3-32b': { input: 0.29, output: 0.59 },
  },
  cerebras: { 'gpt-oss-120b': { input: 0.35, output: 0.75 } },
  minimax: {
    'MiniMax-M2.7': price(0.3, 0.06, 0.375, 1.2),
    'MiniMax-M2.5': price(0.3, 0.03, 0.375, 1.2),
    'MiniMax-M2.1': price(0.3, 0.03, 0.375, 1.2),
    'MiniMax-M2': { input: 0.3, output: 1.2 },
  },
}

/** US dollars for a turn; nothing where the price, or the usage, is not known. `name` is provider/model. */
export const costOf = (usage: Usage, name: string): number | undefined => {
  const { input, cacheRead, cacheWrite, output } = usage
  const prompt = input + cacheRead + cacheWrite
  const found = prompt + output === 0 ? undefined : priceOf(name)
  if (!found) return undefined
  const times = found.long && prompt > found.long.over ? found.long : { input: 1, output: 1 }
  const read =
    input * found.input + cacheRead * (found.cacheRead ?? found.input) + cacheWrite * (found.cacheWrite ?? found.input)
  const millionths = read * times.input + output * found.output * times.output
  // Billionths of a dollar are the smallest that the prices above can make; what is behind is the noise of binary fractions.
  return Number((millionths / 1e6).toFixed(10))
}

/** Azure's models cost what OpenAI's do; their names are those of deployments, which are mostly called alike. */
const sameAs: Readonly<Record<string, string>> = { azure: 'openai' }

const priceOf = (name: string): Price | undefined => {
  const slash = name.indexOf('/')
  const provider = name.slice(0, slash)
  const model = name.slice(slash + 1)
  const table = prices[sameAs[provider] ?? provider]
  return table && (table[model] ?? table[withoutDate(model)])
}

/** `gpt-4o-2024-08-06`, `claude-sonnet-4-5-20250929`, `mistral-small-latest`, `gemini-3-pro-preview`, `gemini-2.0-flash-001`. */
const withoutDate = (model: string): string =>
  model.replace(/-(latest|preview(-\d\d-\d\d(\d\d)?)?|\d{8}|\d{4}-\d\d-\d\d|\d{3})$/, '')

/** The models whose price is known, as `provider/model`. */
export const pricedModels = (): string[] =>
  Object.entries(prices).flatMap(([provider, models]) => Object.keys(models).map(model => `${provider}/${model}`))
