/**
 * `reprise/test`: run an agent file against a cassette inside a test of any runner, then assert on what it did.
 * `expect.extend(matchers)` adds the matchers to Vitest or Jest.
 */
export { type MatcherResult, matchers, type RepriseMatchers } from './matchers.ts'
export { type PlayedCall, type PlayedRun, type PlayOptions, play, type RecordMode } from './play.ts'
