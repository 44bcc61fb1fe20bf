import type { AgentConfig } from '../config/schema.ts'
import type { Json, JsonObject } from '../core/json.ts'

/** Words, or a call of a tool whose answer stands in their place. */
export type Piece = string | { readonly name: string; readonly input: JsonObject }

/**
 * `/name rest` as the agent's command of that name says it: its instruction, with `${args}` and `${args[0]}` filled in,
 * or with the rest behind it where it takes no arguments. `!tool(argument=value)` in it is a call; what the user typed
 * makes none, and cannot add to one. Nothing where the text is no command.
 */
export const commandPieces = (
  text: string,
  commands: NonNullable<AgentConfig['commands']>,
): readonly Piece[] | undefined => {
  const [, name = '', rest = ''] = /^\/(\S+)\s*([\s\S]*)$/.exec(text) ?? []
  const { instruction = '' } = (Object.hasOwn(commands, name) ? commands[name] : undefined) ?? {}
  if (instruction === '') return undefined
  const words = rest.split(/\s+/).filter(word => word !== '')
  const fill = (part: string): string =>
    part
      .replace(/\$\{args\[(\d+)\]\}/g, (_, index) => words[Number(index)] ?? '')
      .replace(/\$\{args(?:\.join\((?:" "|' ')\))?\}/g, () => rest)
  const pieces = callsIn(instruction).map(
    (piece): Piece =>
      typeof piece === 'string' ? fill(piece) : { name: piece.name, input: inputIn(piece.given, fill) },
  )
  const takesNone = fill(instruction) === instruction
  return takesNone && rest ? [...pieces, ` ${rest}`] : pieces
}

type WrittenCall = { readonly name: string; readonly given: string }

/** The instruction, cut at its calls. */
const callsIn = (instruction: string): (string | WrittenCall)[] => {
  const pieces: (string | WrittenCall)[] = []
  let told = 0
  for (const { index, 0: start, 1: name = '' } of instruction.matchAll(/(?<![\w!])!([\w-]+)\(/g)) {
    const from = index + start.length
    const end = index < told ? -1 : endOf(instruction, from)
    if (end < 0) continue
    pieces.push(instruction.slice(told, index), { name, given: instruction.slice(from, end) })
    told = end + 1
  }
  return [...pieces, instruction.slice(told)].filter(piece => piece !== '')
}

/** Where the parenthesis is closed that was opened before; -1 where it is not. Quoted ones do not count. */
const endOf = (text: string, from: number): number => {
  let depth = 1
  let quote = ''
  for (let index = from; index < text.length; index++) {
    const letter = text[index] ?? ''
    if (quote !== '') {
      if (letter === '\\') index += 1
      else if (letter === quote) quote = ''
    } else if (letter === '"' || letter === "'") quote = letter
    else if (letter === '(') depth += 1
    else if (letter === ')') depth -= 1
    if (depth === 0) return index
  }
  return -1
}

/** `path=a.txt limit=3 query="two words"`, also with commas between. What is filled in stays within its value. */
const inputIn = (given: string, fill: (part: string) => string): JsonObject =>
  Object.fromEntries(
    [...given.matchAll(/([\w-]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|((?:\$\{[^}]*\}|[^\s,])*))/g)].map(
      ([, name = '', double, single, bare = '']) => {
        const quoted = double ?? single
        return [name, quoted === undefined ? plainValue(fill(bare)) : fill(quoted.replace(/\\(["'\\])/g, '$1'))]
      },
    ),
  )

const plainValue = (text: string): Json => {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}
