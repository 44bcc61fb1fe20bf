import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { numberOf, objectsIn } from '../read.ts'

/**
 * The error that a message of an answer with status 200 holds: under `error` (Groq, OpenRouter, Azure), in a choice
 * (OpenRouter), bare (vLLM, GPUStack), in MiniMax's own envelope, or as the reason why an answer ended.
 */
export const errorIn = (message: JsonObject): JsonObject | undefined => {
  if (message['error']) return message
  const choices = objectsIn(message['choices'])
  const failed = choices.find(choice => choice['error'])
  if (failed) return failed
  if (message['object'] === 'error' || (!message['choices'] && typeof message['message'] === 'string')) return message
  return minimax(message['base_resp']) ?? choices.map(({ finish_reason }) => failing[`${finish_reason}`]).find(Boolean)
}

/** Reasons that are none: the provider gave up in the middle. */
const failing: Readonly<Record<string, JsonObject>> = {
  error: { code: 'server_error', message: 'It broke off the answer with an error and did not say which.' },
  network_error: { code: 'server_error', message: 'It broke off the answer with a network error.' }, // z.ai
  insufficient_system_resource: { code: 'server_error', message: 'It has too little capacity just now.' }, // DeepSeek
}

/** https://platform.minimax.io/docs/api-reference/errorcode: statuses in place of MiniMax's own numbers. */
const minimaxStatuses: Readonly<Record<number, number>> = {
  1002: 429,
  1004: 401,
  1008: 402,
  1039: 429,
  1041: 429,
  2013: 400,
  2049: 401,
}

const minimax = (envelope: JsonObject[string] | undefined): JsonObject | undefined => {
  if (!isJsonObject(envelope)) return undefined
  const code = numberOf(envelope['status_code'])
  if (code === 0) return undefined
  return { status: minimaxStatuses[code] ?? 500, message: envelope['status_msg'] ?? `error ${code}` }
}
