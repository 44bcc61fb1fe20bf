import type { ProtocolId } from '../protocol.ts'
import { fresh } from './ids.ts'

/** An error as the provider of a protocol words it. */
export const refusalBody = (protocol: ProtocolId, status: number, message: string): object =>
  bodies[protocol](status, message)

const kinds: Readonly<Record<number, readonly [openai: string, anthropic: string, google: string]>> = {
  400: ['invalid_request_error', 'invalid_request_error', 'INVALID_ARGUMENT'],
  401: ['invalid_request_error', 'authentication_error', 'UNAUTHENTICATED'],
  403: ['insufficient_permissions', 'permission_error', 'PERMISSION_DENIED'],
  404: ['invalid_request_error', 'not_found_error', 'NOT_FOUND'],
  429: ['requests', 'rate_limit_error', 'RESOURCE_EXHAUSTED'],
  503: ['server_error', 'api_error', 'UNAVAILABLE'],
  529: ['server_error', 'overloaded_error', 'UNAVAILABLE'],
}

const codes: Readonly<Record<number, string>> = {
  401: 'invalid_api_key',
  404: 'model_not_found',
  429: 'rate_limit_exceeded',
}

const kindsOf = (status: number) => kinds[status] ?? ['server_error', 'api_error', 'INTERNAL']

const openai = (status: number, message: string) => ({
  error: { message, type: kindsOf(status)[0], param: null, code: codes[status] ?? null },
})

const bodies: Readonly<Record<ProtocolId, (status: number, message: string) => object>> = {
  'openai-chat': openai,
  'openai-responses': openai,
  'anthropic-messages': (status, message) => ({
    type: 'error',
    error: { type: kindsOf(status)[1], message },
    request_id: fresh('req_011', 21),
  }),
  gemini: (status, message) => ({ error: { code: status, message, status: kindsOf(status)[2] } }),
}
