/** Every failure a user can meet, with its exit code. The reference page is made from this table. */
export const failures = {
  usage: { exit: 2, meaning: 'the command line is not understood' },
  config: { exit: 2, meaning: 'the agent file, or a file it names, is wrong' },
  'missing-key': { exit: 2, meaning: 'a provider needs a key and its environment variable is not set' },
  'model-auth': { exit: 1, meaning: 'the provider refused the key (401, 403)' },
  'model-not-found': { exit: 1, meaning: 'the provider does not know the model (404)' },
  'model-request': { exit: 1, meaning: 'the provider refused the request as it is (400, 422)' },
  'model-address': { exit: 1, meaning: 'the address of the provider cannot be used: its port, or its TLS' },
  'rate-limited': { exit: 1, meaning: 'the provider asks to wait (429)' },
  'model-unavailable': { exit: 1, meaning: 'the provider failed or could not be reached' },
  'stream-broken': { exit: 1, meaning: "the provider's answer broke off or made no sense" },
  'context-overflow': { exit: 1, meaning: 'the conversation is longer than the model can read' },
  'content-filter': { exit: 1, meaning: "the provider's content filter refused the request" },
  'run-stopped': { exit: 1, meaning: 'a limit stopped the run: max_iterations, or a model that repeats itself' },
  'hook-stopped': { exit: 1, meaning: 'a session_start hook of the agent file stopped the run' },
  'cassette-miss': { exit: 3, meaning: 'a replay had no recorded answer' },
  'cassette-drift': { exit: 4, meaning: 'a replay under --strict differed from the recording' },
  'cassette-unused': { exit: 4, meaning: 'a replay under --strict left recorded interactions unused' },
  'cassette-file': { exit: 2, meaning: 'the cassette cannot be read or written' },
  session: { exit: 2, meaning: 'there is no such session, or sessions cannot be read or written' },
  interrupted: { exit: 130, meaning: 'Ctrl-C or a signal ended the run' },
} as const
export type FailureCode = keyof typeof failures

export type FailureOptions = {
  /** What to do next, as a sentence. */
  readonly hint?: string
  /** Milliseconds after which the provider wants to be asked again. */
  readonly retryAfter?: number
  readonly cause?: unknown
}

/** An expected failure: what happened, and what to do next. Anything else that is thrown is a bug. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: FailureCode
  readonly hint: string | undefined
  readonly retryAfter: number | undefined
  constructor(code: FailureCode, message: string, { hint, retryAfter, cause }: FailureOptions = {}) {
    super(message, { cause })
    this.code = code
    this.hint = hint
    this.retryAfter = retryAfter
  }
}
