import { setImmediate as soon } from 'node:timers/promises'
import type { Border } from '../core/border.ts'
import { Failure } from '../core/errors.ts'
import type { Message } from '../core/message.ts'
import type { Model } from '../core/model.ts'
import { withOwnIds } from './calls.ts'
import type { Endpoint } from './endpoint.ts'
import { loadProtocol } from './protocols.ts'

/**
 * A model that is called over HTTP: what it is asked becomes a body, the border gets the answer, which becomes events.
 * Ids of calls are unique in the whole conversation. Throws Failures; `missing-key` only if the call really goes out.
 */
export const modelOf = (endpoint: Endpoint, border: Border): Model =>
  async function* (request, signal) {
    const protocol = await loadProtocol(endpoint.protocol)
    const { provider, model, baseUrl, settings, quirks } = endpoint
    const operation = operationAt(endpoint, protocol.operation(model))
    const body = protocol.encode(model, request, settings, quirks)
    const reply = await border.exchange(
      { caller: request.caller, protocol: protocol.id, provider, operation, url: baseUrl + operation, body },
      async fetch => {
        const ready = withKey(withUrl(endpoint))
        const { post } = await import('./sdk.ts')
        return await post(ready, { operation, body }, fetch, signal)
      },
    )
    const events = withOwnIds(protocol.decode(reply), callIds(request.messages))
    yield* interruptible(naming(endpoint, events), signal)
  }

/** Failures by the name of the provider, and of the variable whose key it refused. */
async function* naming<Event>(
  { provider, keyVariables }: Endpoint,
  events: AsyncIterable<Event>,
): AsyncGenerator<Event> {
  try {
    yield* events
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const { code, message, hint, retryAfter, cause } = error
    const names = keyVariables.join(' or ')
    throw new Failure(code, message.replace(/^The provider\b/, provider), {
      ...(hint !== undefined && {
        hint: hint.replace('Check the key.', names ? `Check the key in ${names}.` : 'Check the key.'),
      }),
      ...(retryAfter !== undefined && { retryAfter }),
      cause,
    })
  }
}

/**
 * Ends when the signal fires, also for a replay, which has no connection to be cut; what that broke is no failure. What
 * has arrived by then is told to its end: a replay of it, which has the same bytes, tells the same.
 */
async function* interruptible<Event>(events: AsyncGenerator<Event>, signal: AbortSignal): AsyncGenerator<Event> {
  try {
    for (;;) {
      const next = events.next()
      const step = signal.aborted ? await arrived(next) : await next
      if (!step) signal.throwIfAborted()
      if (!step || step.done) return
      yield step.value
    }
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    await events.return(undefined)
  }
}

/** What needs no more waiting; nothing where it does, when it has settled. */
const arrived = async <Value>(work: Promise<Value>): Promise<Value | undefined> => {
  const first = await Promise.race([work, soon(undefined)])
  if (first === undefined) await Promise.allSettled([work])
  return first
}

/** The query of an endpoint goes behind that of the operation. */
const operationAt = ({ prefix = '', query = '' }: Endpoint, operation: string): string =>
  prefix + operation + (operation.includes('?') ? query.replace('?', '&') : query)

const callIds = (messages: readonly Message[]): string[] =>
  messages.flatMap(message =>
    message.role === 'assistant' ? message.content.flatMap(part => (part.type === 'tool-call' ? [part.id] : [])) : [],
  )

const withUrl = (endpoint: Endpoint): Endpoint => {
  const { provider, missingUrl } = endpoint
  if (missingUrl === undefined) return endpoint
  throw new Failure('config', `${provider} has no address of its own.`, {
    hint: `Set base_url of the model, or ${missingUrl}.`,
  })
}

/** The same endpoint, if it has the key that it needs. A header can hold none but visible ASCII characters. */
const withKey = (endpoint: Endpoint): Endpoint => {
  const { provider, key, keyVariables, keyOptional } = endpoint
  const [variable, ...others] = keyVariables
  if (variable === undefined) return endpoint
  if (key === undefined && keyOptional) return endpoint
  const names = [variable, ...others].join(' or ')
  if (key === undefined) {
    throw new Failure('missing-key', `${provider} needs a key, and ${names} is not set.`, {
      hint: `Set ${names} to your key, or play a recording back with --fake.`,
    })
  }
  if (/^[\x21-\x7e]+$/.test(key)) return endpoint
  throw new Failure('model-auth', `The key in ${names} holds a character that no key has, such as a blank.`, {
    hint: 'Copy the key again, without quotes and line breaks.',
  })
}
