import { isJsonObject, type Json } from '../core/json.ts'

/**
 * Milliseconds after which a provider wants to be asked again, as it says so in headers (`retry-after-ms`, `retry-after`
 * in seconds or as a date), in Google's `RetryInfo`, or in words. A date is read against the reply's own `date`.
 */
export const retryAfterOf = (
  headers: Readonly<Record<string, string>>,
  body: Json | undefined,
  text: string,
): number | undefined =>
  number(headers['retry-after-ms'], 1) ??
  number(headers['retry-after'], 1000) ??
  until(headers['retry-after'], headers['date']) ??
  retryInfo(body) ??
  inWords(text)

const number = (value: string | undefined, unit: number): number | undefined =>
  value !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Math.ceil(Number(value) * unit) : undefined

const until = (value: string | undefined, date: string | undefined): number | undefined => {
  const milliseconds = Date.parse(value ?? '') - Date.parse(date ?? '')
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds)
}

/** `{ "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34s" }` */
const retryInfo = (body: Json | undefined): number | undefined => {
  const outer = Array.isArray(body) ? body[0] : body
  const error = isJsonObject(outer) ? (outer['error'] ?? outer) : undefined
  const details = isJsonObject(error) ? error['details'] : undefined
  if (!Array.isArray(details)) return undefined
  return details.map(detail => (isJsonObject(detail) ? duration(`${detail['retryDelay']}`) : undefined)).find(Boolean)
}

/** OpenAI, Azure and Groq: "Please try again in 1m3.5s.", "Please retry after 20 seconds." */
const inWords = (text: string): number | undefined =>
  duration(/(?:try again in|retry after) ([\d.]+ ?(?:ms|[smh]|seconds?|minutes?)[\d.smh]*)/i.exec(text)?.[1] ?? '')

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

const duration = (text: string): number | undefined => {
  const pieces = [...text.matchAll(/([\d.]+) ?(ms|s|m|h)/gi)]
  if (pieces.length === 0) return undefined
  return Math.ceil(
    pieces.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[`${unit}`.toLowerCase()] ?? 0), 0),
  )
}
