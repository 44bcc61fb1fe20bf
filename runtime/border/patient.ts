import type { Fetch } from '../core/border.ts'

/** Milliseconds that a server may be silent: whoever runs a large model on a small machine waits long for the first word. */
const patience = 60 * 60 * 1000

/** What fetch makes its connections with. */
type Dispatcher = NonNullable<NonNullable<Parameters<Fetch>[1]>['dispatcher']>
type Limits = { readonly headersTimeout: number; readonly bodyTimeout: number }

/**
 * The process's own fetch, which would give up after five minutes without a byte. With an own dispatcher it is as patient
 * as that is; where Node's cannot be had, or somebody has put another in its place, it is as it was.
 */
export const patientFetch = (limit = patience): Fetch => {
  let made: { readonly dispatcher?: Dispatcher } | undefined
  return (asked, init) => {
    made ??= madeWith({ headersTimeout: limit, bodyTimeout: limit })
    return globalThis.fetch(asked, { ...made, ...init })
  }
}

/** Node does not say by which name its kind of dispatcher can be made. The one in use is found where undici keeps it. */
const inUse = Symbol.for('undici.globalDispatcher.1')

/** Node's own kinds: the second goes through the proxy that the environment names. */
const own: readonly (string | undefined)[] = ['Agent', 'EnvHttpProxyAgent']

const madeWith = (limits: Limits): { readonly dispatcher?: Dispatcher } => {
  const current = (globalThis as { readonly [inUse]?: object })[inUse]
  const Kind = current?.constructor as (new (limits: Limits) => Dispatcher) | undefined
  return Kind && own.includes(Kind.name) ? { dispatcher: new Kind(limits) } : {}
}
