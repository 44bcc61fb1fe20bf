import type { JsonObject } from '../core/json.ts'
import { type Glob, matches, matchesAll, type Pattern, textsOf } from './pattern.ts'

export type Call = {
  readonly name: string
  readonly input: JsonObject
  readonly readOnly: boolean
  /** Another name of the tool, which says whose it is: `mcp:github:create_issue`. */
  readonly origin?: string
  /** What hooks say of it. */
  readonly hook?: { readonly decision: 'allow' | 'ask'; readonly reason?: string }
  /** Rules that let such calls go ahead for now, and whose they are. */
  readonly granted?: readonly { readonly rules: readonly string[]; readonly by: string }[]
}

/** A pattern that speaks of a call; `command` is what it asks of the commands in its line, which is still to be looked at. */
export type Rule = { readonly pattern: Pattern; readonly command: Glob | undefined }

/** Tools that run a line of shell, and the argument that holds it. */
const lineArguments: ReadonlyMap<string, string> = new Map([
  ['shell', 'cmd'],
  ['run_background_job', 'cmd'],
])

/** The line of shell that a call would run. */
export const lineOf = ({ name, input }: Call): string | undefined => {
  const line = input[lineArguments.get(name) ?? '']
  return typeof line === 'string' ? line : undefined
}

/** Those of the patterns that speak of a call, to forbid it or ask about it. */
export const rulesAgainst = (patterns: readonly Pattern[], call: Call): Rule[] =>
  patterns.flatMap(pattern => {
    const { command, others } = divided(pattern, call)
    // What may not be run may not be run in the background either.
    const names = command ? [...namesOf(call), 'shell'] : namesOf(call)
    const speaks = names.some(name => matches(pattern.tool, name))
    // Of a list, one forbidden item is enough.
    const holds = others.every(({ argument, glob }) => textsOf(call.input, argument).some(text => matches(glob, text)))
    return speaks && holds ? [{ pattern, command }] : []
  })

/** Those of the patterns that speak of a call, to allow it. */
export const rulesFor = (patterns: readonly Pattern[], call: Call): Rule[] =>
  patterns.flatMap(pattern => {
    const { command, others } = divided(pattern, call)
    const holds = others.every(({ argument, glob }) => {
      const texts = textsOf(call.input, argument)
      return texts.length > 0 && texts.every(text => matches(glob, text))
    })
    return namesOf(call).some(name => matches(pattern.tool, name)) && holds ? [{ pattern, command }] : []
  })

const namesOf = ({ name, origin }: Call): string[] => (origin === undefined ? [name] : [name, origin])

type Conditions = Pattern['conditions']

/** What a pattern asks of the commands in a line, apart from what it asks of the other arguments. */
const divided = ({ conditions }: Pattern, call: Call): { command: Glob | undefined; others: Conditions } => {
  const line = lineOf(call)
  if (line === undefined) return { command: undefined, others: conditions }
  const argument = lineArguments.get(call.name)
  const glob = conditions.find(condition => condition.argument === argument)?.glob
  const others = conditions.filter(condition => condition.argument !== argument)
  // `cmd=*` asks nothing: it speaks of the whole call.
  return { command: glob && !matchesAll(glob) ? glob : undefined, others }
}
