import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts'
import type { PlayedCall, PlayedRun } from './played.ts'

export type MatcherResult = { readonly pass: boolean; readonly message: () => string }

/** The matchers, for the type of `expect`; docs/testing.md shows how Vitest is told of them. */
export type RepriseMatchers<Result = unknown> = {
  toHaveAnswered(expected: string | RegExp): Result
  toHaveCalled(name: string, input?: JsonObject): Result
  toHaveCalledInOrder(names: readonly string[]): Result
  toHaveDelegatedTo(...agents: readonly string[]): Result
  toHaveSpentAtMost(limit: Spending): Result
}

/** Tokens are those that were billed, in and out; `cost` is in US dollars. */
export type Spending = { readonly tokens?: number; readonly cost?: number; readonly calls?: number }

const verdict = (pass: boolean, expected: string, told: () => string): MatcherResult => ({
  pass,
  message: () => `The run was expected ${pass ? 'not ' : ''}to ${expected}.\n${told()}`,
})

/** For `expect.extend`. What does not hold is told with what the run did instead. */
export const matchers = {
  toHaveAnswered: (run: PlayedRun, expected: string | RegExp): MatcherResult =>
    verdict(
      typeof expected === 'string' ? run.answer.includes(expected) : expected.test(run.answer),
      `answer with ${expected instanceof RegExp ? expected : JSON.stringify(expected)}`,
      () => `It answered:\n${indented(run.answer)}`,
    ),

  /** `input` is part of what the call was made with: what it does not name is free. */
  toHaveCalled: (run: PlayedRun, name: string, input?: JsonObject): MatcherResult =>
    verdict(
      run.calls.some(call => call.name === name && (input === undefined || contains(call.input, input))),
      `call ${name}${input === undefined ? '' : ` with ${JSON.stringify(input)}`}`,
      () => callsTold(run.calls, name, input),
    ),

  /** Other calls may stand between. */
  toHaveCalledInOrder(run: PlayedRun, names: readonly string[]): MatcherResult {
    let next = 0
    for (const { name } of run.calls) if (name === names[next]) next += 1
    return verdict(next === names.length, `call ${names.join(', then ')}`, () =>
      next === names.length
        ? callsTold(run.calls)
        : `There was no ${names[next]} after the first ${next}.\n${callsTold(run.calls)}`,
    )
  },

  toHaveDelegatedTo(run: PlayedRun, ...agents: readonly string[]): MatcherResult {
    const reached = run.calls.flatMap(call =>
      delegations.includes(call.name) && !call.error ? [String(call.input['agent'])] : [],
    )
    return verdict(
      agents.every(agent => reached.includes(agent)),
      `delegate to ${agents.join(' and ')}`,
      () => (reached.length === 0 ? 'It delegated to nobody.' : `It delegated to: ${reached.join(', ')}.`),
    )
  },

  toHaveSpentAtMost(
    run: PlayedRun,
    { tokens = Number.POSITIVE_INFINITY, cost, calls = Number.POSITIVE_INFINITY }: Spending,
  ): MatcherResult {
    const { input, cacheRead, cacheWrite, output } = run.usage
    const spent = input + cacheRead + cacheWrite + output
    const isCheap = cost === undefined || (run.cost !== undefined && run.cost <= cost)
    return verdict(
      spent <= tokens && isCheap && run.calls.length <= calls,
      `spend at most ${JSON.stringify({ tokens, cost, calls })}`,
      () =>
        `It spent ${spent} tokens, ${run.cost === undefined ? 'an unknown price' : `$${run.cost.toFixed(6)}`} and ${run.calls.length} calls.`,
    )
  },
}

const delegations: readonly string[] = ['transfer_task', 'handoff', 'run_background_agent']

/** Whether every field of `part` is in `whole`, objects likewise; lists and words must be equal. */
const contains = (whole: Json | undefined, part: Json): boolean =>
  isJsonObject(part) && isJsonObject(whole)
    ? Object.entries(part).every(([key, value]) => contains(whole[key], value))
    : isDeepStrictEqual(whole, part)

const indented = (text: string): string =>
  (text || '(nothing)')
    .split('\n')
    .map(line => `  ${line}`)
    .join('\n')

/** All calls, and for those of the wanted name what differs in their arguments. */
const callsTold = (calls: readonly PlayedCall[], name?: string, input?: JsonObject): string => {
  if (calls.length === 0) return 'It made no calls.'
  const told = calls.flatMap(call => [
    `  ${call.agent}: ${call.name}(${JSON.stringify(call.input)})${call.error ? `, which was ${call.error}` : ''}`,
    ...(call.name === name && input ? differences(call.input, input) : []),
  ])
  return ['It made these calls:', ...told].join('\n')
}

const differences = (found: JsonObject, expected: JsonObject): string[] =>
  Object.entries(expected).flatMap(([key, value]) =>
    contains(found[key], value)
      ? []
      : [`    - ${key}: ${JSON.stringify(value)}`, `    + ${key}: ${JSON.stringify(found[key]) ?? '(absent)'}`],
  )
