import { Failure } from '../../core/errors.ts'
import { deepest, isDeeperThan, type Json } from '../../core/json.ts'

/** What is asked holds arguments of calls, which may be as deep as can be. */
const most = 2 * deepest

/** The same value; whoever takes it may walk through it. Throws a Failure for one that is nested too deep. */
export const bounded = (value: Json, what: string): Json => {
  if (!isDeeperThan(value, most)) return value
  throw new Failure('cassette-file', `${what} is nested more than ${most} deep, and cannot be written down.`)
}
