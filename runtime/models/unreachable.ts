import { Failure } from '../core/errors.ts'
import type { Endpoint } from './endpoint.ts'

/** What went wrong below HTTP, by the codes of Node and its fetch. */
const troubles: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED$/, 'nothing answers there'],
  [/^(ENOTFOUND|EAI_AGAIN|EAI_NODATA)$/, 'there is no such host, or no network'],
  [/^(ENETUNREACH|EHOSTUNREACH|ENETDOWN|EADDRNOTAVAIL)$/, 'the network does not reach it'],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, 'it did not answer in time'],
  [/^(UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT)$/, 'it took the request and was silent for minutes'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'it closed the connection before it answered'],
  [/^HPE_|^UND_ERR_/, 'it does not speak HTTP as it should'],
]

/**
 * Of these asking again gives nothing else. A host that is not found is none of them: so it is for a moment in which the
 * network is away.
 */
const lasting: readonly (readonly [RegExp, string])[] = [
  [/CERT|SELF_SIGNED|UNABLE_TO_|^ERR_TLS|^ERR_SSL|^EPROTO$/, 'its certificate or its TLS was not accepted'],
  [/^bad port$/, 'no request is ever sent to that port'],
  [/^ERR_INVALID_URL$/, 'it is no address'],
]

/** No answer came: what happened, in words, and what to do. Nothing for an error that is not of the network. */
export const unreachable = (error: unknown, endpoint: Endpoint): Failure | undefined => {
  const codes = codesIn(error)
  const isOne = ([pattern]: readonly [RegExp, string]): boolean => codes.some(code => pattern.test(code))
  const lasts = lasting.find(isOne)
  const trouble = lasts ?? troubles.find(isOne)
  // A fetch that fails for any reason at all throws a TypeError; the reason, if it is known, is the cause.
  if (!trouble && !(error instanceof TypeError)) return undefined
  const { provider, baseUrl, start } = endpoint
  const why = trouble?.[1] ?? (codes[0] || reasonIn(error))
  return new Failure(
    lasts ? 'model-address' : 'model-unavailable',
    `${provider} at ${originOf(baseUrl)} could not be reached: ${why}.`,
    {
      hint: hintFor(codes, endpoint) ?? start ?? `Check the network, and the base URL of ${provider}.`,
      cause: error,
    },
  )
}

const hintFor = (codes: readonly string[], { baseUrl, start }: Endpoint): string | undefined => {
  if (codes.some(code => /CERT|SELF_SIGNED|UNABLE_TO_/.test(code)))
    return 'Behind a proxy that signs anew, let Node know its certificate with NODE_EXTRA_CA_CERTS.'
  if (codes.includes('bad port'))
    return 'Ports of other protocols, such as 1 and 6000, are barred: let the server listen on another.'
  if (start === undefined && isLocal(baseUrl))
    return `Start the server at ${originOf(baseUrl)}, or correct the base URL.`
  return undefined
}

const isLocal = (url: string): boolean => /^(localhost|127\.|\[::1\]|0\.0\.0\.0)/.test(new URL(url).host)

const originOf = (url: string): string => new URL(url).origin

/** Of the error, of what caused it, and of the attempts that it sums up (one for each address of a host). */
const codesIn = (error: unknown): string[] => {
  if (!(error instanceof Error)) return []
  const inner = error instanceof AggregateError ? error.errors : []
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : barred(error)
  return [...code, ...[error.cause, ...inner].flatMap(codesIn)]
}

/** A port that fetch does not ask has no code. */
const barred = ({ message }: Error): string[] => (message === 'bad port' ? [message] : [])

const reasonIn = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}
