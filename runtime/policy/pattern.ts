import type { Json, JsonObject } from '../core/json.ts'
import { hole, wildcard } from './shell.ts'

/** A rule as cagent writes it: `tool[:argument=glob[:argument=glob]]`. */
export type Pattern = {
  readonly source: string
  readonly tool: Glob
  readonly conditions: readonly { readonly argument: string; readonly glob: Glob }[]
}

/**
 * A tool's name may hold colons (`mcp:github:create_issue`), and so may a value (`https://…`): only a colon before
 * `argument=` divides; one that is meant as it is can be written `\:`.
 */
export const parsePattern = (source: string): Pattern => {
  const [tool = '', ...rest] = source.split(/(?<!\\):([\w-]+)=/)
  const byArgument = new Map<string, Glob>()
  for (let index = 0; index < rest.length; index += 2)
    byArgument.set(rest[index] ?? '', parseGlob(rest[index + 1] ?? ''))
  return { source, tool: parseGlob(tool), conditions: [...byArgument].map(([argument, glob]) => ({ argument, glob })) }
}

/**
 * The texts of an argument that a condition is held against: one for a value, one for each item of a list; none where it
 * is missing or null. Objects are compared as JSON.
 */
export const textsOf = (input: JsonObject, argument: string): readonly string[] => {
  const value: Json | undefined = Object.hasOwn(input, argument) ? input[argument] : undefined
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value.map(textOf) : [textOf(value)]
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))

type Token = { readonly type: 'star' } | { readonly type: 'one'; readonly matches: (character: string) => boolean }

export type Glob = { readonly source: string; readonly tokens: readonly Token[] }

const star: Token = { type: 'star' }
const isGap = (character: string): boolean => character === hole || character === wildcard
const anyCharacter: Token = { type: 'one', matches: character => !isGap(character) }
const literal = (wanted: string): Token => ({ type: 'one', matches: character => character === wanted })

/**
 * `*` is any text, also with slashes and line ends; `?` one character; `[a-z]` and `[^a-z]` one of a class; `\x` is x
 * itself. Upper and lower case are alike. Nothing is an error: a bracket that opens no class is a bracket.
 */
export const parseGlob = (source: string): Glob => ({ source, tokens: tokensOf(source.toLowerCase()) })

const tokensOf = (source: string): Token[] =>
  [...source.matchAll(/\*|\?|\[(\^?)((?:\\.|[^\]\\])+)\]|\\(.)|./gsu)].map(
    ([text, negation, members, escaped]): Token => {
      if (members !== undefined) return classOf(members, negation === '^')
      if (escaped !== undefined) return literal(escaped)
      if (text === '*') return star
      return text === '?' ? anyCharacter : literal(text)
    },
  )

const classOf = (members: string, negated: boolean): Token => {
  const ranges = [...members.matchAll(/(?:\\(.)|(.))(?:-(?:\\(.)|([^\\])))?/gsu)].map(
    ([, escapedFrom, plainFrom = escapedFrom ?? '', escapedTo, plainTo = escapedTo]) => ({
      from: plainFrom,
      to: plainTo ?? plainFrom,
    }),
  )
  const isMember = (character: string) => ranges.some(({ from, to }) => from <= character && character <= to)
  return { type: 'one', matches: character => !isGap(character) && isMember(character) !== negated }
}

/** True for a glob that says nothing: no text fails it. */
export const matchesAll = ({ tokens }: Glob): boolean =>
  tokens.length > 0 && tokens.every(({ type }) => type === 'star')

/** Whether a text matches, whatever its gaps come to be: only a `*` can stand for a gap. */
export const matches = (glob: Glob, text: string): boolean => reach(glob.tokens, text, false)

/** Whether a text could match, for some filling of its gaps. */
export const mayMatch = (glob: Glob, text: string): boolean => reach(glob.tokens, text, true)

/**
 * Which beginnings of the pattern fit the text so far, character by character: the time is the product of both lengths,
 * however many stars there are.
 */
const reach = (tokens: readonly Token[], text: string, filling: boolean): boolean => {
  let reached = new Set<number>()
  const add = (to: Set<number>, place: number): void => {
    to.add(place)
    if (tokens[place]?.type === 'star') add(to, place + 1)
  }
  add(reached, 0)
  for (const character of text.toLowerCase()) {
    const next = new Set<number>()
    if (filling && isGap(character)) {
      for (let place = Math.min(...reached); place <= tokens.length; place++) next.add(place)
      reached = next
      continue
    }
    for (const place of reached) {
      const token = tokens[place]
      if (token?.type === 'star') add(next, place)
      else if (token?.matches(character)) add(next, place + 1)
    }
    if (next.size === 0) return false
    reached = next
  }
  return reached.has(tokens.length)
}
