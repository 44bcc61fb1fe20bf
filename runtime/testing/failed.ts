import { Failure, type FailureCode } from '../core/errors.ts'

/** What to do about a failure in a test, where that is not what one would do on a command line. */
const hints: Readonly<Partial<Record<FailureCode, string>>> = {
  'cassette-miss': 'To record it again, run the test with RECORD=all.',
  'cassette-drift': 'To record it again, run the test with RECORD=all; to let it pass, give `strict: false`.',
  'cassette-unused': 'To record it again, run the test with RECORD=all; to let them be, give `allUsed: false`.',
  'missing-key': 'A test records what it has no cassette for: set the key for that, or commit the cassette.',
}

/** The failure as a test runner shows it, which prints the message alone: with what to do, and where the test called. */
export const failureIn = (here: Error, failure: Failure): Failure => {
  const hint = hints[failure.code] ?? failure.hint
  const message = hint === undefined ? failure.message : `${failure.message}\n${hint}`
  const { retryAfter, cause, code } = failure
  const told = new Failure(code, message, {
    ...(hint !== undefined && { hint }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(cause !== undefined && { cause }),
  })
  const places = here.stack?.split('\n').filter(line => /^ +at /.test(line)) ?? []
  // The first is the line above.
  told.stack = [`Failure: ${message}`, ...places.slice(1)].join('\n')
  return told
}
