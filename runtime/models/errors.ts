import type { Reply } from '../core/border.ts'
import { Failure, type FailureCode } from '../core/errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts'
import { longest, plain } from './plain.ts'
import { retryAfterOf } from './retry-after.ts'
import { textIn } from './sse.ts'

/** What a provider said was wrong: HTTP status (or the one its code stands for), codes in lower case, its own words. */
type Problem = { readonly status: number; readonly codes: string; readonly text: string }

/** A reply whose status is not 2xx, as a Failure: typed, in the provider's words, without keys. */
export const failureOf = async (reply: Reply): Promise<Failure> => {
  const text = await textIn(reply.body)
  const body = parsed(text)
  const problem = { status: reply.status, codes: codesIn(body), text: wordsIn(body) ?? plain(text) }
  return failureFrom(problem, retryAfterOf(reply.headers, body, problem.text))
}

/** An error inside a stream that began with 200. Without a code to go by, the provider is taken to have failed. */
export const failureInStream = (error: Json): Failure => {
  const codes = codesIn(error)
  const text = wordsIn(error) ?? JSON.stringify(error)
  const status = statusIn(error) ?? statuses.find(([code]) => code.test(codes))?.[1] ?? 500
  return failureFrom({ status, codes, text }, retryAfterOf({}, error, text))
}

/** An answer that ended before the protocol says it is complete. */
export const brokenOff = (): Failure =>
  new Failure('stream-broken', "The provider's answer broke off before its end.", {
    hint: 'Try again. If it happens at the same place every time, the server or a proxy before it cuts long answers.',
  })

const failureFrom = (problem: Problem, retryAfter: number | undefined): Failure => {
  const rule = rules.find(({ applies }) => applies(problem)) ?? unknown
  const said = masked(problem.text).trim()
  const message = `The provider ${rule.did} (${problem.status})${said ? `: ${said}` : '.'}`
  const isPassing = rule.code === 'rate-limited' || rule.code === 'model-unavailable'
  if (!isPassing || retryAfter === undefined) return new Failure(rule.code, message, { hint: rule.hint })
  const hint = retryAfter > 0 ? `It wants to be asked again in ${spanOf(retryAfter)}.` : rule.hint
  return new Failure(rule.code, message, { hint, retryAfter })
}

/** Milliseconds, in the largest unit that they fill. */
const spanOf = (milliseconds: number): string => {
  const seconds = Math.ceil(milliseconds / 1000)
  if (seconds < 120) return seconds === 1 ? 'a second' : `${seconds} seconds`
  return seconds < 7200 ? `${Math.ceil(seconds / 60)} minutes` : `${Math.ceil(seconds / 3600)} hours`
}

type Rule = {
  readonly code: FailureCode
  readonly did: string
  readonly hint: string
  readonly applies: (problem: Problem) => boolean
}

/** The words of a conversation that is too long, by provider. Broad phrases like "token limit" are about money too. */
const overlong = [
  /maximum context length is \d+/i, // OpenAI, vLLM, DeepSeek, OpenRouter
  /prompt is too long: \d+ tokens/i, // Anthropic
  /input length and `max_tokens` exceed context limit/i, // Anthropic
  /input token count .*exceeds the maximum number of tokens/i, // Gemini
  /maximum prompt length is \d+/i, // xAI
  /prompt contains \d+ tokens.*maximum context length/i, // Mistral
  /too large for model with \d+ maximum context length/i, // Mistral
  /prompt token count of \d+ exceeds the limit/i, // GitHub
  /exceeds the available context size/i, // llama.cpp, Docker Model Runner
  /input is too long for requested model/i, // Bedrock behind a gateway
]

/** The first that applies counts: codes before statuses, for providers disagree about statuses. */
const rules: readonly Rule[] = [
  {
    code: 'content-filter',
    did: 'refused what was said with its content filter',
    hint: 'Rephrase it, or check what tools have read into the conversation.',
    applies: ({ status, codes, text }) =>
      /\b(content_filter|content_policy_violation|responsibleaipolicyviolation|moderation)\b/.test(codes) ||
      (status === 403 && /requires moderation/i.test(text)) ||
      /blocked by content filtering policy|content violates usage guidelines/i.test(text), // Anthropic, xAI
  },
  {
    code: 'context-overflow',
    did: 'cannot read a conversation as long as this',
    hint: 'Start a new conversation, let tools return less, or use a model that reads more.',
    applies: ({ status, codes, text }) =>
      /\b(context_length_exceeded|exceed_context_size_error|model_max_prompt_tokens_exceeded)\b/.test(codes) ||
      ([400, 413, 422].includes(status) && overlong.some(words => words.test(text))),
  },
  {
    code: 'model-auth',
    did: 'asks for money',
    hint: 'Check the credit and the plan of the account that the key belongs to.',
    applies: ({ status, codes }) =>
      status === 402 ||
      /\b(insufficient_quota|billing_error|insufficient_balance|billing_hard_limit_reached)\b/.test(codes),
  },
  {
    code: 'model-auth',
    did: 'refused the key',
    hint: 'Check the key.',
    applies: ({ status, codes, text }) =>
      status === 401 ||
      status === 403 ||
      /\b(invalid_api_key|api_key_invalid|authentication_error)\b/.test(codes) ||
      (status === 400 && /^incorrect api key/i.test(text)), // xAI
  },
  {
    code: 'model-not-found',
    did: 'does not know the model',
    hint: 'Check the name of the model and the base URL.',
    applies: ({ status, codes }) => status === 404 || /\bmodel_not_found\b/.test(codes),
  },
  {
    code: 'rate-limited',
    did: 'asks to wait',
    hint: 'Wait a little and try again.',
    applies: ({ status }) => status === 429,
  },
  {
    code: 'model-unavailable',
    did: 'failed',
    hint: 'Try again in a while; the request was not at fault.',
    applies: ({ status }) => status >= 500 || status === 408,
  },
  {
    code: 'model-request',
    did: 'points to another address',
    hint: 'Set the base URL to where it really is; a key is not sent where an answer points to.',
    applies: ({ status }) => status >= 300 && status < 400,
  },
]

const unknown: Rule = {
  code: 'model-request',
  did: 'refused the request',
  hint: 'The provider says why; look at the parameters of the model in the agent file.',
  applies: () => true,
}

/** What the codes inside a stream stand for: https://docs.claude.com/en/api/errors, https://platform.openai.com/docs/guides/error-codes */
const statuses: readonly [RegExp, number][] = [
  [/\boverloaded_error\b|\bserver_is_overloaded\b/, 529],
  [/\brate_limit/, 429],
  [/\bauthentication_error\b/, 401],
  [/\bpermission_error\b/, 403],
  [/\bnot_found_error\b|\bmodel_not_found\b/, 404],
  [/\binvalid_(request|prompt|image|base64_image)|\btool_use_failed\b/, 400],
  [/\b(image_(too|parse|file|content)|empty_image|unsupported_image|failed_to_download_image)/, 400],
]

/** A body may be the error, hold it under `error` (also in JSON in a string), or be a list of one of these (Gemini). */
const layersOf = (body: Json | undefined): readonly JsonObject[] => {
  if (Array.isArray(body)) return layersOf(body[0])
  if (typeof body === 'string') return /^\s*\{/.test(body) ? layersOf(parsed(body)) : []
  if (!isJsonObject(body)) return []
  return [body, ...inner.flatMap(name => layersOf(body[name]))]
}

/** OpenRouter gives the upstream's own body as text under `metadata.raw`. */
const inner = ['error', 'innererror', 'metadata', 'raw'] as const

const codesIn = (body: Json | undefined): string =>
  layersOf(body)
    .flatMap(({ code, type, status, details }) => [code, type, status, ...reasonsIn(details)])
    .filter(code => typeof code === 'string')
    .join(' ')
    .toLowerCase()

/** Google tells the true reason one level down: `API_KEY_INVALID` under a 400. */
const reasonsIn = (details: Json | undefined): (Json | undefined)[] =>
  Array.isArray(details) ? details.map(detail => (isJsonObject(detail) ? detail['reason'] : undefined)) : []

const statusIn = (body: Json): number | undefined =>
  layersOf(body)
    .flatMap(({ code, status, status_code, http_code }) => [code, status, status_code, http_code].map(Number))
    .find(status => status >= 400 && status < 600)

/** The innermost words are the upstream's own, behind a gateway's "Provider returned error". */
const wordsIn = (body: Json | undefined): string | undefined => {
  const words = layersOf(body)
    .flatMap(({ message, detail, error, raw }) => [message, detailOf(detail), error, raw])
    .filter(text => typeof text === 'string' && text !== '') as string[]
  return words.at(-1)?.slice(0, longest)
}

/** FastAPI's form, used by Mistral and many local servers. */
const detailOf = (detail: Json | undefined): Json | undefined =>
  Array.isArray(detail)
    ? detail.map(one => (isJsonObject(one) ? `${one['msg'] ?? JSON.stringify(one)}` : `${one}`)).join('; ')
    : detail

const parsed = (text: string): Json | undefined => {
  try {
    return JSON.parse(text.replace(/^data: /, '')) as Json
  } catch {
    return undefined
  }
}

/** Providers echo a refused key: masked when it is long, whole when it is short. */
const masked = (text: string): string =>
  text
    .replaceAll(/(api[ _-]?key(?: provided)?\s*[:=]\s*)[^\s,;]+/gi, '$1…')
    .replaceAll(/\b(sk|gsk|xai|pplx|AIza|hf|ghp|github_pat|csk|nvapi)[-_]?[\w*-]{8,}/g, '$1…')
