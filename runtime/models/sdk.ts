import type { Fetch } from '../core/border.ts'
import { Failure } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import { betasOf } from './anthropic-messages/thinking.ts'
import type { Endpoint } from './endpoint.ts'
import { unreachable } from './unreachable.ts'

/** A call as it shall leave: `operation` is the path behind the base URL, with its query. */
export type Post = { readonly operation: string; readonly body: JsonObject }

/**
 * Sends a body just as it is, and gives back the answer unread, whatever its status. This is the only file that knows
 * the SDKs, and they are loaded when they are first needed. They neither retry nor set a limit to how long a model may
 * think: both is decided outside. Throws `model-unavailable` when no answer came, and what `signal` was aborted with.
 */
export const post = async (endpoint: Endpoint, call: Post, fetch: Fetch, signal: AbortSignal): Promise<Response> => {
  const door = doors[endpoint.protocol]
  if (!door) throw new Error(`no SDK speaks ${endpoint.protocol}`)
  const wire = watched(fetch, endpoint)
  try {
    return await door(endpoint, call, wire.fetch, signal)
  } catch (error) {
    signal.throwIfAborted()
    const { refused, failure } = wire.outcome()
    if (refused) return refused
    throw failure ?? error
  }
}

type Door = (endpoint: Endpoint, call: Post, fetch: Fetch, signal: AbortSignal) => Promise<Response>

/** The longest that a timer of Node's can wait, in milliseconds: 24 days. */
const never = 2 ** 31 - 1

/** Nothing of an SDK's own: no retries, no limits, no words on the terminal. */
const quiet = { maxRetries: 0, timeout: never, logLevel: 'off' } as const

/** The SDKs refuse to work without a key; where there is none, the header is taken out again. */
const placeholder = 'none'

const openai: Door = async (endpoint, { operation, body }, fetch, signal) => {
  const { OpenAI } = await import('openai')
  const { key, baseUrl: baseURL, keyHeader, headers } = endpoint
  const bare = key === undefined || keyHeader !== undefined
  const client = new OpenAI({
    ...quiet,
    apiKey: key ?? placeholder,
    // What the environment holds for OpenAI is not for other providers; what is for it comes with the endpoint.
    adminAPIKey: null,
    organization: null,
    project: null,
    baseURL,
    fetch,
    defaultHeaders: {
      ...headers,
      ...(bare && { authorization: null }),
      ...(keyHeader !== undefined && key !== undefined && { [keyHeader]: key }),
    },
  })
  return await client.post(operation, { body, stream: true, signal }).asResponse()
}

/**
 * The version of the Messages API that the protocol here speaks, whatever the SDK's is: from 2026-10-21 on a request with
 * a temperature is refused. In this version the key goes into `x-api-key`, which the SDK has given up.
 * https://platform.claude.com/docs/en/api/versioning
 */
export const anthropicVersion = '2023-06-01'

const anthropic: Door = async (endpoint, { operation, body }, fetch, signal) => {
  const { Anthropic } = await import('@anthropic-ai/sdk')
  const { key, baseUrl: baseURL, headers, model, settings } = endpoint
  const betas = betasOf(model, settings)
  const client = new Anthropic({
    ...quiet,
    apiKey: key ?? placeholder,
    openTelemetry: false,
    baseURL,
    fetch,
    defaultHeaders: {
      ...headers,
      'anthropic-version': anthropicVersion,
      ...(betas.length > 0 && { 'anthropic-beta': betas.join(',') }),
      authorization: null,
      'x-api-key': key ?? null,
    },
  })
  return await client.post(operation, { body, stream: true, signal }).asResponse()
}

/** Google's API is one request with one header; no SDK is needed. */
const gemini: Door = async ({ baseUrl, key, headers }, { operation, body }, send, signal) =>
  await send(baseUrl + operation, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', ...(key !== undefined && { 'x-goog-api-key': key }) },
    body: JSON.stringify(body),
    signal,
  })

const doors: Readonly<Record<string, Door>> = {
  'openai-chat': openai,
  'openai-responses': openai,
  'anthropic-messages': anthropic,
  gemini,
}

type Outcome = { readonly refused?: Response; readonly failure?: unknown }

/**
 * Another fetch, of which one can ask afterwards what came of it. The SDKs read an answer that is not 2xx and throw it in
 * their own words; they get a copy, so that the answer itself is still there.
 */
const watched = (send: Fetch, endpoint: Endpoint): { readonly fetch: Fetch; readonly outcome: () => Outcome } => {
  let outcome: Outcome = {}
  return {
    outcome: () => outcome,
    fetch: async (input, init) => {
      try {
        // A redirect would carry the key to wherever it points.
        const response = await send(input, { ...init, redirect: 'manual' })
        if (response.ok) return response
        outcome = { refused: response }
        return response.clone()
      } catch (error) {
        outcome = { failure: error instanceof Failure ? error : (unreachable(error, endpoint) ?? error) }
        throw error
      }
    },
  }
}
